import type { Socket } from 'node:net';
import { JsonSocket } from '@nestjs/microservices';

/** The longest message between services, in UTF-16 units: 1 MiB. */
const MAX_FRAME_CHARS = 1_048_576;

const INCOMPLETE_FRAME_TIMEOUT_MS = 10_000;
/** A peer that has not taken by then what was sent to it does not read. */
const TAKEN_WITHIN_MS = 10_000;

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
  private stalling: NodeJS.Timeout | undefined;

  constructor(socket: Socket) {
    super(socket, { maxBufferSize: MAX_FRAME_CHARS, incompleteMessageTimeout: INCOMPLETE_FRAME_TIMEOUT_MS });
    socket.setNoDelay(true); // else small messages wait for the peer's delayed acknowledgement, 40 ms
    socket.on('drain', this.caughtUp).once('close', () => {
      clearTimeout(this.stalling);
    });
  }

  /** Whether the peer has still to take what was sent to it. */
  protected get isBehind(): boolean {
    return this.stalling !== undefined;
  }

  /** Called when it is not {@link isBehind} any more. */
  protected onCaughtUp(): void {
    // nothing to do here
  }

  /**
   * Messages that one callback of the event loop brings about, such as the answers to all calls that came in one read, leave
   * in one write, and at once: in the next turn the peer would wait for whatever else that turn has to do. @throws {FrameTooLong}
   */
  protected override handleSend(message: unknown): void {
    const text = JSON.stringify(message);
    if (text.length > MAX_FRAME_CHARS) throw new FrameTooLong(text.length);
    if (this.unsent === '') process.nextTick(this.flush);
    this.unsent += `${text.length}#${text}`;
  }

  private readonly flush = (): void => {
    const frames = this.unsent;
    this.unsent = '';
    if (!this.socket.write(frames, 'utf8')) this.fallBehind();
  };

  protected override handleDataError(error: unknown): void {
    super.handleDataError(error, { destroy: true });
  }

  /** By time and not by size: long answers to many calls at once are no fault of a peer that reads them. */
  private fallBehind(): void {
    this.stalling ??= setTimeout(() => {
      this.socket.destroy();
    }, TAKEN_WITHIN_MS).unref();
  }

  private readonly caughtUp = (): void => {
    clearTimeout(this.stalling);
    this.stalling = undefined;
    this.onCaughtUp();
  };
}
