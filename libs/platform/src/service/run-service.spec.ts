import { EventEmitter } from 'node:events';
import { jest } from '@jest/globals';
import { ConfigError } from '../config/read-environment.js';
import { runService, type HostProcess } from './run-service.js';

/** A process that notes how it would have ended. */
class FakeProcess extends EventEmitter {
  readonly exits: (number | undefined)[] = [];
  told = '';
  readonly stderr = {
    write: (text: string): void => {
      this.told += text;
    },
  };

  exit(code?: number): never {
    this.exits.push(code);
    return undefined as never;
  }
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

function run(start: () => Promise<{ close(): Promise<void> }>) {
  const host = new FakeProcess();
  const done = runService('catalog', start, host as unknown as HostProcess);
  return { host, done };
}

describe('runService', () => {
  it.each(['SIGTERM', 'SIGINT'])('closes on %s, then exits with 0', async (signal) => {
    const steps: string[] = [];
    const { host, done } = run(async () => ({
      close: async () => {
        await settled();
        steps.push('closed');
      },
    }));
    await settled();
    expect(host.exits).toEqual([]);
    host.emit(signal);
    await done;
    expect(steps).toEqual(['closed']);
    expect(host.exits).toEqual([0]);
    expect(host.told).toBe('');
  });

  it('exits with 78 and plain words when the configuration is wrong', async () => {
    const { host, done } = run(async () =>
      Promise.reject(new ConfigError(['PORT: must be a number', 'HOST: is missing'])),
    );
    await done;
    expect(host.exits).toEqual([78]);
    expect(host.told).toBe('catalog: Invalid environment:\n  PORT: must be a number\n  HOST: is missing\n');
  });

  it('exits with 1 when the start fails, and tells no secret', async () => {
    const { host, done } = run(async () => {
      throw Object.assign(new Error('no answer from amqp://larder:hunter2@mq'), {
        url: 'amqp://larder:hunter2@mq',
        cause: new Error('redis://:hunter2@cache'),
      });
    });
    await done;
    expect(host.exits).toEqual([1]);
    expect(host.told).toContain('no answer from amqp://[redacted]@mq');
    expect(host.told).not.toContain('hunter2');
  });

  it('exits with 1 on an uncaught error, and tells no secret', async () => {
    const { host } = run(async () => ({ close: async () => undefined }));
    await settled();
    host.emit('uncaughtException', Object.assign(new Error('AUTH'), { command: { args: ['hunter2'] } }));
    expect(host.exits).toEqual([1]);
    expect(host.told).toContain('AUTH');
    expect(host.told).not.toContain('hunter2');
  });

  it('exits at a signal while it still starts', async () => {
    const { host, done } = run(() => new Promise(() => undefined));
    host.emit('SIGTERM');
    await done;
    expect(host.exits).toEqual([0]);
  });

  it('exits at once at a second signal', async () => {
    let finish = (): void => undefined;
    const { host, done } = run(async () => ({
      close: () =>
        new Promise((resolve) => {
          finish = resolve;
        }),
    }));
    await settled();
    host.emit('SIGINT');
    host.emit('SIGINT');
    expect(host.exits).toEqual([1]);
    await settled();
    finish();
    await done;
  });

  it('exits with 1 when the close takes longer than ten seconds', async () => {
    jest.useFakeTimers();
    try {
      const { host } = run(async () => ({ close: () => new Promise(() => undefined) }));
      await jest.advanceTimersByTimeAsync(0);
      host.emit('SIGTERM');
      await jest.advanceTimersByTimeAsync(9_999);
      expect(host.exits).toEqual([]);
      await jest.advanceTimersByTimeAsync(1);
      expect(host.exits).toEqual([1]);
    } finally {
      jest.useRealTimers();
    }
  });
});
