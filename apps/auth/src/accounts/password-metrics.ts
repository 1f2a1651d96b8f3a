import { Injectable } from '@nestjs/common';
import { Counter, Registry } from 'prom-client';
import { TooManyAttempts, TooManyPasswords } from './domain/account-errors.js';

/** How the check of a password ended: found `right` or `wrong`; or not looked at, `limited` by attempts or `overloaded`. */
export type PasswordResult = 'right' | 'wrong' | 'limited' | 'overloaded';

/** Counts checks of passwords. */
@Injectable()
export class PasswordMetrics {
  private readonly checks: Counter<'result'>;

  constructor(registry: Registry) {
    this.checks = new Counter({
      name: 'larder_password_checks_total',
      help: 'Passwords that were given, by result; limited and overloaded ones were not looked at',
      labelNames: ['result'],
      registers: [registry],
    });
  }

  count(result: PasswordResult): void {
    this.checks.inc({ result });
  }

  /** Counts the refusals of `check` that come before a password is looked at. */
  async watch<Result>(check: () => Promise<Result>): Promise<Result> {
    try {
      return await check();
    } catch (error) {
      if (error instanceof TooManyAttempts) this.count('limited');
      if (error instanceof TooManyPasswords) this.count('overloaded');
      throw error;
    }
  }
}
