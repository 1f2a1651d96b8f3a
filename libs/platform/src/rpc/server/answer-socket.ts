import { Logger } from '@nestjs/common';
import type { Refusal } from '../envelope.js';
import { isRecord } from '../record.js';
import { RpcSocket } from '../rpc-socket.js';

const logger = new Logger('Rpc');
const UNSENDABLE: Refusal = { code: 'INTERNAL', detail: 'The answer cannot be sent' };

/** So many calls of a connection are begun in one turn of the event loop. */
const CALLS_A_TURN = 16;
/** While more calls than these wait to be begun, no more are read. */
const MAX_WAITING = 64;

/**
 * A connection that answers: a caller whose answer is too long, or is not JSON, hears that at once. Of many calls that arrive
 * together some are begun in each turn of the event loop, so that what else waits for it is not held up by all of them; none
 * while the caller has answers to take.
 */
export class AnswerSocket extends RpcSocket {
  private readonly waiting: { readonly text: string; readonly atMs: number }[] = [];
  private begun = 0;
  private waited = 0;

  /** Whether calls have arrived that are not begun. */
  get hasWaiting(): boolean {
    return this.waiting.length > 0 && !this.socket.destroyed;
  }

  /** How long the message that is handled now has waited to be begun, in milliseconds. */
  get waitedMs(): number {
    return this.waited;
  }

  protected override emitMessage(text: string): void {
    this.waiting.push({ text, atMs: performance.now() });
    this.beginSome();
  }

  protected override onCaughtUp(): void {
    this.beginAgain();
  }

  private readonly nextTurn = (): void => {
    this.begun = 0;
    this.beginAgain();
  };

  private beginAgain(): void {
    try {
      this.beginSome();
    } catch (error) {
      this.handleDataError(error);
    }
  }

  private beginSome(): void {
    while (this.hasWaiting && this.begun < CALLS_A_TURN && !this.isBehind) {
      if (this.begun === 0) setImmediate(this.nextTurn);
      this.begun += 1;
      const { text, atMs } = this.waiting.shift() ?? { text: '', atMs: 0 };
      this.waited = performance.now() - atMs;
      super.emitMessage(text);
    }
    this.readOnlyWhatFits();
  }

  private readOnlyWhatFits(): void {
    if (this.isBehind || this.waiting.length > MAX_WAITING) this.socket.pause();
    else if (this.socket.isPaused()) this.socket.resume();
  }

  override sendMessage(message: unknown): void {
    try {
      super.sendMessage(message);
    } catch (error) {
      logger.error({ message: 'an answer cannot be sent', err: error });
      super.sendMessage({ id: isRecord(message) ? message.id : undefined, err: UNSENDABLE, isDisposed: true });
    }
  }
}
