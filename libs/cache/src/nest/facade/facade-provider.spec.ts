import { Test } from '@nestjs/testing';
import { FacadeScene } from '../../../test/support/facade.js';
import { CacheModule } from '../index.js';

let scene: FacadeScene;

beforeEach(() => {
  scene = new FacadeScene();
});

afterEach(() => scene.close());

describe('options', () => {
  it.each([0, -1, 1.5, NaN, Infinity])('awaits no set for %d milliseconds', (longestLoadMs) => {
    const options = { service: 'shop', ttlMs: 1, longestLoadMs };
    expect(() => CacheModule.forCacheManager(options)).toThrow(
      `longestLoadMs is an integer of 1 or more, not ${longestLoadMs}`,
    );
  });

  it.each([
    [30_000, {}],
    [undefined, { tombstoneMs: 10_000 }],
  ])('awaits no set for %s milliseconds where %j', async (longestLoadMs, options) => {
    const facade = CacheModule.forCacheManager({ service: 'shop', ttlMs: 1, ...(longestLoadMs && { longestLoadMs }) });
    const starting = Test.createTestingModule({
      imports: [CacheModule.forRoot({ store: scene.store, ...options }), facade],
    }).compile();
    await expect(starting).rejects.toThrow(RangeError);
    await expect(starting).rejects.toThrow('longestLoadMs is below tombstoneMs');
  });

  it('needs a TTL that is one', () => {
    expect(() => CacheModule.forCacheManager({ service: 'shop', ttlMs: 0 })).toThrow('ttlMs is greater than 0');
  });

  it('says what is missing without a Cache', async () => {
    const facade = CacheModule.forCacheManager({ service: 'shop', ttlMs: 1 });
    const starting = Test.createTestingModule({ imports: [facade] }).compile();
    await expect(starting).rejects.toThrow('import CacheModule.forRoot(...) too');
  });
});
