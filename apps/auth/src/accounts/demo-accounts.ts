import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import type { Role } from '@larder/contracts';
import { AccountRepository } from './domain/account-repository.js';
import { PasswordHasher } from './password-hasher.js';

/** An account to try the system with. Its password is public: never on a system that strangers reach. */
interface DemoAccount {
  readonly email: string;
  readonly password: string;
  readonly roles: readonly Role[];
}

export const DEMO_ACCOUNTS: readonly DemoAccount[] = [
  { email: 'editor@larder.example', password: 'stock-the-top-shelf', roles: ['customer', 'editor'] },
  { email: 'customer@larder.example', password: 'fill-the-fruit-bowl', roles: ['customer'] },
];

/** Makes the demo accounts at start, where they do not exist yet. */
@Injectable()
export class DemoAccounts implements OnApplicationBootstrap {
  private readonly logger = new Logger('Accounts');

  constructor(
    private readonly accounts: AccountRepository,
    private readonly hasher: PasswordHasher,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    for (const { email, password, roles } of DEMO_ACCOUNTS) {
      if (await this.accounts.findByEmail(email)) continue;
      await this.accounts.add({ email, passwordHash: await this.hasher.hash(password), roles: [...roles] });
      this.logger.warn(`made the demo account ${email}; its password is public`);
    }
  }
}
