import { AttemptLimits } from './attempt-limits.js';
import { TooManyAttempts } from './domain/account-errors.js';

const EMAIL = 'jane@orchards.example';

const from = (address: string | undefined, email = EMAIL) => ({ email, address, device: null });

async function refusals(times: number, attempt: (at: number) => Promise<unknown>): Promise<number> {
  const results = await Promise.allSettled(Array.from({ length: times }, (_, at) => attempt(at)));
  const reasons = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
  expect(reasons.every((reason) => reason instanceof TooManyAttempts)).toBe(true);
  return reasons.length;
}

describe('AttemptLimits', () => {
  it('lets one address miss an account 10 times, and another still try', async () => {
    const limits = new AttemptLimits(null);
    expect(await refusals(30, () => limits.countSignIn(from('10.0.0.1')))).toBe(20);
    expect(await refusals(1, () => limits.countSignIn(from('10.0.0.2')))).toBe(0);
  });

  it('locks nobody out by right passwords, however many come at once', async () => {
    const limits = new AttemptLimits(null);
    const all = await Promise.allSettled(Array.from({ length: 30 }, () => limits.countSignIn(from('10.0.0.1'))));
    const counted = all.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    expect(counted).toHaveLength(10);
    await Promise.all(counted.map(({ takeBack }) => takeBack()));
    expect(await refusals(10, () => limits.countSignIn(from('10.0.0.1')))).toBe(0);
  });

  it('lets all known devices of an account together miss it 50 times', async () => {
    const limits = new AttemptLimits(null);
    const attempts = Array.from({ length: 60 }, (_, at) =>
      limits.countSignIn({ ...from(`10.0.0.${at}`), device: `device ${at}` }),
    );
    const visitors = (await Promise.all(attempts)).map(({ visitor }) => visitor);
    expect(visitors.filter((visitor) => visitor === 'known')).toHaveLength(50);
  });

  it('lets all addresses together miss an account 100 times', async () => {
    const limits = new AttemptLimits(null);
    expect(await refusals(130, (at) => limits.countSignIn(from(`10.0.0.${at}`)))).toBe(30);
  });

  it('lets no single address lock an account out for the others', async () => {
    const limits = new AttemptLimits(null);
    expect(await refusals(150, () => limits.countSignIn(from('10.0.0.1')))).toBe(140);
    expect(await refusals(1, () => limits.countSignIn(from('10.0.0.2')))).toBe(0);
  });

  it('lets one address miss 100 accounts', async () => {
    const limits = new AttemptLimits(null);
    expect(await refusals(130, (at) => limits.countSignIn(from('10.0.0.1', `${at}@orchards.example`)))).toBe(30);
  });

  it('counts by account alone where the address is not known', async () => {
    const limits = new AttemptLimits(null);
    expect(await refusals(15, () => limits.countSignIn(from(undefined)))).toBe(5);
  });

  it('lets a known device miss an account 10 times, whatever others have used up, and uses up nothing of theirs', async () => {
    const limits = new AttemptLimits(null);
    const known = { ...from('10.0.0.1'), device: 'a phone' };
    const attempts = await Promise.all(Array.from({ length: 10 }, () => limits.countSignIn(known)));
    expect(new Set(attempts.map(({ visitor }) => visitor))).toEqual(new Set(['known']));
    expect(await refusals(110, (at) => limits.countSignIn(from(`10.0.1.${at}`)))).toBe(10);
    expect(await refusals(1, () => limits.countSignIn({ ...known, device: 'a laptop' }))).toBe(0);
    await attempts[0]?.takeBack();
    expect(await refusals(2, () => limits.countSignIn(known))).toBe(1);
  });

  it('counts a device that has missed too often like any other', async () => {
    const limits = new AttemptLimits(null);
    const known = { ...from('10.0.0.1'), device: 'a phone' };
    expect(await refusals(30, () => limits.countSignIn(known))).toBe(10);
    expect(await refusals(1, () => limits.countSignIn(from('10.0.0.1')))).toBe(1);
    expect((await limits.countSignIn({ ...known, address: '10.0.0.2' })).visitor).toBe('anybody');
  });

  it('lets a session miss 10 times, and no other for it', async () => {
    const limits = new AttemptLimits(null);
    expect(await refusals(15, () => limits.countInSession('stolen'))).toBe(5);
    expect(await refusals(10, () => limits.countInSession('of the owner'))).toBe(0);
    expect(await refusals(10, () => limits.countSignIn(from('10.0.0.1')))).toBe(0);
  });

  it('takes an attempt back', async () => {
    const limits = new AttemptLimits(null);
    for (let count = 0; count < 50; count++) {
      await (await limits.countSignIn(from('10.0.0.1'))).takeBack();
    }
    expect(await refusals(10, () => limits.countSignIn(from('10.0.0.1')))).toBe(0);
  });

  it('says when to come back', async () => {
    const limits = new AttemptLimits(null);
    await refusals(10, () => limits.countSignIn(from('10.0.0.1')));
    const refused: unknown = await limits.countSignIn(from('10.0.0.1')).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'TOO_MANY_ATTEMPTS', retryAfterSeconds: 900 });
  });

  it('limits registrations by address', async () => {
    const limits = new AttemptLimits(null);
    expect(await refusals(120, () => limits.countRegistration('10.0.0.1'))).toBe(20);
    expect(await refusals(120, () => limits.countRegistration(undefined))).toBe(0);
  });
});
