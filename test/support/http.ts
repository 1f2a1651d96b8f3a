/** An answer of the gateway, read to its end. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  /** The JSON of the body; `null` for an empty one. */
  readonly body: unknown;
  /** From the call to the end of the body. */
  readonly tookMs: number;
}

/** What a request says besides its method and path. */
export interface Asked {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One caller of a gateway, who keeps cookies as a browser does. */
export class Client {
  private readonly cookies = new Map<string, string>();

  constructor(readonly url: string) {}

  /** The session cookie's secret; empty without a session. */
  get secret(): string {
    return this.cookies.get('__Host-sid') ?? '';
  }

  get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Reply> {
    return this.ask('GET', path, { headers });
  }

  post(path: string, body: unknown): Promise<Reply> {
    return this.ask('POST', path, { body });
  }

  /** Fails after 10 s. */
  async ask(method: string, path: string, { body, headers = {} }: Asked = {}): Promise<Reply> {
    const start = performance.now();
    const response = await fetch(this.url + path, {
      method,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(this.cookies.size > 0 && { cookie: this.sent() }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(10_000),
    });
    for (const cookie of response.headers.getSetCookie()) this.keep(cookie);
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: text === '' ? null : (JSON.parse(text) as unknown),
      tookMs: performance.now() - start,
    };
  }

  /** Signs in, or fails. */
  async login(account: { email: string; password: string }): Promise<this> {
    const { email, password } = account;
    const { status } = await this.post('/v1/auth/login', { email, password });
    if (status !== 200) throw new Error(`${email} could not sign in: ${status}`);
    return this;
  }

  /** Goes to another gateway with the same cookies, as a browser behind a load balancer does. */
  at(url: string): Client {
    const other = new Client(url);
    for (const [name, value] of this.cookies) other.cookies.set(name, value);
    return other;
  }

  private sent(): string {
    return Array.from(this.cookies, ([name, value]) => `${name}=${value}`).join('; ');
  }

  private keep(setCookie: string): void {
    const [, name = '', value = ''] = /^([^=]*)=([^;]*)/.exec(setCookie) ?? [];
    if (value === '') this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}
