import { fileURLToPath } from 'node:url';
import { ConfigError, runService, type RunningService } from '@larder/platform';
import { APPS, environmentsOf, portsOf } from './start/apps.js';
import { reachRealServers } from './start/engines.js';
import { REDIS_PLACES } from './start/redis-place.js';
import { requireFree } from './start/reach.js';
import { Supervisor } from './start/supervisor.js';

await runService('larder', startServices);

/** The four apps as four processes from dist/. @throws {ConfigError} without real servers that answer */
async function startServices(): Promise<RunningService> {
  const required = [['DATABASE_URL'], REDIS_PLACES, ['RABBITMQ_URL']];
  const isSet = (name: string): boolean => Boolean(process.env[name]) || Boolean(process.env[`${name}_FILE`]);
  const missing = required.filter((names) => !names.some(isSet)).map((names) => names.join(' or '));
  if (missing.length > 0) {
    throw new ConfigError(
      missing.map((name) => `${name}: missing; separate processes need real servers (npm start runs without any)`),
    );
  }
  const environments = environmentsOf(process.env);
  await requireFree(portsOf(environments));
  await reachRealServers(process.env);
  const print = (line: string): void => {
    process.stdout.write(`${line}\n`);
  };
  const supervisor = new Supervisor(print, (reason) => {
    print(`Stopping all: ${reason}`);
    void supervisor.stop().finally(() => process.exit(1));
  });
  for (const name of APPS) {
    const file = fileURLToPath(new URL(`../apps/${name}/src/main.js`, import.meta.url));
    supervisor.start({ name, file, env: environments[name] });
  }
  return { close: () => supervisor.stop() };
}
