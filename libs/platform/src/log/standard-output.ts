import { pino, type DestinationStream } from 'pino';

/** A line of level info or lower waits for others at most this long, in milliseconds. */
const FLUSH_AFTER_MS = 100;
/** So many bytes are written at once, however young they are. */
const BLOCK_BYTES = 8_192;
const AT_ONCE = pino.levels.values.warn ?? 0;
/** By this pino knows that it is to set `lastLevel` before each line. */
const METADATA: unique symbol = Symbol.for('pino.metadata') as never;

/**
 * Standard output for all logs of a process. Lines of level info or lower are written together, which saves a busy process a
 * system call for each request; a warning or worse is written at once, with all before it. A process that is killed loses
 * the lines of its last 100 ms; one that ends in any other way loses none.
 */
export class StandardOutput implements DestinationStream {
  readonly [METADATA] = true;
  lastLevel = 0;
  private readonly lines: ReturnType<typeof pino.destination>;
  private timer: NodeJS.Timeout | undefined;

  /** @param fd  the file descriptor to write to */
  constructor(fd = 1) {
    this.lines = pino.destination({ dest: fd, sync: true, minLength: BLOCK_BYTES });
    process.once('exit', () => {
      this.lines.flushSync();
    });
  }

  write(line: string): void {
    this.lines.write(line);
    if (this.lastLevel >= AT_ONCE) this.flush();
    else this.timer ??= setTimeout(this.flush, FLUSH_AFTER_MS).unref();
  }

  private readonly flush = (): void => {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.lines.flush(); // flushSync() would also wait for the disk
  };
}

let output: StandardOutput | undefined;

/** The one {@link StandardOutput} of this process. */
export function standardOutput(): DestinationStream {
  output ??= new StandardOutput();
  return output;
}
