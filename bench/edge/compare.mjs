import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const CONNECTIONS = 64;
const LOAD = fileURLToPath(new URL('load.mjs', import.meta.url));

/** Loads the contestants in turns, round after round; of each what every round measured. The first round warms up and is dropped. */
export async function compare(contestants, { rounds, seconds, say }) {
  const results = contestants.map((contestant) => ({ ...contestant, samples: [] }));
  for (let round = 0; round <= rounds; round += 1) {
    say(round === 0 ? 'Warming up ...' : `Round ${round} of ${rounds} ...`);
    for (const { url, headers, paths, samples } of results) {
      const sample = await load({ url, headers, paths, connections: CONNECTIONS, duration: seconds });
      if (round > 0) samples.push(sample);
    }
  }
  return results;
}

/** In a process of its own, so that nothing else is measured with it. @throws {Error} if any request failed */
async function load(settings) {
  const child = fork(LOAD, [JSON.stringify(settings)]);
  const [sample] = await Promise.race([once(child, 'message'), once(child, 'exit')]);
  if (typeof sample?.perSecond !== 'number') throw new Error('The load ended before it had measured anything');
  const { failed } = sample;
  if (failed > 0) throw new Error(`${failed} requests of ${settings.url} failed`);
  return sample;
}
