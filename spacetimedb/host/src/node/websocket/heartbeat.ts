import type { WebSocket } from 'ws';

const PING_INTERVAL_MS = 15_000;
/** A client that sends nothing for this long, not even the answer to a ping, is gone. */
const IDLE_TIMEOUT_MS = 30_000;

/** Finds out about clients that vanished without closing their socket, and drops those. Stops with the socket. */
export function keepAlive(socket: WebSocket): void {
  let lastHeard = Date.now();
  const heard = () => {
    lastHeard = Date.now();
  };
  socket.on('message', heard);
  socket.on('pong', heard);
  socket.on('ping', heard);
  const timer = setInterval(() => {
    // What it sends meanwhile is not read: that it is there is taken for granted until it is.
    if (socket.isPaused) heard();
    if (Date.now() - lastHeard >= IDLE_TIMEOUT_MS) socket.terminate();
    else socket.ping();
  }, PING_INTERVAL_MS);
  timer.unref();
  socket.once('close', () => clearInterval(timer));
}
