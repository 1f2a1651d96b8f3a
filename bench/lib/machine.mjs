import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { connect } from './clients.mjs';

/** What the figures depend on: the machine and the versions of everything. */
export async function describeMachine(server, directory) {
  const redis = await connect(server);
  const info = await redis.info('server');
  redis.disconnect();
  const lock = JSON.parse(readFileSync(`${directory}/package-lock.json`, 'utf8'));
  return {
    date: new Date().toISOString(),
    commit: commit(),
    node: process.versions.node,
    redis: /redis_version:(\S+)/.exec(info)[1],
    cpu: cpus()[0]?.model ?? 'unknown',
    cpus: cpus().length,
    loadBefore: Number(loadavg()[0].toFixed(1)), // of one minute: above 1, somebody else was at work too
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    packages: Object.fromEntries(
      Object.keys(lock.packages[''].dependencies).map((name) => [name, lock.packages[`node_modules/${name}`].version]),
    ),
  };
}

function commit() {
  try {
    return execFileSync('git', ['describe', '--always', '--dirty'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return null; // an archive without history
  }
}
