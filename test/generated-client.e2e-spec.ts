import { execFile } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DEMO_ACCOUNTS } from '../apps/auth/src/accounts/demo-accounts.js';
import { createTempDir, removeDir } from '../tools/services/index.js';
import { ROOT } from './support/built.js';
import { fillShelf, type Shelf } from './support/shelf.js';
import { startSystem, type System } from './support/system.js';

const run = promisify(execFile);
const LIMIT_MS = 180_000;

/** What somebody writes who has the generated client and nothing else of ours. */
const PROGRAM = `
import { addToCart, getProduct, login, updateProduct } from './client/sdk.gen.js';
import { client } from './client/client.gen.js';

const [url = '', email = '', password = '', id = ''] = process.argv.slice(2);
const cookies = new Map();
client.setConfig({
  baseUrl: url,
  throwOnError: true,
  fetch: async (input, init) => {
    const request = new Request(input, init);
    if (cookies.size > 0) request.headers.set('cookie', [...cookies].map((pair) => pair.join('=')).join('; '));
    const response = await fetch(request);
    for (const set of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]*)=([^;]*)/.exec(set) ?? [];
      cookies.set(name, value);
    }
    return response;
  },
});
const account = await login<true>({ body: { email, password } });
const cart = await addToCart<true>({ body: { productId: id, quantity: 2 } });
const product = await getProduct<true>({ path: { id } });
const changed = await updateProduct<true>({
  path: { id },
  headers: { 'If-Match': product.response.headers.get('etag') ?? '' },
  body: { priceMinor: product.data.priceMinor + 1 },
});
const refused = await updateProduct<false>({
  path: { id },
  headers: { 'If-Match': '"1"' },
  body: { priceMinor: 5 },
  throwOnError: false,
});
const problem: { type: string; status: number } | undefined = refused.error;
const [line] = cart.data.items;
console.log(JSON.stringify({
  email: account.data.email,
  line: { productId: line?.productId, quantity: line?.quantity },
  before: product.data.priceMinor,
  after: changed.data.priceMinor,
  problem: { type: problem?.type, status: problem?.status },
}));
`;

let system: System;
let shelf: Shelf;
let dir: string;

beforeAll(async () => {
  system = await startSystem();
  shelf = await fillShelf(system.databaseUrl, 'Generated', 1);
  dir = await createTempDir('generated-client');
  const document = await (await fetch(`${system.url}/openapi.json`)).text();
  await writeFile(join(dir, 'openapi.json'), document);
  await writeFile(join(dir, 'package.json'), '{ "type": "module" }');
  await writeFile(join(dir, 'generate.mjs'), GENERATE);
  await mkdir(join(dir, 'src'));
  await symlink(join(ROOT, 'node_modules'), join(dir, 'node_modules'));
  await run(process.execPath, ['generate.mjs'], { cwd: dir });
}, LIMIT_MS);
afterAll(async () => {
  await system.stop();
  await removeDir(dir);
});

const GENERATE = `
import { createClient } from '@hey-api/openapi-ts';
await createClient({
  input: 'openapi.json',
  output: { path: 'src/client', importFileExtension: '.js' },
  plugins: ['@hey-api/client-fetch', '@hey-api/typescript', '@hey-api/sdk'],
  logs: { level: 'silent', file: false },
});
`;

/** Compiles `program` with the generated client, strictly, and returns what the compiler says of it: nothing when all is well. */
async function compiled(program: string): Promise<string> {
  await writeFile(join(dir, 'src/program.ts'), program);
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  const given = [
    '--strict',
    '--skipLibCheck',
    '--target',
    'es2023',
    '--lib',
    'es2023,dom,dom.iterable',
    '--module',
    'nodenext',
  ];
  const where = ['--types', 'node', '--rootDir', 'src', '--outDir', 'dist', 'src/program.ts'];
  const tellsErrors = (error: { stdout?: string }): { stdout: string } => ({
    stdout: error.stdout ?? 'the compiler did not run',
  });
  return (await run(process.execPath, [tsc, ...given, ...where], { cwd: dir }).catch(tellsErrors)).stdout;
}

it(
  'signs in, fills a cart and changes a price with a client that is generated from the document',
  async () => {
    const [editor] = DEMO_ACCOUNTS;
    const [productId] = shelf.productIds;
    expect(await compiled(PROGRAM)).toBe('');
    const args = [system.url, editor?.email, editor?.password, productId].map(String);
    const { stdout } = await run(process.execPath, ['dist/program.js', ...args], { cwd: dir });
    expect(JSON.parse(stdout)).toEqual({
      email: editor?.email,
      line: { productId, quantity: 2 },
      before: 101,
      after: 102,
      problem: { type: '/docs#version-conflict', status: 412 },
    });
  },
  LIMIT_MS,
);

it(
  'does not compile what the document does not describe',
  async () => {
    const wrong = PROGRAM.replace('quantity: 2', 'amount: 2').replace('data.priceMinor + 1', 'data.cost');
    const said = await compiled(wrong);
    expect(said).toContain("'amount' does not exist");
    expect(said).toContain("'cost' does not exist");
  },
  LIMIT_MS,
);
