import { AttemptLimits } from './attempt-limits.js';
import { TooManyAttempts } from './domain/account-errors.js';

const EMAIL = 'jane@orchards.example';

async function refusals(times: number, attempt: (at: number) => Promise<unknown>): Promise<number> {
  const results = await Promise.allSettled(Array.from({ length: times }, (_, at) => attempt(at)));
  const reasons = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
  expect(reasons.every((reason) => reason instanceof TooManyAttempts)).toBe(true);
  return reasons.length;
}

describe('AttemptLimits', () => {
  it('lets one address miss an account 10 times, and another still try', async () => {
    const limits = new AttemptLimits(null);
    expect(await refusals(30, () => limits.countSignIn(EMAIL, '10.0.0.1'))).toBe(20);
    expect(await refusals(1, () => limits.countSignIn(EMAIL, '10.0.0.2'))).toBe(0);
  });

  it('lets all addresses together miss an account 100 times', async () => {
    const limits = new AttemptLimits(null);
    expect(await refusals(130, (at) => limits.countSignIn(EMAIL, `10.0.0.${at}`))).toBe(30);
  });

  it('lets no single address lock an account out for the others', async () => {
    const limits = new AttemptLimits(null);
    expect(await refusals(150, () => limits.countSignIn(EMAIL, '10.0.0.1'))).toBe(140);
    expect(await refusals(1, () => limits.countSignIn(EMAIL, '10.0.0.2'))).toBe(0);
  });

  it('lets one address miss 100 accounts', async () => {
    const limits = new AttemptLimits(null);
    expect(await refusals(130, (at) => limits.countSignIn(`${at}@orchards.example`, '10.0.0.1'))).toBe(30);
  });

  it('counts by account alone where the address is not known', async () => {
    const limits = new AttemptLimits(null);
    expect(await refusals(15, () => limits.countSignIn(EMAIL, undefined))).toBe(5);
  });

  it('takes an attempt back', async () => {
    const limits = new AttemptLimits(null);
    for (let count = 0; count < 50; count++) await (await limits.countSignIn(EMAIL, '10.0.0.1'))();
    expect(await refusals(10, () => limits.countSignIn(EMAIL, '10.0.0.1'))).toBe(0);
  });

  it('says when to come back', async () => {
    const limits = new AttemptLimits(null);
    await refusals(10, () => limits.countSignIn(EMAIL, '10.0.0.1'));
    const refused: unknown = await limits.countSignIn(EMAIL, '10.0.0.1').catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'TOO_MANY_ATTEMPTS', retryAfterSeconds: 900 });
  });

  it('limits registrations by address', async () => {
    const limits = new AttemptLimits(null);
    expect(await refusals(120, () => limits.countRegistration('10.0.0.1'))).toBe(20);
    expect(await refusals(120, () => limits.countRegistration(undefined))).toBe(0);
  });
});
