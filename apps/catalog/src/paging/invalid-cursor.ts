import { DomainError } from '@larder/platform';

/** A cursor that was not made for this list. */
export class InvalidCursor extends DomainError {
  override readonly name = 'InvalidCursor';

  constructor() {
    super('INVALID_CURSOR', 'The cursor does not belong to this list; start again without it');
  }
}
