import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { AppName } from '../../tools/start/apps.js';
import { built } from '../support/built.js';
import { ACCOUNTS, SECRETS, SPENT, type Scene } from './scene.js';

/** Every secret that an app does not start without. */
export const REQUIRED: readonly (readonly [app: AppName, variables: readonly string[]])[] = [
  ['auth', ['SERVICE_KEY_GATEWAY_AUTH', 'AUTH_DEVICE_KEY']],
  ['catalog', ['SERVICE_KEY_GATEWAY_CATALOG', 'SERVICE_KEY_INVALIDATOR_CATALOG']],
  ['invalidator', ['SERVICE_KEY_INVALIDATOR_CATALOG']],
  ['gateway', ['SERVICE_KEY_GATEWAY_AUTH', 'SERVICE_KEY_GATEWAY_CATALOG']],
];

/** Thirty-one bytes. */
export const SHORT = 'hush-hush-hush-hush-hush-hush-h';

/** Starts an app that is expected to end, and answers its exit code and all that it said. */
export async function startInVain(
  app: AppName,
  env: NodeJS.ProcessEnv,
): Promise<{ code: number | null; said: string }> {
  const child = spawn(process.execPath, [built(`apps/${app}/src/main.js`)], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const timer = setTimeout(() => child.kill('SIGKILL'), 20_000);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  clearTimeout(timer);
  return { code, said };
}

/** Every secret that the system was started with, or that anybody has used since. */
export function secretsOf({ system, people }: Scene): string[] {
  const { password: databasePassword } = new URL(system.databaseUrl);
  const { username, password: brokerPassword } = new URL(system.rabbitUrl);
  return [
    ...Object.values(SECRETS),
    `:${databasePassword}@`,
    `${username}:${brokerPassword}@`,
    ...Object.values(ACCOUNTS).map(({ password }) => password),
    ...Object.values(people).map(({ client }) => client.secret),
    ...SPENT,
  ];
}
