import { Module } from '@nestjs/common';
import { SessionConnection } from '../sessions/session-connection.js';
import { AccountsController } from './accounts.controller.js';
import { AttemptLimits } from './attempt-limits.js';
import { Credentials } from './credentials.js';
import { AccountRepository } from './domain/account-repository.js';
import { PasswordChange } from './password-change.js';
import { PasswordHasher } from './password-hasher.js';
import { Profile } from './profile.js';
import { Registration } from './registration.js';
import { SessionOpening } from './session-opening.js';
import { SignIn } from './sign-in.js';
import { TypeOrmAccountRepository } from './typeorm-account-repository.js';

@Module({
  controllers: [AccountsController],
  providers: [
    { provide: AccountRepository, useClass: TypeOrmAccountRepository },
    {
      provide: AttemptLimits,
      inject: [SessionConnection],
      useFactory: ({ redis }: SessionConnection) => new AttemptLimits(redis),
    },
    PasswordHasher,
    Credentials,
    Registration,
    SessionOpening,
    SignIn,
    PasswordChange,
    Profile,
  ],
  exports: [AccountRepository, PasswordHasher],
})
export class AccountsModule {}
