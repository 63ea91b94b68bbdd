import { request } from 'node:http';

/**
 * Sends a body that never ends, until the server closes the connection.
 *
 * @returns the server's response
 */
export function sendWithoutEnd(
  port: number,
  method: string,
  path: string,
  token?: string,
): Promise<{ status: number | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const sending = request({ host: '127.0.0.1', port, method, path, headers });
    const chunk = Buffer.alloc(64 * 1024, ' ');
    let status: number | undefined;
    let body = '';
    const send = (): void => {
      if (sending.destroyed) return;
      if (sending.write(chunk)) setImmediate(send);
      else sending.once('drain', send);
    };
    sending.on('response', (response) => {
      status = response.statusCode;
      response.setEncoding('utf8').on('data', (part: string) => (body += part));
    });
    // The server resets the connection while this client still writes. Its response has arrived by then.
    sending.on('error', (error) => {
      if (status === undefined) reject(error);
    });
    sending.on('close', () => resolve({ status, body }));
    send();
  });
}
