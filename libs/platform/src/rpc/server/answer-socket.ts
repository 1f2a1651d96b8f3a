import { Logger } from '@nestjs/common';
import type { Refusal } from '../envelope.js';
import { isRecord } from '../record.js';
import { RpcSocket } from '../rpc-socket.js';

const logger = new Logger('Rpc');
const UNSENDABLE: Refusal = { code: 'INTERNAL', detail: 'The answer cannot be sent' };

/** So many calls of a connection are begun in one turn of the event loop. */
const CALLS_A_TURN = 16;

/**
 * A connection that answers: a caller whose answer is too long, or is not JSON, hears that at once. Of many calls that arrive
 * together some are begun in each turn of the event loop, so that what else waits for it is not held up by all of them.
 */
export class AnswerSocket extends RpcSocket {
  private readonly waiting: string[] = [];
  private begun = 0;

  protected override emitMessage(text: string): void {
    if (this.begun === 0) setImmediate(this.nextTurn);
    if (this.begun === CALLS_A_TURN) {
      this.waiting.push(text);
    } else {
      this.begun += 1;
      super.emitMessage(text);
    }
  }

  private readonly nextTurn = (): void => {
    this.begun = 0;
    if (this.socket.destroyed) return;
    try {
      for (const text of this.waiting.splice(0, CALLS_A_TURN)) this.emitMessage(text);
    } catch (error) {
      this.handleDataError(error);
    }
  };

  override sendMessage(message: unknown): void {
    try {
      super.sendMessage(message);
    } catch (error) {
      logger.error({ message: 'an answer cannot be sent', err: error });
      super.sendMessage({ id: isRecord(message) ? message.id : undefined, err: UNSENDABLE, isDisposed: true });
    }
  }
}
