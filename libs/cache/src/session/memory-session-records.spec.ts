import { describeSessions } from '../../test/sessions/session-contract.js';
import { MemorySessionRecords } from './memory-session-records.js';

describeSessions('memory', async () => {
  let now = Date.parse('2026-01-01');
  const records = new MemorySessionRecords(() => now);
  return {
    records,
    advance: async (ms) => {
      now += ms;
    },
    size: async () => records.size,
  };
});

describe('MemorySessionRecords', () => {
  it('forgets what has expired', async () => {
    let now = 0;
    const records = new MemorySessionRecords(() => now);
    const session = { id: 'i', accountId: null, roles: [], generation: 0, device: '', line: null };
    for (let count = 0; count < 1_000; count++) {
      await records.create(`hash ${count}`, session);
      now += 60_000;
    }
    expect(records.size).toBeLessThan(300);
  });
});
