import type { Variant } from './variants.js';
import { steps, type Step, type Steps, type TombstoneEntry } from './protocol.js';

/** A tombstone without a lease. */
function tombstone(floor: number): { readonly entry: TombstoneEntry; readonly ttlMs: number } {
  return { entry: { state: 'tombstone', floor, lease: null }, ttlMs: 1 };
}

/** A step as it is, with another entry written. */
function writing(
  step: Step<void>,
  change: (written: NonNullable<Step<void>['write']>) => Step<void>['write'],
): Step<void> {
  const write = step.write ? change(step.write) : step.write;
  return write === undefined ? { answer: undefined } : { write, answer: undefined };
}

const invalidate: Steps['invalidate'] = (entry, request) => steps.invalidate(entry, request);

const fillByAnybody: Steps['fill'] = (entry, request) => {
  const held = entry?.state === 'tombstone' ? entry.lease : null;
  return steps.fill(entry, { ...request, token: held?.token ?? request.token });
};

const putPastLease: Steps['put'] = (entry, request) => {
  const step = steps.put(entry, request);
  const isKept = step.write?.entry.state === 'value' && entry?.state === 'value';
  return isKept ? { ...step, write: { entry: { ...entry, payload: `1${request.body}` }, ttlMs: 1 } } : step;
};

const putAbsent: Steps['put'] = (entry, request) => {
  const { version, mark, body, ttlMs } = request;
  const value = { state: 'value', version, mark, payload: `1${body}`, lease: null } as const;
  return entry === null ? { write: { entry: value, ttlMs }, answer: 'stored' } : steps.put(entry, request);
};

const linkPastGap: Steps['link'] = (at, batch) => {
  const answer = steps.link(at, batch);
  return answer.kind === 'gap' ? { kind: 'applied' } : answer;
};

const linkUnknown: Steps['link'] = (at, batch) => {
  const answer = steps.link(at, batch);
  return answer.kind === 'unknown' ? { kind: 'applied' } : answer;
};

/** Single lines of the steps broken, each of which the model must notice. */
export const breaks: readonly Variant[] = [
  {
    name: 'fill asks for no token',
    mistake: 'a lease of anybody will do',
    configuration: 'unversioned',
    steps: {
      fill: fillByAnybody,
    },
  },
  {
    name: 'invalidate leaves what is cached',
    mistake: 'only a tombstone is raised',
    configuration: 'writers',
    steps: {
      invalidate: (entry, request) => (entry?.state === 'value' ? { answer: undefined } : invalidate(entry, request)),
    },
  },
  {
    name: 'invalidate leaves a tombstone',
    mistake: 'neither is the floor raised nor the lease taken',
    configuration: 'writers',
    steps: {
      invalidate: (entry, request) =>
        entry?.state === 'tombstone' ? { answer: undefined } : invalidate(entry, request),
    },
  },
  {
    name: 'discard leaves a lease',
    mistake: 'an invalidation without a version finds no value, and does nothing',
    configuration: 'unversioned',
    steps: {
      discard: (entry, request) =>
        entry?.state === 'tombstone' ? { answer: undefined } : steps.discard(entry, request),
    },
  },
  {
    name: 'lease over a value keeps those of before',
    mistake: 'put leaves the lease of a refresh, which read the row before',
    configuration: 'writers',
    steps: {
      put: putPastLease,
    },
  },
  {
    name: 'put goes back',
    mistake: 'a late PUT takes the place of a newer value',
    configuration: 'writers',
    steps: { put: (entry, request) => steps.put(entry?.state === 'value' ? { ...entry, version: 0 } : entry, request) },
  },
  {
    name: 'put fills what is absent',
    mistake: 'a late PUT brings back what a later write has invalidated and eviction has forgotten',
    configuration: 'writers',
    steps: {
      put: putAbsent,
    },
  },
  {
    name: 'intend keeps the lease',
    mistake: 'a strict write leaves a load its right to fill',
    configuration: 'intents',
    steps: {
      intend: (entry, transaction) =>
        entry?.state === 'tombstone' && entry.lease ? { answer: undefined } : steps.intend(entry, transaction),
    },
  },
  {
    name: 'intend leaves a value',
    mistake: 'what is cached is served until the invalidation',
    configuration: 'intents',
    steps: {
      intend: (entry, transaction) =>
        entry?.state === 'value' ? { answer: undefined } : steps.intend(entry, transaction),
    },
  },
  {
    name: 'intend forgets the others',
    mistake: 'the last transaction stands alone, and ends the intent of the one before',
    configuration: 'intents',
    steps: {
      intend: (entry, transaction) =>
        writing(steps.intend(entry, transaction), (write) =>
          write.entry.state === 'intent' ? { ...write, entry: { ...write.entry, transactions: [transaction] } } : write,
        ),
    },
  },
  {
    name: 'withdraw ends all',
    mistake: 'one transaction that is over ends the intent of another, which has not committed',
    configuration: 'intents',
    steps: {
      withdraw: (entry) =>
        entry?.state === 'intent' ? { write: tombstone(entry.floor), answer: undefined } : { answer: undefined },
    },
  },
  {
    name: 'an invalidation ends all intents',
    mistake: 'the end of one strict write ends another, which has not committed',
    configuration: 'intents',
    steps: {
      invalidate: (entry, request) =>
        entry?.state === 'intent'
          ? { write: tombstone(Math.max(entry.floor, request.version)), answer: undefined }
          : invalidate(entry, request),
    },
  },
  {
    name: 'a fill over an intent',
    mistake: 'a late fill takes the place of an intent',
    configuration: 'intents',
    steps: {
      lease: (entry, request, nowMs) =>
        steps.lease(entry?.state === 'intent' ? { ...tombstone(entry.floor).entry } : entry, request, nowMs),
    },
  },
  {
    name: 'a gap counts as the next',
    mistake: 'a store that has gone back in time is certified',
    configuration: 'certificate',
    steps: {
      link: linkPastGap,
    },
  },
  {
    name: 'an unknown number counts as the next',
    mistake: 'a store that does not know where it stands is certified',
    configuration: 'certificate',
    steps: {
      link: linkUnknown,
    },
  },
];
