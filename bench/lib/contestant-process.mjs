import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const WORKER = fileURLToPath(new URL('../worker.mjs', import.meta.url));

/** A process of one contestant: it shares neither compiled code nor memory with the others, so none disturbs another's. */
export class ContestantProcess {
  #child;

  /** `context` goes to the row's `prepare`; `nodeArgs` to Node. */
  constructor(context, nodeArgs = []) {
    this.#child = fork(WORKER, [JSON.stringify(context)], {
      execArgv: nodeArgs,
      stdio: ['ignore', 'ignore', 2, 'ipc'],
    });
  }

  /** Carries out one step of the worker. Rejects with what went wrong there; a step that takes longer than `limitMs` ends the process. */
  async ask(step, input, limitMs) {
    const child = this.#child;
    if (!child.connected) throw new Error('its process has ended');
    const given = new AbortController();
    const timer = setTimeout(() => child.kill('SIGKILL'), limitMs);
    try {
      const answer = once(child, 'message', { signal: given.signal });
      const end = once(child, 'exit', { signal: given.signal });
      answer.catch(() => undefined);
      end.catch(() => undefined);
      child.send({ step, input });
      const [first, signal] = await Promise.race([answer, end]);
      if (first === null || typeof first !== 'object') throw new Error(endOf(first, signal, limitMs));
      if (first.error) throw Object.assign(new Error(first.error.message), { lacks: first.error.lacks });
      return first.result;
    } finally {
      clearTimeout(timer);
      given.abort();
    }
  }

  /** Ends it, kindly if it answers within a second. */
  async end() {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 1_000);
    if (this.#child.connected) this.#child.send({ step: 'close' });
    await exited;
    clearTimeout(timer);
  }
}

function endOf(code, signal, limitMs) {
  return signal === 'SIGKILL'
    ? `no answer within ${limitMs / 1_000} s`
    : `its process ended with ${signal ?? `code ${code}`}`;
}
