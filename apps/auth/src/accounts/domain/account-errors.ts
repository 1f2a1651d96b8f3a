import { DomainError } from '@larder/platform';

/** The same for an unknown address and for a wrong password. */
export class CredentialsRefused extends DomainError {
  override readonly name = 'CredentialsRefused';

  constructor() {
    super('CREDENTIALS_REFUSED', 'E-mail address or password are wrong');
  }
}

export class PasswordRefused extends DomainError {
  override readonly name = 'PasswordRefused';

  constructor(field: string, reason: string) {
    super('PASSWORD_REFUSED', 'Choose another password', { issues: [{ path: field, message: reason }] });
  }
}

export class TooManyAttempts extends DomainError {
  override readonly name = 'TooManyAttempts';

  constructor(retryAfterSeconds: number) {
    super('TOO_MANY_ATTEMPTS', 'Too many attempts; try again later', { retryAfterSeconds });
  }
}

/** More passwords wait to be checked than can be. */
export class TooManyPasswords extends DomainError {
  override readonly name = 'TooManyPasswords';

  constructor(cause: unknown) {
    super('OVERLOADED', 'Too many people are signing in', { retryAfterSeconds: 1, cause });
  }
}
