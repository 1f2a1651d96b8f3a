import { DomainError } from '@larder/platform';

export class SessionRequired extends DomainError {
  override readonly name = 'SessionRequired';

  constructor() {
    super('SESSION_REQUIRED', 'Sign in first');
  }
}

export class SessionNotFound extends DomainError {
  override readonly name = 'SessionNotFound';

  constructor(id: string) {
    super('SESSION_NOT_FOUND', `You have no session ${id}`);
  }
}

export class ReauthenticationRequired extends DomainError {
  override readonly name = 'ReauthenticationRequired';

  constructor() {
    super('REAUTHENTICATION_REQUIRED', 'Give your password again first');
  }
}
