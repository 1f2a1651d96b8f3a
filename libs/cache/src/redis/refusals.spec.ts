import { StoreRefusal } from '../core/errors.js';
import { refusing } from './refusals.js';

const failing = (name: string, message: string): Promise<unknown> => {
  const error = Object.assign(new Error(message), { name });
  return refusing(() => Promise.reject(error))().catch((seen: unknown) => (seen === error ? 'unchanged' : seen));
};

it.each([
  "OOM command not allowed when used memory > 'maxmemory'.",
  'NOPERM this user has no permissions to run the evalsha command',
  'MISCONF Redis is configured to save RDB snapshots',
  'ERR value is not an integer or out of range',
])('takes "%s" for a refusal', async (message) => {
  expect(await failing('ReplyError', message)).toEqual(new StoreRefusal(message));
});

it('does not repeat the arguments of a command', async () => {
  const message = "ERR unknown command 'EVALSHA', with args beginning with: 'secret'";
  expect(await failing('ReplyError', message)).toEqual(new StoreRefusal("ERR unknown command 'EVALSHA'"));
});

it.each([
  ['ReplyError', "READONLY You can't write against a read only replica."],
  ['ReplyError', 'LOADING Redis is loading the dataset in memory'],
  ['ReplyError', 'MOVED 3999 127.0.0.1:6381'],
  ['ReplyError', 'CLUSTERDOWN The cluster is down'],
  ['ReplyError', 'upstream failure'],
  ['MaxRetriesPerRequestError', 'OOM of another kind'],
  ['Error', 'Connection is closed.'],
])('takes a %s "%s" for a store that cannot be used', async (name, message) => {
  expect(await failing(name, message)).toBe('unchanged');
});
