import { blockOf, programsOf } from './readme-blocks.js';

const block = (info: string, text: string): string => `\`\`\`${info}\n${text}\n\`\`\`\n`;

describe('programsOf', () => {
  it('joins the blocks and the outputs of one program', () => {
    const readme = [
      block('ts example', 'one();'),
      block('text', '1'),
      'And then:\n',
      block('ts example continued', 'two();'),
      block('text', '2'),
      block('ts example nest', 'three();'),
      block('ts example peers', 'four();'),
    ].join('\n');
    expect(programsOf(readme)).toEqual([
      { needs: 'node', code: 'one();\ntwo();\n', output: '1\n2\n' },
      { needs: 'nest', code: 'three();\n', output: '' },
      { needs: 'peers', code: 'four();\n', output: '' },
    ]);
  });

  it('takes only the text right below an example for its output', () => {
    const readme = [block('ts example', 'one();'), 'The keys:\n', block('text', 'a:b:c')].join('\n');
    expect(programsOf(readme)).toEqual([{ needs: 'node', code: 'one();\n', output: '' }]);
  });

  it('passes over the code of others, and refuses what is not marked', () => {
    expect(programsOf(block('ts elsewhere', 'wrap();'))).toEqual([]);
    expect(() => programsOf(block('ts', 'one();'))).toThrow('one();');
    expect(() => programsOf(block('ts exampel', 'one();'))).toThrow('ts exampel');
  });
});

it('finds the one block of a mark', () => {
  const readme = block('sh install', 'npm ci') + block('sh', 'ls');
  expect(blockOf(readme, 'sh install')).toBe('npm ci\n');
  expect(() => blockOf(readme, 'json')).toThrow('json');
  expect(() => blockOf(readme + readme, 'sh')).toThrow('sh');
});
