import { jest } from '@jest/globals';
import { setUpChain } from '../../test/support/chain-scene.js';
import { row } from '../../test/support/versioned-row.js';

const other = { key: 'shop:row:2', version: 2 };

it('a chain is begun anew when the log cannot be read for half a minute', async () => {
  const { chain, change, space, log, events, certify } = setUpChain({ freshness: 'acknowledged' });
  await certify();
  await space.getOrSet('1', async () => row(1));
  change(other);
  const next = change(other);
  log.failure = new Error('the log is away');
  await expect(chain.apply(next)).rejects.toThrow('the log is away');
  const later = performance.now() + 30_000;
  jest.spyOn(performance, 'now').mockReturnValue(later);
  try {
    expect(await chain.apply(next)).toBe('applied');
  } finally {
    jest.restoreAllMocks();
  }
  expect(events).toContainEqual({ type: 'chain', service: 'shop', what: 'restarted', count: 1 });
  expect((await space.peek('1')).status).toBe('absent');
});
