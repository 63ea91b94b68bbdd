import type { Hono } from 'hono';
import type { HostApi } from '../host-api.ts';
import type { AppEnv } from '../middleware.ts';

/**
 * Routes for Prometheus (`crates/client-api/src/routes/{metrics,prometheus}.rs`): open to anyone, as on the real
 * server.
 */
export function addMetricsRoutes(app: Hono<AppEnv>, host: HostApi): void {
  app.get('/v1/metrics', (context) =>
    context.body(metricsText(host), 200, { 'content-type': 'text/plain; charset=utf-8' }),
  );

  // The answer of a standalone server, whatever its address is.
  app.get('/v1/prometheus/sd_config', (context) => context.json([{ targets: ['node:80'], labels: {} }]));
}

/** The few metrics that this host has, with Prometheus's standard names for those of a process. */
function metricsText(host: HostApi): string {
  const { rss } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  return [
    metric('process_resident_memory_bytes', 'gauge', 'Resident memory size in bytes.', rss),
    metric(
      'process_cpu_seconds_total',
      'counter',
      'Total user and system CPU time in seconds.',
      (user + system) / 1e6,
    ),
    metric(
      'process_start_time_seconds',
      'gauge',
      'Start time of the process in seconds since the Unix epoch.',
      Math.round(Date.now() / 1000 - process.uptime()),
    ),
    metric('spacetimedb_host_databases', 'gauge', 'Databases on this host.', [...host.databases()].length),
  ].join('');
}

function metric(name: string, type: 'gauge' | 'counter', help: string, value: number): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${name} ${value}\n`;
}
