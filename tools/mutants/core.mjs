/**
 * Mistakes in the core that tests must notice. `mistake` says what the change stands for; `specs` are the unit tests that are
 * asked, as a pattern of paths. Each `from` stands once in its file, below libs/cache/src/core.
 */
const STEPS = 'memory-store.spec|freshness.property';
/** What the model explores in little. */
const MODEL = 'tools/model/levels.spec';
const L1 = 'l1.property|core/l1-|schedules.spec';

export const coreMutants = [
  {
    name: 'fill without a lease',
    mistake: 'DEL on write, SET on miss: cache-aside as usually written',
    edits: [
      {
        file: 'steps.ts',
        from: `if (!holds(entry, request.token)) return { answer: 'refused' };`,
        to: `if (entry?.state === 'intent') return { answer: 'refused' };
  if (entry === null) {
    const { ttlMs, ...row } = request;
    return { write: { entry: { state: 'value', lease: null, ...row }, ttlMs }, answer: 'stored' };
  }`,
      },
    ],
    specs: 'freshness.property',
  },
  {
    name: 'one lease token per client',
    mistake: 'a fill that lost its lease uses that of the next one',
    edits: [
      { file: 'fence.ts', from: `const token = randomBytes(9).toString('base64url');`, to: `const token = 'client';` },
    ],
    specs: 'freshness.property|schedules.spec',
  },
  {
    name: 'joining a load that has begun',
    mistake: 'single flight keyed by the key alone: late callers get a row read before they asked',
    edits: [{ file: 'filler.ts', from: `for (const { task } of ready) task.flight.depart();`, to: `` }],
    specs: 'freshness.property|schedules.spec',
  },
  {
    name: 'what the store had in the place of a lease shared with those who joined',
    mistake: 'they may have asked after it was told, under another generation, or owe an invalidation',
    edits: [{ file: 'read-through.ts', from: `return !shared && `, to: `return ` }],
    specs: 'schedules.spec',
  },
  {
    name: 'what the store had in the place of a lease taken under the certificate of the look',
    mistake: 'a replica may have taken over in between, which lacks what the certificate stands for',
    edits: [{ file: 'read-through.ts', from: ` && !needsCertificate && `, to: ` && ` }],
    specs: 'promoted.spec',
  },
  {
    name: 'stamps read after the load',
    mistake: 'a tag that is retired while its list loads is stored as current',
    edits: [
      {
        file: 'looker.ts',
        from: `/** Looks ids up in the store, and says`,
        to: `export const labelsByKey = new Map<string, readonly Tag[]>();\n/** Looks ids up in the store, and says`,
      },
      {
        file: 'looker.ts',
        from: `const key = space.key(id);`,
        to: `const key = space.key(id);\n    labelsByKey.set(key, labels);`,
      },
      {
        file: 'fence.ts',
        from: `const { key, token, mark, stamp } = lease;`,
        to: `const { key, token, mark } = lease;
    const values = await store.attempt('tags', (each) => each.currentTags(labelsByKey.get(key) ?? []));
    const stamp = new Stamps().of(values ?? ['']);`,
      },
      {
        file: 'fence.ts',
        from: `import { PLAIN_STAMP_CHARS } from './stamp.js';`,
        to: `import { PLAIN_STAMP_CHARS, Stamps } from './stamp.js';\nimport { labelsByKey } from './looker.js';`,
      },
    ],
    specs: 'freshness.property',
  },
  {
    name: 'a tag that counts',
    mistake: 'a counter begins anew after an eviction and meets the entries of its first life',
    edits: [
      {
        file: 'memory-store.ts',
        from: `this.tags.delete(tag);`,
        to: `this.tags.set(tag, String(Number(this.tags.get(tag) ?? 0) + 1));`,
      },
      {
        file: 'memory-store.ts',
        from: `const value = randomBytes(12).toString('base64url');`,
        to: `const value = '0';`,
      },
    ],
    specs: STEPS,
  },
  {
    name: 'a tag that is a clock',
    mistake: 'two retirings within a millisecond, or under a clock that was set back, are one',
    edits: [
      {
        file: 'memory-store.ts',
        from: `const value = randomBytes(12).toString('base64url');`,
        to: `const value = String(this.clock());`,
      },
    ],
    specs: STEPS,
  },
  {
    name: 'stamps not compared',
    mistake: 'tags are written and never looked at',
    edits: [{ file: 'looker.ts', from: ` || !found.payload.startsWith(moment.stamp)`, to: `` }],
    specs: 'freshness.property',
  },
  {
    name: 'an unversioned invalidation that finds no value does nothing',
    mistake: 'DEL of an absent key: whoever is loading stores what it read before',
    edits: [
      {
        file: 'steps.ts',
        from: `  return entry.state === 'intent'
    ? strike(entry, { floor: 0, transaction, tombstoneMs })`,
        to: `  if (entry.state === 'tombstone') return { answer: undefined };
  return entry.state === 'intent'
    ? strike(entry, { floor: 0, transaction, tombstoneMs })`,
      },
    ],
    specs: 'freshness.property',
  },
  {
    name: 'an invalidation keeps the lease of a refresh',
    mistake: 'a load in the background is not told that its row has changed',
    edits: [
      {
        file: 'steps.ts',
        from: `  if (floorOf(entry) >= version) return { answer: undefined };
  return { write: tombstone(version, tombstoneMs), answer: undefined };`,
        to: `  if (floorOf(entry) >= version) return { answer: undefined };
  return { write: { ...tombstone(version, tombstoneMs), entry: { state: 'tombstone', floor: 0, lease: entry.lease } }, answer: undefined };`,
      },
    ],
    specs: 'lifetimes.property',
  },
  {
    name: 'floor ignored',
    mistake: 'a row from a replica that lags is stored over an invalidation that is newer',
    edits: [{ file: 'steps.ts', from: `if (version < floorOf(entry)) return`, to: `if (version < 0) return` }],
    specs: STEPS,
  },
  {
    name: 'tombstone dropped by release',
    mistake: 'a load that fails takes the floor with it',
    edits: [{ file: 'steps.ts', from: `: { write: tombstone(entry.floor, tombstoneMs) };`, to: `: { write: null };` }],
    specs: STEPS,
  },
  {
    name: 'a lease is granted while another lives',
    mistake: 'every process loads a cold key',
    edits: [{ file: 'steps.ts', from: `return busy(entry, nowMs) ?? grant(`, to: `return grant(` }],
    specs: STEPS,
  },
  {
    name: 'put fills an absent key',
    mistake: 'write-through as a plain SET: a late writer brings back what was invalidated and evicted',
    edits: [
      {
        file: 'steps.ts',
        from: `  if (entry?.state !== 'value' || entry.mark`,
        to: `  if (entry === null) {
    const row: Entry = { state: 'value', version, mark, payload: 'x'.repeat(stampChars) + body, lease: null };
    return { write: { entry: row, ttlMs }, answer: 'stored' };
  }
  if (entry?.state !== 'value' || entry.mark`,
      },
    ],
    specs: STEPS,
  },
  {
    name: 'put over a tombstone',
    mistake: 'a tombstone that was evicted and made anew by a lease says nothing of what is newest',
    edits: [
      {
        file: 'steps.ts',
        from: `  if (entry?.state !== 'value' || entry.mark`,
        to: `  if (entry?.state === 'tombstone' && version >= entry.floor) {
    const row: Entry = { state: 'value', version, mark, payload: 'x'.repeat(stampChars) + body, lease: null };
    return { write: { entry: row, ttlMs }, answer: 'stored' };
  }
  if (entry?.state !== 'value' || entry.mark`,
      },
    ],
    specs: STEPS,
  },
  {
    name: 'put over what was expired',
    mistake: 'a late writer makes fresh again what another knows to be out of date',
    edits: [{ file: 'steps.ts', from: ` || entry.mark === EXPIRED`, to: `` }],
    specs: 'memory-store.spec|lifetimes.property',
  },
  {
    name: 'put over an absence',
    mistake: 'a late writer brings back a row that was deleted',
    edits: [{ file: 'steps.ts', from: ` || entry.payload.length <= stampChars`, to: `` }],
    specs: STEPS,
  },
  {
    name: 'put goes back',
    mistake: 'the writer who was first comes last',
    edits: [{ file: 'steps.ts', from: `if (version < entry.version) return { answer: 'outdated' };`, to: `` }],
    specs: STEPS,
  },
  {
    name: 'expire keeps the lease',
    mistake: 'a load that began before is stored as fresh',
    edits: [{ file: 'steps.ts', from: `mark: EXPIRED, lease: null }`, to: `mark: EXPIRED }` }],
    specs: 'lifetimes.property',
  },
  {
    name: 'expire keeps the lease of a first load',
    mistake: 'the same, where no value was',
    edits: [
      {
        file: 'steps.ts',
        from: `if (entry?.state === 'tombstone' && entry.lease) {`,
        to: `if (entry === undefined) {`,
      },
    ],
    specs: STEPS,
  },
  {
    name: 'a TTL lost by expire',
    mistake: 'what was expired stays for ever',
    edits: [
      {
        file: 'steps.ts',
        from: `ttlMs: { atMost: keepMs } }`,
        to: `ttlMs: Infinity }`,
      },
    ],
    specs: STEPS,
  },
  {
    name: 'grace after an invalidation',
    mistake: 'stale-if-error serves what was invalidated',
    edits: [
      {
        file: 'steps.ts',
        from: `  if (entry.state === 'intent') return strike(entry, { floor: version, transaction, tombstoneMs });`,
        to: `  if (entry.state === 'value') return expire(entry, tombstoneMs);
  if (entry.state === 'intent') return strike(entry, { floor: version, transaction, tombstoneMs });`,
      },
    ],
    specs: 'lifetimes.property',
  },
  {
    name: 'a TTL lost by a refresh',
    mistake: 'SET without KEEPTTL: a value whose refresh fails stays for ever',
    edits: [
      {
        file: 'steps.ts',
        from: `{ write: { entry: leased, ttlMs: 'kept' }`,
        to: `{ write: { entry: leased, ttlMs: Infinity }`,
      },
    ],
    specs: STEPS,
  },
  {
    name: 'an early refresh without a lease',
    mistake: 'a load in the background that nobody fences',
    edits: [
      {
        file: 'filler.ts',
        from: `if (task.background && lease === null) task.flight.land({ kind: 'again' });
    else ready`,
        to: `ready`,
      },
    ],
    specs: 'core/stale.spec',
  },
  {
    name: 'waiting invalidations asked after the look',
    mistake: 'one is applied while an older answer is under way',
    edits: [
      {
        file: 'looker.ts',
        from: `return !owed && certified;`,
        to: `return !this.parts.pending.covers(key, [this.parts.space.generation]) && certified;`,
      },
    ],
    specs: 'waiting-invalidations.spec|outage.property',
  },
  {
    name: 'waiting invalidations not asked',
    mistake: 'a store that comes back serves what it had',
    edits: [{ file: 'looker.ts', from: `return !owed && certified;`, to: `return certified;` }],
    specs: 'outage.property',
  },
  {
    name: 'a waiting invalidation forgotten with an older one',
    mistake: 'the queue is emptied by key after a send, whatever came in meanwhile',
    edits: [
      {
        file: 'waiting-queue.ts',
        from: `filter(([name, waiting]) => this.waiting.get(name) === waiting)`,
        to: `filter(([name]) => this.waiting.has(name))`,
      },
    ],
    specs: 'outage.property|waiting-invalidations.spec|schedules.spec',
  },
  {
    name: 'an invalidation forgotten with the retiring of its space',
    mistake: 'the retiring may have been applied before the row changed',
    edits: [
      {
        file: 'waiting-queue.ts',
        from: `if (this.waiting.has(generation)) this.addTag(generation);
    else `,
        to: `if (!this.waiting.has(generation)) `,
      },
    ],
    specs: 'schedules.spec',
  },
  {
    name: 'a refused invalidation stays at the front',
    mistake: 'one that the store will never do holds up all others',
    edits: [
      {
        file: 'waiting-queue.ts',
        from: `      this.waiting.delete(name);
      this.waiting.set(name, waiting);`,
        to: `      this.waiting.set(name, waiting);`,
      },
    ],
    specs: 'pending-invalidations.spec',
  },
  {
    name: 'what was loaded and not stored leaves an older value within the process',
    mistake: 'only what is stored counts as read',
    edits: [{ file: 'filler.ts', from: `if (!stored) this.parts.fence.forget(task.key);`, to: `` }],
    specs: 'core/l1-changes.spec',
  },
  {
    name: 'the breaker sheds invalidations',
    mistake: 'one breaker for all that goes to the store',
    edits: [
      {
        file: 'guarded-store.ts',
        from: `    return this.timed(operation, use, this.timeoutMs);
  }

  /** A read that`,
        to: `    return this.breaker.execute(() => this.timed(operation, use, this.timeoutMs));
  }

  /** A read that`,
      },
    ],
    specs: 'guarded-store.spec',
  },
  {
    name: 'promotion without an epoch',
    mistake: 'a reader keeps the old value after the process has heard of its invalidation',
    edits: [{ file: 'l1.ts', from: `this.isOn && this.epochOf(key) === epoch && `, to: `this.isOn && ` }],
    specs: L1,
  },
  {
    name: 'L1 served while the feed is silent',
    mistake: 'a connection that is cut without a word',
    edits: [{ file: 'l1.ts', from: `if (this.isSilent(nowMs)) {`, to: `if (nowMs < 0) {` }],
    specs: L1,
  },
  {
    name: 'L1 not emptied when the feed is lost',
    mistake: 'what was invalidated while nobody listened is served after the connection is back',
    edits: [
      {
        file: 'l1.ts',
        from: `    this.certifiedAsOfMs = -Infinity;
    this.forgetAll();`,
        to: `    this.certifiedAsOfMs = -Infinity;`,
      },
      { file: 'l1.ts', from: `    this.forgetAll(); // reads that began`, to: `    // reads that began` },
    ],
    specs: L1,
  },
  {
    name: 'L1 not emptied when it is turned on',
    mistake: 'a read that began while nobody listened keeps what was invalidated meanwhile',
    edits: [{ file: 'l1.ts', from: `    this.forgetAll(); // reads that began`, to: `    // reads that began` }],
    specs: L1,
  },
  {
    name: 'L1 goes back',
    mistake: 'the read that was first arrives last',
    edits: [{ file: 'l1.ts', from: ` && !this.hasNewer(key, entry.version);`, to: `;` }],
    specs: L1,
  },
  {
    name: 'L1 forgets before an invalidation only',
    mistake: 'a read that found the old value meanwhile keeps it',
    edits: [
      {
        file: 'invalidator.ts',
        from: `      this.forget(invalidation);
      this.report(invalidation, 'applied');`,
        to: `      this.report(invalidation, 'applied');`,
      },
    ],
    specs: L1,
  },
  {
    name: 'L1 keeps what waits to be invalidated',
    mistake: 'the same, where the store did not answer',
    edits: [{ file: 'invalidator.ts', from: `this.forget(invalidation); // as above`, to: `// as above` }],
    specs: 'outage.property|schedules.spec',
  },
  {
    name: 'L1 keeps what was loaded under tags',
    mistake: 'nobody tells it that a tag was retired',
    edits: [{ file: 'fence.ts', from: `if (lease.stamp.length !== PLAIN_STAMP_CHARS) return;`, to: `` }],
    specs: L1,
  },
  ...[
    {
      name: 'an intent forgets the others',
      mistake: 'the last strict write stands alone, and its end ends those before it, which have not committed',
      file: 'intent-steps.ts',
      from: `const others = entry?.state === 'intent' ? entry.transactions.filter((each) => each !== transaction) : [];`,
      to: `const others: string[] = [];`,
    },
    {
      name: 'an intent with a TTL',
      mistake: 'it goes before COMMIT, and a reader fills what is about to be old',
      file: 'intent-steps.ts',
      from: `return { write: { entry: { state: 'intent', floor, transactions }, ttlMs: Infinity }, answer: undefined };`,
      to: `return { write: { entry: { state: 'intent', floor, transactions }, ttlMs: 2_000 }, answer: undefined };`,
    },
    {
      name: 'one end for all intents',
      mistake: 'a strict write that is over ends the intent of another',
      file: 'intent-steps.ts',
      from: `const transactions = entry.transactions.filter((each) => each !== transaction);`,
      to: `const transactions: string[] = [];`,
    },
    {
      name: 'a gap counts as the next batch',
      mistake: 'a store that went back in time is certified',
      file: 'chain-steps.ts',
      from: `: { kind: 'gap', at };`,
      to: `: { kind: 'applied' };`,
    },
    {
      name: 'an unknown number counts as the next batch',
      mistake: 'a store that restarted empty is certified with what was filled since',
      file: 'chain-steps.ts',
      from: `if (at === null) return { kind: 'unknown' };`,
      to: `if (at === null) return { kind: 'applied' };`,
    },
  ].map(({ name, mistake, ...edit }) => ({ name, mistake, edits: [edit], specs: MODEL })),
  ...[
    {
      name: 'an intent ends without the floor of its invalidation',
      mistake: 'a row from a replica that lags is filled after it',
      file: 'intent-steps.ts',
      from: `const floor = Math.max(entry.floor, least);`,
      to: `const floor = entry.floor;`,
    },
    {
      name: 'a batch applied wherever the store stands',
      mistake: 'the number says nothing about what is applied',
      file: 'memory-store.ts',
      from: `if (answer.kind !== 'applied') return Promise.resolve(answer);`,
      to: ``,
    },
    {
      name: 'a batch that leaves the number',
      mistake: 'every batch after it is a gap',
      file: 'memory-store.ts',
      from: `this.chains.set(service, { at: batch.upTo, asOfMs`,
      to: `this.chains.set(service, { at: batch.after, asOfMs`,
    },
    {
      name: 'a chain begun anew over what is cached',
      mistake: 'what was filled while nobody knew what was missing is certified',
      file: 'memory-store.ts',
      from: `this.retire(tags);
    this.chains.set(service, { at, asOfMs: null });`,
      to: `this.chains.set(service, { at, asOfMs: null });`,
    },
  ].map(({ name, mistake, ...edit }) => ({ name, mistake, edits: [edit], specs: 'core/steps.spec|memory-store.spec' })),
  {
    name: 'a store believed without a certificate',
    mistake: 'a bound that is a TTL: it says nothing of events that do not arrive',
    edits: [{ file: 'looker.ts', from: `return !owed && certified;`, to: `return !owed;` }],
    specs: 'bounded.property',
  },
  {
    name: 'L1 believed without a certificate',
    mistake: 'the feed is alive, so all is well: but the invalidator is not',
    edits: [{ file: 'l1.ts', from: `if (!this.on || !this.isCertified(withinMs)) return`, to: `if (!this.on) return` }],
    specs: 'bounded.property',
  },
  {
    name: 'certified by a replay',
    mistake: 'the batches of a log were current when they were made, and not when they are replayed',
    edits: [{ file: 'chain.ts', from: `{ ...each, asOfMs: null }`, to: `each` }],
    specs: 'core/chain.spec',
  },
  {
    name: 'a batch certified before it is applied',
    mistake: 'a look between sees the certificate and the old entry',
    edits: [
      {
        file: 'memory-store.ts',
        from: `    const applied = this.invalidate(batch.entries, batch.tags, tombstoneMs);`,
        to: `    const applied = Promise.resolve().then(() => this.invalidate(batch.entries, batch.tags, tombstoneMs));`,
      },
    ],
    specs: 'core/memory-store.spec',
  },
  {
    name: 'the latest time that the store may have',
    mistake: 'a certificate for an instant that the snapshot was taken before',
    edits: [{ file: 'cache.ts', from: `storeClock.atLeast()`, to: `storeClock.now()` }],
    specs: 'core/store-now.spec',
  },
  {
    name: 'a log that was restored from a backup believed to be behind',
    mistake: 'every change is a duplicate from then on',
    edits: [
      { file: 'chain.ts', from: `after === upTo && at > upTo && (await`, to: `after === upTo && at < upTo && (await` },
    ],
    specs: 'core/chain.spec',
  },
  {
    name: 'an intent that a read passes over',
    mistake: 'a load that began before COMMIT is stored after it',
    edits: [
      {
        file: 'steps.ts',
        from: `return { answer: { kind: 'bypass' } };`,
        to: `return grant(entry.floor, request, nowMs);`,
      },
    ],
    specs: 'core/steps.spec|strict.property',
  },
  {
    name: 'an intent that leaves the lease',
    mistake: 'a load that began before it is stored after COMMIT',
    edits: [
      {
        file: 'memory-store.ts',
        from: `      this.apply(key, (entry) => intend(entry, transaction));`,
        to: `      this.apply(key, (entry) => (entry?.state === 'tombstone' && entry.lease ? { answer: undefined } : intend(entry, transaction)));`,
      },
    ],
    specs: 'strict.property',
  },
  {
    name: 'an intent that can be evicted',
    mistake: 'a full store forgets which writes are in flight',
    edits: [
      {
        file: 'memory-slots.ts',
        from: `if (entry.state === 'intent') this.intents`,
        to: `if (ttlMs === 0) this.intents`,
      },
    ],
    specs: 'core/memory-store.spec|strict.property',
  },
  {
    name: 'an intent ended by the end of another',
    mistake: 'of two writers of a row the second is not waited for',
    edits: [
      {
        file: 'intent-steps.ts',
        from: `  return transactions.length > 0
    ?`,
        to: `  return transactions.length > 1
    ?`,
      },
    ],
    specs: 'strict.property',
  },
  {
    name: 'an intent settled without asking',
    mistake: 'a write that takes longer than two seconds is taken for dead',
    edits: [{ file: 'intents.ts', from: `!inProgress.has(each)`, to: `inProgress.size >= 0` }],
    specs: 'core/intents.spec|strict.property',
  },
  {
    name: 'a refused intent forgotten',
    mistake: 'one that was placed all the same stands until somebody meets it',
    edits: [{ file: 'intents.ts', from: `      this.parts.track(this.withdraw(intents));`, to: `` }],
    specs: 'core/intents.spec',
  },
  {
    name: 'ends of intents that wait forgotten for a newer one',
    mistake: 'one transaction per key: the intent of the other stands',
    edits: [{ file: 'waiting-queue.ts', from: `...(known?.transactions ?? []), ...`, to: `...` }],
    specs: 'pending-transactions.spec',
  },
  {
    name: 'least versions not asked for',
    mistake: 'who has seen a version is shown an older one',
    edits: [{ file: 'looker.ts', from: `if (version < wanted.minVersion) return;`, to: `` }],
    specs: 'min-version.spec',
  },
  {
    name: 'least versions not asked for within the process',
    mistake: 'the same, by its L1',
    edits: [
      { file: 'reader.ts', from: `held && held.version >= minVersionOf(demand, id) ? held : undefined`, to: `held` },
    ],
    specs: 'min-version.spec',
  },
  {
    name: 'an acknowledged read answered within the process',
    mistake: 'what another process has invalidated is heard later',
    edits: [{ file: 'reader.ts', from: ` || demand.pastL1 || demand.pastStore`, to: ` || demand.pastStore` }],
    specs: 'levels.spec',
  },
  {
    name: 'a strict read answered where no writer places intents',
    mistake: 'a word that promises what nobody does',
    edits: [{ file: 'looker.ts', from: `if (demand.pastStore) return;`, to: `` }],
    specs: 'levels.spec',
  },
];
