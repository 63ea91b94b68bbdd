import type { WebSocket } from 'ws';

const PING_INTERVAL_MS = 15_000;
/** A client is gone when it has sent nothing for this long, not even a pong, and has received nothing either. */
export const IDLE_TIMEOUT_MS = 30_000;

/** The bytes sent to a client. */
export interface Outflow {
  /** Bytes that it has not received. */
  readonly waitingBytes: number;
  /** Bytes that it has received in total. */
  readonly takenBytes: number;
}

/**
 * Drops clients that vanished without closing their socket, and detects clients that send but do not read. Stops with
 * the socket.
 *
 * @param onStalled called when data waits for the client and it has received none of it for 30 s
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
    // A slow reader answers pings late, and a paused client cannot be heard, so receiving data counts as a sign of
    // life too.
    if (tookSome) lastHeard = now;
    taken = Math.max(taken, outflow.takenBytes);
    if (now - lastTook >= IDLE_TIMEOUT_MS) onStalled();
    else if (now - lastHeard >= IDLE_TIMEOUT_MS) socket.terminate();
    else socket.ping();
  }, PING_INTERVAL_MS);
  timer.unref();
  socket.once('close', () => clearInterval(timer));
}
