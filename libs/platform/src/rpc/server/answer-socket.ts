import { Logger } from '@nestjs/common';
import type { Refusal } from '../envelope.js';
import { isRecord } from '../record.js';
import { RpcSocket } from '../rpc-socket.js';

const logger = new Logger('Rpc');
const UNSENDABLE: Refusal = { code: 'INTERNAL', detail: 'The answer cannot be sent' };

/** A connection that answers: a caller whose answer is too long, or is not JSON, hears that at once. */
export class AnswerSocket extends RpcSocket {
  override sendMessage(message: unknown): void {
    try {
      super.sendMessage(message);
    } catch (error) {
      logger.error({ message: 'an answer cannot be sent', err: error });
      super.sendMessage({ id: isRecord(message) ? message.id : undefined, err: UNSENDABLE, isDisposed: true });
    }
  }
}
