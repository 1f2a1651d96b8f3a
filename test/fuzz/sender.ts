import { request, type Agent } from 'node:http';
import type { FuzzRequest } from './requests.js';

/** What a gateway has answered. */
export interface Answer {
  readonly status: number;
  readonly mediaType: string;
  readonly text: string;
}

/** Sends as one caller does, over connections that are kept, with a cookie that follows the answers. */
export class Sender {
  constructor(
    private readonly port: number,
    private readonly agent: Agent,
    private cookie: string | null,
  ) {}

  /** Whether there is a session, as far as answers have told. */
  get hasSession(): boolean {
    return this.cookie !== null;
  }

  /** @throws {Error} when the connection fails before the answer is whole */
  send({ operation, target, headers, body }: FuzzRequest): Promise<Answer> {
    const length = body === null ? {} : { 'content-length': Buffer.byteLength(body) };
    const session = this.cookie === null ? {} : { cookie: this.cookie };
    return new Promise((resolve, reject) => {
      const outgoing = request({
        ...{ host: '127.0.0.1', port: this.port, agent: this.agent, method: operation.method, path: target },
        headers: { ...session, ...headers, ...length },
      });
      outgoing.on('error', reject);
      outgoing.on('response', (incoming) => {
        let text = '';
        incoming.setEncoding('utf8');
        incoming.on('data', (chunk: string) => (text += chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          this.keep(incoming.headers['set-cookie'] ?? []);
          const mediaType = (incoming.headers['content-type'] ?? '').split(';', 1)[0] ?? '';
          resolve({ status: incoming.statusCode ?? 0, mediaType, text });
        });
      });
      outgoing.end(body ?? undefined);
    });
  }

  private keep(cookies: readonly string[]): void {
    const [pair] = cookies.find((cookie) => cookie.startsWith('__Host-sid='))?.split(';', 1) ?? [];
    if (pair !== undefined) this.cookie = pair.endsWith('=') ? null : pair;
  }
}
