import { HIT, LOADED, packReads, ReadLog, unpackReads } from './reads.js';

describe('a log of reads', () => {
  it('gives back what was added, beyond its first room and through a file', () => {
    const log = new ReadLog();
    const total = 70_001;
    for (let index = 0; index < total; index += 1) {
      const outcome = index % 2 === 0 ? HIT : LOADED;
      log.add({
        startUs: index + 0.25,
        endUs: index + 0.5,
        version: index,
        key: index % 20,
        session: index % 7,
        outcome,
      });
    }
    const read = unpackReads(Buffer.concat(packReads(log.read())));
    expect(read).toEqual(log.read());
    expect(read.count).toBe(total);
    const last = total - 1;
    expect([read.startUs[last], read.endUs[last], read.version[last]]).toEqual([last + 0.25, last + 0.5, last]);
    expect([read.key[last], read.session[last], read.outcome[last]]).toEqual([last % 20, last % 7, HIT]);
  });

  it('packs no reads at all', () => {
    expect(unpackReads(Buffer.concat(packReads(new ReadLog().read()))).count).toBe(0);
  });
});
