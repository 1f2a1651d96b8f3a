import { mkdir, writeFile } from 'node:fs/promises';
import { Session } from 'node:inspector/promises';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('../profiles/', import.meta.url));

/** Runs `work` and writes a CPU profile of it alone, without what prepared it, as `profiles/<name>.cpuprofile`. */
export async function profiled(name, work) {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: 200 });
  await session.post('Profiler.start');
  try {
    return await work();
  } finally {
    const { profile } = await session.post('Profiler.stop');
    session.disconnect();
    await mkdir(FOLDER, { recursive: true });
    await writeFile(`${FOLDER}${name}.cpuprofile`, JSON.stringify(profile));
  }
}
