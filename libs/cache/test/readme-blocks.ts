/** A program that stands in a README, in one block or in several, and what it prints. */
export interface ReadmeProgram {
  /** What it needs: plain Node, a Nest application, or the optional peers that are no part of Nest. */
  readonly needs: 'node' | 'nest' | 'peers';
  readonly code: string;
  readonly output: string;
}

interface Block {
  /** What stands behind the three backticks. */
  readonly info: string;
  readonly text: string;
  /** The info of the block right above, with nothing in between; empty if there is none. */
  readonly above: string;
}

/** The `ts example` blocks of a README, as programs; see there. @throws {Error} for TypeScript that is marked as nothing known */
export function programsOf(readme: string): ReadmeProgram[] {
  const programs: { needs: ReadmeProgram['needs']; code: string; output: string }[] = [];
  for (const { info, text, above } of blocksOf(readme)) {
    const program = programs.at(-1);
    switch (info) {
      case 'ts example':
        programs.push({ needs: 'node', code: text, output: '' });
        break;
      case 'ts example nest':
        programs.push({ needs: 'nest', code: text, output: '' });
        break;
      case 'ts example peers':
        programs.push({ needs: 'peers', code: text, output: '' });
        break;
      case 'ts example continued':
        if (program) program.code += text;
        break;
      case 'text':
        if (program && above.startsWith('ts example')) program.output += text;
        break;
      default:
        if (/^ts\b(?! elsewhere$)/.test(info)) throw new Error(`Example or not? It is marked \`${info}\`:\n${text}`);
    }
  }
  return programs;
}

/** The text of the block with this info. @throws {Error} unless there is exactly one */
export function blockOf(readme: string, info: string): string {
  const [block, ...others] = blocksOf(readme).filter((each) => each.info === info);
  if (!block || others.length > 0) throw new Error(`Not exactly one block is marked \`${info}\``);
  return block.text;
}

function blocksOf(readme: string): Block[] {
  const blocks: Block[] = [];
  let end = 0;
  for (const { 0: whole, 1: info = '', 2: text = '', index } of readme.matchAll(/^```(\S.*)\n([^]*?)^```$/gm)) {
    const isBelow = readme.slice(end, index).trim() === '';
    blocks.push({ info, text, above: isBelow ? (blocks.at(-1)?.info ?? '') : '' });
    end = index + whole.length;
  }
  return blocks;
}
