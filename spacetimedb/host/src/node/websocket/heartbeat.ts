import type { WebSocket } from 'ws';

const PING_INTERVAL_MS = 15_000;
/** A client that sends nothing for this long, not even the answer to a ping, and takes nothing either is gone. */
export const IDLE_TIMEOUT_MS = 30_000;

/** What is known about the bytes that were sent to a client. */
export interface Outflow {
  /** Those that it has not taken. */
  readonly waitingBytes: number;
  /** Those that it has taken since the connection began. */
  readonly takenBytes: number;
}

/**
 * Finds out about clients that vanished without closing their socket, and drops those; and about clients that send but do
 * not read. Stops with the socket.
 *
 * @param onStalled called when something waits for the client and it took none of it for 30 s
 */
export function keepAlive(
  socket: Pick<WebSocket, 'on' | 'once' | 'ping' | 'terminate'>,
  outflow: Outflow,
  onStalled: () => void,
): void {
  let lastHeard = Date.now();
  let lastTook = Date.now();
  let taken = outflow.takenBytes;
  const heard = () => {
    lastHeard = Date.now();
  };
  socket.on('message', heard);
  socket.on('pong', heard);
  socket.on('ping', heard);
  const timer = setInterval(() => {
    const now = Date.now();
    const tookSome = outflow.takenBytes > taken;
    if (tookSome || outflow.waitingBytes === 0) lastTook = now;
    // A slow reader gets to a ping late, and a client that is not read from is not heard: taking is a sign of life, too.
    if (tookSome) lastHeard = now;
    taken = Math.max(taken, outflow.takenBytes);
    if (now - lastTook >= IDLE_TIMEOUT_MS) onStalled();
    else if (now - lastHeard >= IDLE_TIMEOUT_MS) socket.terminate();
    else socket.ping();
  }, PING_INTERVAL_MS);
  timer.unref();
  socket.once('close', () => clearInterval(timer));
}
