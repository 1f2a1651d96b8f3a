// Loaded into a process before its app: on SIGUSR2 it collects all garbage and writes how much is left.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');

process.on('SIGUSR2', () => {
  collect();
  collect();
  process.stderr.write(`${process.memoryUsage().heapUsed} bytes left on the heap\n`);
});
