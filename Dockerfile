# The chat in one container: site, widget and database on port 3000. See docs/deploy.md.
FROM node:22-bookworm-slim AS build
WORKDIR /app
COPY . .
RUN npm ci && npm run build && npm prune --omit=dev --ignore-scripts

FROM node:22-bookworm-slim
WORKDIR /app
ENV NODE_ENV=production
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/spacetimedb ./spacetimedb
COPY --from=build /app/build ./build
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 3000
HEALTHCHECK CMD ["node", "-e", "fetch('http://127.0.0.1:3000/v1/ping').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "spacetimedb/host/bin/spacetimedb-host.js"]
CMD ["start", "--module", "spacetimedb", "--name", "quickstart-chat", "--static", "build", "--host", "0.0.0.0", "--data-dir", "/data/chat", "--trust-proxy", "1"]
