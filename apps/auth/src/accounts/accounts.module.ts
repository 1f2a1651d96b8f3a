import { Module, type DynamicModule } from '@nestjs/common';
import { SessionConnection } from '../sessions/session-connection.js';
import { AccountsController } from './accounts.controller.js';
import { AttemptLimits } from './attempt-limits.js';
import { Credentials } from './credentials.js';
import { DeviceTokens } from './device-tokens.js';
import { AccountRepository } from './domain/account-repository.js';
import { PasswordHasher } from './password-hasher.js';
import { PasswordMetrics } from './password-metrics.js';
import { Profile } from './profile.js';
import { Registration } from './registration.js';
import { SessionOpening } from './session-opening.js';
import { SessionPasswords } from './session-passwords.js';
import { SignIn } from './sign-in.js';
import { TypeOrmAccountRepository } from './typeorm-account-repository.js';

/** Signing up, in and out. */
@Module({})
export class AccountsModule {
  /** @param deviceKey  signs the tokens of devices; at least 32 bytes */
  static with({ deviceKey }: { readonly deviceKey: string }): DynamicModule {
    return {
      module: AccountsModule,
      controllers: [AccountsController],
      providers: [
        { provide: AccountRepository, useClass: TypeOrmAccountRepository },
        {
          provide: AttemptLimits,
          inject: [SessionConnection],
          useFactory: ({ redis }: SessionConnection) => new AttemptLimits(redis),
        },
        { provide: DeviceTokens, useFactory: () => new DeviceTokens(deviceKey) },
        PasswordHasher,
        PasswordMetrics,
        Credentials,
        Registration,
        SessionOpening,
        SignIn,
        SessionPasswords,
        Profile,
      ],
      exports: [AccountRepository, PasswordHasher],
    };
  }
}
