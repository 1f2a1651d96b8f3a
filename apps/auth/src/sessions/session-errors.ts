import { DomainError } from '@larder/platform';

export class SessionRequired extends DomainError {
  override readonly name: string = 'SessionRequired';

  constructor(detail = 'Sign in first') {
    super('SESSION_REQUIRED', detail);
  }
}

/** Whoever sent the secret has been given another one a moment ago. */
export class SecretReplaced extends SessionRequired {
  override readonly name = 'SecretReplaced';

  constructor() {
    super('This session cookie was replaced a moment ago; send the new one');
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
