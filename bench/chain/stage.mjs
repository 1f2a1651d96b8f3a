import { createCategory, createProducts } from './catalogue.mjs';

/** Servers, a migrated catalogue with products, and the way to end them. `dist` is where the build is. */
export async function openStage(root) {
  const dist = `${root}/dist`;
  const { createTempDir, removeDir, startPostgres, startRabbit, startRedis } = await import(
    `file://${dist}/tools/services/index.js`
  );
  const closing = [];
  const own = (thing, close) => {
    closing.unshift(close);
    return thing;
  };
  const close = async () => {
    for (const end of closing.splice(0)) await end();
  };
  try {
    const postgres = await startPostgres({ durable: true });
    own(postgres, () => postgres.stop());
    const rabbit = await startRabbit();
    own(rabbit, () => rabbit.stop());
    const redis = await startRedis();
    own(redis, () => redis.stop());
    const dir = await createTempDir('bench-chain');
    own(dir, () => removeDir(dir));
    const { migrate } = await import(`file://${dist}/apps/catalog/src/database/migrate.js`);
    await migrate(postgres.url);
    const ids = await createProducts(postgres.url, await createCategory(postgres.url));
    return { dist, dir, databaseUrl: postgres.url, rabbitUrl: rabbit.url, redis, ids, own, close };
  } catch (error) {
    await close();
    throw error;
  }
}
