import { FAULT_NAMES, FAULTS } from './faults.js';
import { scheduleOf } from './schedule.js';

const scene = { seed: 7, faults: FAULT_NAMES, durationMs: 5_000 };

describe('a schedule of faults', () => {
  it('follows from the seed', () => {
    expect(scheduleOf(scene)).toEqual(scheduleOf(scene));
    expect(scheduleOf({ ...scene, seed: 8 })).not.toEqual(scheduleOf(scene));
  });

  it.each([300, 5_000, 60_000])('has every fault in %i ms, within them and in order', (durationMs) => {
    const planned = scheduleOf({ ...scene, durationMs });
    expect(new Set(planned.map(({ fault }) => fault))).toEqual(new Set(FAULT_NAMES));
    expect(planned.every(({ fromMs, toMs }) => fromMs > 0 && fromMs < toMs && toMs < durationMs)).toBe(true);
    expect(planned.map(({ fromMs }) => fromMs)).toEqual(planned.map(({ fromMs }) => fromMs).sort((a, b) => a - b));
  });

  it('lets no fault begin before the last one of its lane is over', () => {
    for (const lane of ['store', 'path']) {
      const own = scheduleOf({ ...scene, durationMs: 60_000 }).filter(({ fault }) => FAULTS[fault].lane === lane);
      expect(own.slice(1).every(({ fromMs }, index) => fromMs >= own[index]!.toMs)).toBe(true);
    }
  });

  it('puts what lingers behind the other faults of its lane', () => {
    const own = scheduleOf(scene).filter(({ fault }) => FAULTS[fault].lane === 'path');
    expect(own.at(-1)?.fault).toBe('broker-kill');
  });

  it('repeats faults when there is time for it', () => {
    expect(scheduleOf({ ...scene, durationMs: 60_000 }).length).toBeGreaterThan(FAULT_NAMES.length);
  });

  it('lets a promotion that is alone come after the last write', () => {
    const [planned, ...others] = scheduleOf({ ...scene, faults: ['promotion'] });
    expect(others).toEqual([]);
    expect(planned).toMatchObject({ fault: 'promotion', fromMs: 1_500, toMs: 5_250 });
  });

  it('plans nothing without faults', () => {
    expect(scheduleOf({ ...scene, faults: [] })).toEqual([]);
  });
});
