import { Redis } from 'ioredis';
import { createLogger } from './create-logger.js';

const SECRETS = ['hunter2', 'correct-horse-battery', 'c00kie-secret-value', 'eyJhbGciOi', 'YWxhZGRpbjpvcGVu'];

interface Line {
  readonly [field: string]: unknown;
  readonly err?: Record<string, unknown>;
}

function capture(level: 'info' | 'debug' = 'info') {
  const lines: string[] = [];
  const logger = createLogger('catalog', level, { write: (line) => void lines.push(line) });
  return { logger, lines, parsed: () => lines.map((line) => JSON.parse(line) as Line) };
}

function expectNoSecret(lines: readonly string[]): void {
  expect(lines.length).toBeGreaterThan(0);
  for (const secret of SECRETS) expect(lines.join('')).not.toContain(secret);
}

describe('createLogger', () => {
  it('writes one JSON line per message, with service, level, time and context', () => {
    const { logger, parsed } = capture();
    logger.log('ready', 'Main');
    expect(parsed()).toEqual([
      { level: 'info', time: expect.any(String) as string, service: 'catalog', context: 'Main', msg: 'ready' },
    ]);
    expect(new Date(String(parsed()[0]?.time)).getTime()).toBeGreaterThan(0);
  });

  it("takes an object's message as text and its other fields as fields", () => {
    const { logger, parsed } = capture();
    logger.warn({ message: 'slow', requestId: 'r-1', ms: 0, found: false, cause: null }, 'Rpc');
    expect(parsed()[0]).toMatchObject({
      msg: 'slow',
      requestId: 'r-1',
      ms: 0,
      found: false,
      cause: null,
      context: 'Rpc',
    });
  });

  it('keeps to its level', () => {
    const { logger, lines } = capture('info');
    logger.debug('details');
    logger.verbose('more details');
    expect(lines).toEqual([]);
  });

  it("leaves out Nest's own start, unless it debugs", () => {
    const [info, debug] = [capture('info'), capture('debug')];
    for (const { logger } of [info, debug]) logger.log('Mapped {/v1/cart, GET} route', 'RouterExplorer');
    expect([info.lines.length, debug.lines.length]).toEqual([0, 1]);
    info.logger.error('cannot resolve', 'InstanceLoader');
    expect(info.lines).toHaveLength(1);
  });

  it('tells an error with its code, its stack and its causes', () => {
    const { logger, parsed } = capture();
    const cause = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
    logger.error(new AggregateError([new Error('one'), cause], 'all failed', { cause }));
    expect(parsed()[0]?.err).toMatchObject({
      type: 'AggregateError',
      message: 'all failed',
      stack: expect.stringContaining('create-logger.spec') as string,
      cause: { message: 'refused', code: 'ECONNREFUSED' },
      errors: [{ message: 'one' }, { message: 'refused' }],
    });
  });

  it('survives cycles, depth and big integers', () => {
    const { logger, lines } = capture();
    const circle: Record<string, unknown> = { version: 3n };
    circle.self = circle;
    logger.log({ message: 'circle', circle });
    const error: Error & { cause?: unknown } = new Error('its own cause');
    error.cause = error;
    logger.error(error);
    expect(lines).toHaveLength(2);
  });
});

describe('a log line holds no secret', () => {
  it('in a field whose name says what it is, however deep', () => {
    const { logger, lines } = capture();
    logger.log({
      message: 'login',
      password: SECRETS[0],
      body: { currentPassword: SECRETS[0], newPassword: SECRETS[1], nested: [{ sessionSecret: SECRETS[2] }] },
      headers: { cookie: SECRETS[2], 'set-cookie': [SECRETS[2]], authorization: SECRETS[3], 'x-api-key': SECRETS[4] },
      passport: { mac: SECRETS[3] },
      env: { SERVICE_KEY_GATEWAY_AUTH: SECRETS[0], REDIS_PASSWORD: SECRETS[1] },
      token: SECRETS[3],
    });
    expectNoSecret(lines);
  });

  it('in a text', () => {
    const { logger, lines } = capture();
    logger.log('connecting to redis://default:hunter2@cache:6379/0 and amqps://larder:correct-horse-battery@mq');
    logger.log('connecting to postgres://user@host:5432:hunter2@db/x');
    logger.warn('Cookie: __Host-sid=c00kie-secret-value; Path=/');
    logger.warn('authorization: Bearer eyJhbGciOiJIUzI1NiJ9.e30 and Basic YWxhZGRpbjpvcGVu');
    logger.warn('{"password":"hunter2"} password=hunter2&x=1 token: correct-horse-battery');
    logger.warn(
      '{"password":"my dog is called hunter2","x":1} secret=\'a hunter2 of b\' passwd="say \\"hunter2\\" twice"',
    );
    logger.warn('body "{\\"password\\":\\"my dog hunter2\\"}" was refused');
    logger.error('failed', 'Error: redis://:hunter2@cache:6379\n    at x', 'Main');
    expectNoSecret(lines);
    expect(lines.join('')).toContain('redis://[redacted]@cache:6379');
  });

  it('in the error of a refused Redis AUTH, which carries the command with its arguments', () => {
    const { logger, lines } = capture();
    const error = Object.assign(new Error('WRONGPASS invalid username-password pair'), {
      name: 'ReplyError',
      command: { name: 'auth', args: ['default', SECRETS[0]] },
      previousErrors: [Object.assign(new Error('x'), { command: { args: [SECRETS[1]] } })],
    });
    logger.error(error, 'Redis');
    logger.error({ message: 'redis', err: error });
    logger.error({ message: 'redis', failure: { inner: error } });
    logger.error('redis', error);
    expectNoSecret(lines);
    expect(lines[0]).toContain('WRONGPASS');
  });

  it('in the error of a broker connection, which carries the URL', () => {
    const { logger, lines } = capture();
    const url = `amqp://larder:${String(SECRETS[1])}@mq:5672`;
    logger.error(Object.assign(new Error(`Handshake terminated by server: ${url}`), { url, config: { url } }));
    logger.error(new Error('outbox relay stopped', { cause: Object.assign(new Error('gone'), { url }) }));
    expectNoSecret(lines);
  });

  it('in a client that somebody logs by mistake', () => {
    const { logger, lines } = capture();
    const redis = new Redis({ host: '127.0.0.1', port: 1, password: SECRETS[0] ?? '', lazyConnect: true });
    logger.log({ message: 'client', redis });
    logger.log(redis);
    redis.disconnect();
    expectNoSecret(lines);
  });
});
