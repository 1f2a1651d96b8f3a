import { DomainError } from '@larder/platform';

/** Somebody else changed it since the caller read it; nothing was written. */
export class VersionConflict extends DomainError {
  override readonly name = 'VersionConflict';

  constructor(expectedVersion: number) {
    super('VERSION_CONFLICT', `It is not at version ${expectedVersion} any more; read it again`);
  }
}
