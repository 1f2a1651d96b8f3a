import { request } from 'node:http';
import { connect } from 'node:net';

/** One HTTP request as a test makes it: exactly these header fields. */
export interface Question {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Record<string, string | string[]>;
  readonly body?: string | Buffer;
}

/** What came back. */
export interface Reply {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly text: string;
  /** The body as it came. */
  readonly bytes: Buffer;
}

/** Asks over a connection of its own. */
export function ask(port: number, { method = 'GET', path, headers = {}, body }: Question): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ port, host: '127.0.0.1', method, path, headers, agent: false }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => {
        const bytes = Buffer.concat(chunks);
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text: bytes.toString(), bytes });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** Sends bytes as they are and reads until the other side closes. */
export function sendRaw(port: number, bytes: string): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(bytes, 'latin1');
    });
    let text = '';
    socket.on('data', (chunk) => (text += chunk.toString('latin1')));
    socket.on('error', reject);
    socket.on('close', () => {
      const [head = '', ...rest] = text.split('\r\n\r\n');
      const [line = '', ...fields] = head.split('\r\n');
      const headers = Object.fromEntries(
        fields.map((field): [string, string] => {
          const [name = '', ...value] = field.split(': ');
          return [name.toLowerCase(), value.join(': ')];
        }),
      );
      const body = rest.join('\r\n\r\n');
      resolve({ status: Number(line.split(' ')[1]), headers, text: body, bytes: Buffer.from(body, 'latin1') });
    });
  });
}
