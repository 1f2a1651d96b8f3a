import { formatRecord, parseRecord } from './record.js';
import type { Entry } from './record.js';

const golden: [Entry, string][] = [
  [{ state: 'value', version: 12, mark: 'KxQ2z', payload: '{"a":"|"}', lease: null }, 'V12KxQ2z{"a":"|"}'],
  [{ state: 'value', version: 0, mark: '-----', payload: '', lease: null }, 'V0-----'],
  [
    { state: 'value', version: 12, mark: 'KxQ2z', payload: 'a|1|\nb', lease: { token: 'x_-1', untilMs: 1700 } },
    'R12KxQ2zx_-1|1700|a|1|\nb',
  ],
  [{ state: 'tombstone', floor: 3, lease: null }, 'T3||'],
  [{ state: 'tombstone', floor: 3, lease: { token: 'x_-1', untilMs: 1700 } }, 'T3|x_-1|1700'],
  [{ state: 'intent', floor: 0, transactions: ['7', '9'] }, 'I0|,7;,9;'],
  [{ state: 'intent', floor: 12, transactions: ['18446744073709551615'] }, 'I12|,18446744073709551615;'],
];

it.each(golden)('%j is stored as %j', (entry, record) => {
  expect(formatRecord(entry)).toBe(record);
  expect(parseRecord(record)).toEqual(entry);
});

const foreign = [
  '',
  'V',
  'V1',
  'V1abcd',
  'Vabcdefg',
  'R1KxQ2z',
  'R1KxQ2z|1|x',
  'R1KxQ2za|b|x',
  '{"id":1}',
  'X1|',
  'I5',
  'I5x',
  'I5|,a-b;',
  'V99999999999999999999KxQ2zx',
];

it.each(foreign)('%j counts as absent', (record) => {
  expect(parseRecord(record)).toBeNull();
});

it('a lease that is not whole is none', () => {
  expect(parseRecord('T3|abc')).toEqual({ state: 'tombstone', floor: 3, lease: null });
});
