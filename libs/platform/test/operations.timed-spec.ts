import { Module, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Health, OperationsModule, OperationsServer } from '@larder/platform';
import { Counter, Registry } from 'prom-client';
import { fastest } from '../../../tools/services/index.js';

@Module({ imports: [OperationsModule.with({ host: '127.0.0.1', port: 0 })] })
class AppModule {}

const apps: INestApplicationContext[] = [];

async function startApp() {
  const app = await NestFactory.createApplicationContext(AppModule, { logger: false, abortOnError: false });
  apps.push(app);
  const url = `http://127.0.0.1:${app.get(OperationsServer).port}`;
  return { app, url, health: app.get(Health), registry: app.get(Registry) };
}

afterEach(async () => {
  for (const app of apps.splice(0)) await app.close();
});

describe('the operations server', () => {
  it('is alive', async () => {
    const { url } = await startApp();
    const response = await fetch(`${url}/livez`);
    expect([response.status, await response.json()]).toEqual([200, { status: 'up' }]);
  });

  it('is ready while its critical dependencies are, and names each', async () => {
    const { url, health } = await startApp();
    let database: 'up' | 'down' = 'up';
    health.add('database', async () => database, { critical: true });
    health.add('redis', async () => 'down', { critical: false });
    const ready = await fetch(`${url}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([
      200,
      { status: 'degraded', checks: { database: 'up', redis: 'down' } },
    ]);
    database = 'down';
    const unready = await fetch(`${url}/readyz`);
    expect([unready.status, await unready.json()]).toEqual([
      503,
      { status: 'down', checks: { database: 'down', redis: 'down' } },
    ]);
  });

  it("shows the app's own metrics and those of the process, also for two apps in one process", async () => {
    const [one, two] = [await startApp(), await startApp()];
    new Counter({ name: 'larder_things_total', help: 'things', registers: [one.registry] }).inc();
    const [first, second] = await Promise.all(
      [one, two].map(async ({ url }) => (await fetch(`${url}/metrics?x=1`)).text()),
    );
    expect(first).toContain('larder_things_total 1');
    expect(second).not.toContain('larder_things_total');
    for (const text of [first, second]) expect(text?.match(/^process_cpu_seconds_total \d/gm)).toHaveLength(1);
  });

  it('refuses other paths and other methods', async () => {
    const { url } = await startApp();
    expect((await fetch(`${url}/`)).status).toBe(404);
    expect((await fetch(`${url}/livez`, { method: 'POST', body: 'x' })).status).toBe(405);
    expect((await fetch(`${url}/livez`, { method: 'HEAD' })).status).toBe(200);
  });

  it('closes at once, though a connection is kept alive', async () => {
    const closing = async (): Promise<number> => {
      const { app, url } = await startApp();
      await (await fetch(`${url}/livez`)).text();
      const startedAt = performance.now();
      await app.close();
      const tookMs = performance.now() - startedAt;
      await expect(fetch(`${url}/livez`)).rejects.toThrow('fetch failed');
      return tookMs;
    };
    expect(await fastest(3, 500, closing)).toBeLessThan(500);
  });
});
