import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import ts from 'typescript';
import { createTempDir, CURL, findProgram, removeDir } from '../tools/services/index.js';
import { ROOT } from './support/built.js';
import { EmbeddedStarter, untilItRuns } from './support/embedded.js';

const run = promisify(execFile);
const starter = new EmbeddedStarter();
let readme: string;
let home: string;

beforeAll(async () => {
  readme = await readFile(join(ROOT, 'README.md'), 'utf8');
  home = await createTempDir('readme');
});

afterAll(async () => {
  starter.killAll();
  await removeDir(home);
});

/** What stands in the README's code blocks of one language. */
function blocks(language: string): string[] {
  return [...readme.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, text]) => text ?? '');
}

/** The commands of a `console` block, each with the answer that stands below it. */
function commandsOf(block: string): { command: string; answer: string }[] {
  return block.split(/^\$ /m).flatMap((part) => {
    const [command = '', ...answer] = part.trimEnd().split('\n');
    return command === '' ? [] : [{ command, answer: answer.join('\n') }];
  });
}

/** Matches the answer as it stands; `…` stands for anything within a line. */
function pattern(answer: string): RegExp {
  const parts = answer.split('…').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`);
}

it('gives every command of the README the answer that stands there', async () => {
  await findProgram(CURL);
  const system = await starter.start(home);
  await untilItRuns(system);
  const commands = blocks('console').flatMap(commandsOf);
  expect(commands.length).toBeGreaterThanOrEqual(4);
  for (const { command, answer } of commands) {
    const { stdout } = await run('sh', ['-c', command.replaceAll('http://127.0.0.1:3000', system.client.url)]);
    expect(stdout.trimEnd()).toMatch(pattern(answer));
  }
  system.process.kill('SIGINT');
  expect(await system.ended()).toBe(0);
}, 120_000);

it('names only npm commands that exist', async () => {
  const { scripts } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { scripts: object };
  const named = [...readme.matchAll(/npm (?:run )?([a-z:]+)/g)].map(([, name]) => name ?? '');
  expect(named.length).toBeGreaterThan(5);
  for (const name of named) expect(scripts).toHaveProperty([name]);
});

it('shows code that compiles', () => {
  const [code = ''] = blocks('ts');
  const file = join(ROOT, 'test/readme-example.ts');
  const given = `import { Product } from '@larder/contracts';
declare const id: string;
declare const repository: { find(id: string): Promise<Product | null> };\n`;
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as {
    config: object;
  };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
  const host = ts.createCompilerHost({ ...options, noEmit: true });
  const original = host.getSourceFile.bind(host);
  host.getSourceFile = (name, languageVersion, ...rest) =>
    name === file ? ts.createSourceFile(name, given + code, languageVersion) : original(name, languageVersion, ...rest);
  const program = ts.createProgram([file], { ...options, noEmit: true, noUnusedLocals: false }, host);
  const problems = ts.getPreEmitDiagnostics(program, program.getSourceFile(file));
  expect(problems.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))).toEqual([]);
}, 60_000);
