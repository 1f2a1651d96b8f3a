/** A process of readers and writers; started by the laboratory, which tells it what to do. */
import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { asAdapter, type CacheUnderTest } from '../adapter.js';
import { clockSince, type MicrosClock } from '../clock.js';
import { packReads, ReadLog } from '../history/reads.js';
import type { WriteRecord } from '../history/writes.js';
import { randomOf } from '../random.js';
import { assertWorks } from './assert-works.js';
import { Database } from './database.js';
import type { FromWorker, ToWorker, WorkerPlan } from './messages.js';
import { Failures } from './failures.js';
import { Pace } from './pace.js';
import { readOn } from './readers.js';
import { writeOn } from './writers.js';

const LOOK_AGAIN_MS = 50;
const COME_BACK_MS = 6_000;
const LOOK_MS = 5_000;

const plan = JSON.parse(process.argv[2] ?? '{}') as WorkerPlan;
/** When readers and writers end, in microseconds since the row began. */
const end = { atUs: 0 };
/** When it began, by the laboratory's clock. */
let begunUs = 0;
const now = clockSince(BigInt(plan.epochNs));
const random = randomOf(plan.seed + 1_000 * plan.process);
const database = new Database({ url: plan.databaseUrl, table: plan.table, now, random });

process.on('disconnect', () => process.exit(0));
process.on('unhandledRejection', () => undefined); // of a library under test: its reads and writes tell
try {
  const cache = await connect();
  if (plan.process === 0) await assertWorks(cache, database, plan.probe);
  process.on('message', (message: ToWorker) => {
    obey(cache, message).catch(fail);
  });
  say({ kind: 'ready' });
} catch (error) {
  fail(error);
}

async function connect(): Promise<CacheUnderTest> {
  const module = asAdapter((await import(plan.module)) as Record<string, unknown>, plan.module);
  const { redis, boundMs, table, variant } = plan;
  return module.connect({
    ...{ redis, boundMs, table, variant: variant ?? undefined },
    load: (key) => database.load(key),
    inProgress: (transactions) => database.inProgress(transactions),
  });
}

async function obey(cache: CacheUnderTest, message: ToWorker): Promise<void> {
  switch (message.kind) {
    case 'run':
      say(await run(cache, message.fromUs, message.durationMs * 1_000));
      break;
    case 'stop':
      end.atUs = now() - begunUs;
      break;
    case 'look':
      say({ kind: 'seen', versions: await look(cache) });
      break;
    case 'close':
      await Promise.race([Promise.allSettled([cache.close(), database.close()]), sleep(1_000)]);
      process.exit(0);
  }
}

async function run(cache: CacheUnderTest, fromUs: number, untilUs: number): Promise<FromWorker> {
  const sinceStart: MicrosClock = () => now() - fromUs;
  await sleep(Math.max(0, -sinceStart() / 1_000));
  const log = new ReadLog();
  const writes: WriteRecord[] = [];
  const refusals = new Failures();
  const failures = new Failures();
  begunUs = fromUs;
  end.atUs = untilUs;
  const common = { cache, keys: plan.keys, now: sinceStart, end };
  const pace = new Pace(plan.readsPerSecond);
  const reading = { ...common, fromUs, log, pace, onFailure: failures.note };
  const writing = { ...common, database, writes, pastTheCache: plan.pastTheCache, onRefusal: refusals.note };
  const seed = (plan.seed + plan.process) * 7_919;
  const stuck = await unfinished(
    [
      ...Array.from({ length: plan.readers }, (_, index) => readOn(reading, index, seed + index)),
      ...Array.from({ length: plan.writers }, (_, index) => writeOn(writing, seed + 500 + index)),
    ],
    () => sinceStart() > end.atUs + COME_BACK_MS * 1_000,
  );
  await writeFile(plan.readsFile, packReads(log.read()));
  return { kind: 'done', writes, stuck, failures: failures.result(), refusals: refusals.result() };
}

/** Waits for them until `isLate`, and answers how many have not ended by then. */
async function unfinished(running: readonly Promise<void>[], isLate: () => boolean): Promise<number> {
  let ended = 0;
  for (const each of running) void each.then(() => (ended += 1));
  while (ended < running.length && !isLate()) await sleep(LOOK_AGAIN_MS);
  return running.length - ended;
}

/** One after the other, as nothing is to be hurried now. */
async function look(cache: CacheUnderTest): Promise<(number | null)[]> {
  const versions: (number | null)[] = [];
  for (const key of plan.keys) {
    const read = cache.read(key, { minVersion: 0 }).then(
      ({ version }) => version,
      () => null,
    );
    versions.push(await Promise.race([read, sleep(LOOK_MS, null, { ref: false })]));
  }
  return versions;
}

function say(message: FromWorker): void {
  process.send?.(message);
}

function fail(error: unknown): void {
  const reason = error instanceof Error ? error.message : String(error);
  process.send?.({ kind: 'failed', reason } satisfies FromWorker, () => process.exit(1));
}
