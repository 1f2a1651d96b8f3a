import { formatRecord, parseRecord } from './record.js';
import type { Entry } from './record.js';

const golden: [Entry, string][] = [
  [{ state: 'value', version: 12, payload: '{"a":"|"}' }, 'V12|{"a":"|"}'],
  [{ state: 'value', version: 0, payload: '' }, 'V0|'],
  [{ state: 'tombstone', floor: 3, lease: null }, 'T3||'],
  [{ state: 'tombstone', floor: 3, lease: { token: 'x_-1', untilMs: 1700 } }, 'T3|x_-1|1700'],
  [{ state: 'intent', floor: 0, transactions: ['7', '9'] }, 'I0|,7;,9;'],
];

it.each(golden)('%j is stored as %j', (entry, record) => {
  expect(formatRecord(entry)).toBe(record);
  expect(parseRecord(record)).toEqual(entry);
});

it.each(['', 'V', 'V|x', 'Vx|1', '{"id":1}', 'X1|', 'V99999999999999999999|x'])('%j counts as absent', (record) => {
  expect(parseRecord(record)).toBeNull();
});
