import { readFileSync } from 'node:fs';
import { asAdapter } from '../adapter.js';

const DOCUMENT = new URL('../../../docs/test-your-own-cache.md', import.meta.url);

/** The first block of JavaScript in the document. */
function example(): string {
  const [, code] = /```js\n([\s\S]*?)```/.exec(readFileSync(DOCUMENT, 'utf8')) ?? [];
  return code ?? '';
}

describe('the example in docs/test-your-own-cache.md', () => {
  it('is a module as the laboratory takes it, of some thirty lines', async () => {
    const code = example().replace("'ioredis'", `'${import.meta.resolve('ioredis')}'`);
    const module = (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as Record<string, unknown>;
    expect(asAdapter(module, 'example').label).toBe('our product cache');
    expect(code.split('\n').length).toBeLessThanOrEqual(34);
  });

  it('is refused without connect, by name', () => {
    expect(() => asAdapter({ read: () => null }, 'mine.mjs')).toThrow('mine.mjs exports no function "connect"');
  });
});
