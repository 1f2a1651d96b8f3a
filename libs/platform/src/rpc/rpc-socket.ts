import type { Socket } from 'node:net';
import { JsonSocket } from '@nestjs/microservices';

/** The longest message between services, in UTF-16 units: 1 MiB. */
const MAX_FRAME_CHARS = 1_048_576;

const INCOMPLETE_FRAME_TIMEOUT_MS = 10_000;
const MAX_UNSENT_BYTES = 16 * 1_048_576;

/** A message is longer than {@link MAX_FRAME_CHARS}; nothing of it was sent. */
export class FrameTooLong extends Error {
  override readonly name = 'FrameTooLong';

  constructor(readonly chars: number) {
    super(`A message between services has at most ${MAX_FRAME_CHARS} characters, not ${chars}`);
  }
}

/**
 * Nest's framing with limits in both directions. What breaks the framing loses its connection at once;
 * what is too long to send is refused before a byte of it leaves, so that the connection survives.
 */
export class RpcSocket extends JsonSocket {
  private unsent = '';

  constructor(socket: Socket) {
    super(socket, { maxBufferSize: MAX_FRAME_CHARS, incompleteMessageTimeout: INCOMPLETE_FRAME_TIMEOUT_MS });
    socket.setNoDelay(true); // else small messages wait for the peer's delayed acknowledgement, 40 ms
  }

  /** Messages of one turn of the event loop leave in one write, whichever sockets they answer. @throws {FrameTooLong} */
  protected override handleSend(message: unknown): void {
    const text = JSON.stringify(message);
    if (text.length > MAX_FRAME_CHARS) throw new FrameTooLong(text.length);
    if (this.unsent === '') setImmediate(this.flush);
    this.unsent += `${text.length}#${text}`;
  }

  private readonly flush = (): void => {
    const frames = this.unsent;
    this.unsent = '';
    if (!this.socket.write(frames, 'utf8')) this.awaitDrain();
  };

  protected override handleDataError(error: unknown): void {
    super.handleDataError(error, { destroy: true });
  }

  /** Reads nothing more from a peer that does not read its answers, and drops it when too many have piled up. */
  private awaitDrain(): void {
    if (this.socket.writableLength > MAX_UNSENT_BYTES) {
      this.socket.destroy();
    } else if (!this.socket.isPaused()) {
      this.socket.pause();
      this.socket.once('drain', () => this.socket.resume());
    }
  }
}
