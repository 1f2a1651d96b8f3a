import { FacadeScene } from '../../../test/support/facade.js';

let scene: FacadeScene;

beforeEach(() => {
  scene = new FacadeScene();
});

afterEach(() => scene.close());

describe('what is loaded is never older than the last deletion', () => {
  it('a set after a deletion by another process, since the get that missed, stores nothing', async () => {
    const [first, second] = [await scene.start(), await scene.start()];
    expect(await first.get('a')).toBeUndefined();
    await second.del('a');
    expect(await first.set('a', 'old')).toBe('old');
    expect(await first.get('a')).toBeUndefined();
    await first.set('a', 'new');
    expect(await second.get('a')).toBe('new');
  });

  it('nor after a clear', async () => {
    const [first, second] = [await scene.start(), await scene.start()];
    await first.get('a');
    await second.clear();
    await first.set('a', 'old');
    expect(await second.get('a')).toBeUndefined();
  });

  it('nor does a set whose get began before the deletion, when another get came after it', async () => {
    const [first, second] = [await scene.start(), await scene.start()];
    await first.get('a'); // loads the old value, and is slow
    await second.del('a');
    await first.get('a'); // loads the new one
    await first.set('a', 'old');
    expect(await second.get('a')).toBeUndefined();
    await first.set('a', 'new');
    expect(['new', undefined]).toContain(await second.get('a'));
  });

  it('nor does one that missed while another process had the reservation', async () => {
    const [first, second] = [await scene.start(), await scene.start()];
    await second.get('a');
    await first.get('a');
    await second.del('a');
    await first.set('a', 'old');
    expect(await first.get('a')).toBeUndefined();
  });

  it('nor does one that missed while the store did not answer', async () => {
    const [first, second] = [await scene.start(), await scene.start()];
    scene.store.fail('refuse', { only: ['look'], times: 1 });
    expect(await first.get('a')).toBeUndefined();
    await second.del('a');
    await first.set('a', 'old');
    expect(await second.get('a')).toBeUndefined();
  });

  it('nor does one whose get missed just before the key was reserved', async () => {
    const [first, second] = [await scene.start(), await scene.start()];
    const asked = [first.get('a'), first.get('a')];
    await Promise.all(asked);
    await second.del('a');
    await first.set('a', 'old');
    await first.set('a', 'old');
    expect(await second.get('a')).toBeUndefined();
  });

  it('nor does one that follows the set of another, which was committed after this one was loaded', async () => {
    const [first, second] = [await scene.start(), await scene.start()];
    await first.get('a'); // loads the old value
    await first.set('a', 'new'); // a change that is committed meanwhile
    expect(await first.set('a', 'old')).toBe('old');
    expect(await second.get('a')).toBeUndefined();
  });

  it('nor does one whose get was refused before another wrote', async () => {
    const [first, second] = [await scene.start(), await scene.start()];
    await second.get('a');
    await first.get('a'); // loads the old value, as the second does
    await first.set('a', 'new');
    await second.set('a', 'new');
    await first.set('a', 'old');
    expect(await second.get('a')).toBeUndefined();
  });

  it('and a change that comes after the set of a load takes the reservations of others, though it does not store', async () => {
    const [first, second] = [await scene.start(), await scene.start()];
    await first.get('a');
    await first.set('a', 'old');
    await second.del('a');
    await second.get('a'); // loads the old value
    await first.set('a', 'new');
    await second.set('a', 'old');
    expect(await first.get('a')).toBeUndefined();
  });

  it('and what is set again as it is stays', async () => {
    const [first, second] = [await scene.start(), await scene.start()];
    await first.get('a');
    await first.set('a', 'same');
    await first.set('a', 'same');
    expect(await second.get('a')).toBe('same');
  });

  it('a write takes the reservations of loads that run', async () => {
    const [first, second] = [await scene.start(), await scene.start()];
    await first.get('a'); // loads the old value
    await second.set('a', 'new');
    await first.set('a', 'old');
    expect(await second.get('a')).toBe('new');
  });
});

describe('several at a time', () => {
  it('of several gets that miss, any may store, and the others change nothing if they loaded the same', async () => {
    const [manager, other] = [await scene.start(), await scene.start()];
    await Promise.all([manager.get('a'), manager.get('a'), other.get('a')]);
    await other.set('a', { n: 1 });
    expect(await manager.get('a')).toBeUndefined();
    await manager.set('a', { n: 1 });
    expect(await other.get('a')).toEqual({ n: 1 });
    await manager.set('a', { n: 1 });
    await manager.set('a', { n: 1 });
    expect(await manager.get('a')).toEqual({ n: 1 });
  });

  it('deletes the key if they differ, so that nobody reads less than was set last', async () => {
    const manager = await scene.start();
    await Promise.all([manager.get('a'), manager.get('a')]);
    await manager.set('a', 1);
    await manager.set('a', 2);
    expect(await manager.get('a')).toBeUndefined();
  });

  it('finds what was stored while a set is still awaited', async () => {
    const [manager, other] = [await scene.start(), await scene.start()];
    await Promise.all([manager.get('a'), manager.get('a')]);
    await manager.set('a', 1);
    expect(await manager.get('a')).toBe(1);
    expect(await other.get('a')).toBe(1);
  });
});
