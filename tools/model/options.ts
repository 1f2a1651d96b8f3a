import { parseArgs } from 'node:util';
import type { Extent } from './cases.js';
import { LEVELS, type Level } from './configuration.js';
import { variants } from './variants.js';

export const USAGE = `npm run verify:model -- [options]

  --level LEVEL      explores this level only: ${LEVELS.join(', ')}
  --variant NAME     explores this bad variant only, and prints its trace
  --bound small|full how much is explored (full)
  --help

Explores all that can happen to one cached row, with the step functions that are shipped. Ends with status 1 if a level is violated, or
a variant that must fail does not. Variants:
${variants.map(({ name, mistake }) => `  ${name.padEnd(30)}${mistake}`).join('\n')}
`;

/** What is to be explored; `null`: all of them. */
export interface Options {
  readonly level: Level | null;
  readonly variant: string | null;
  readonly bound: Extent;
  readonly help: boolean;
}

/** The command line is wrong; the message names the option. */
export class UsageError extends Error {}

/** @throws {UsageError} */
export function readOptions(args: readonly string[]): Options {
  const { level, variant, bound, help } = parse(args);
  return {
    level: oneOf('--level', level, LEVELS),
    variant: oneOf(
      '--variant',
      variant,
      variants.map(({ name }) => name),
    ),
    bound: oneOf('--bound', bound, ['small', 'full'] as const) ?? 'full',
    help: help === true,
  };
}

function parse(args: readonly string[]): { level?: string; variant?: string; bound?: string; help?: boolean } {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args: [...args],
      options: { level: text, variant: text, bound: text, help: { type: 'boolean' } },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function oneOf<Choice extends string>(
  option: string,
  value: string | undefined,
  choices: readonly Choice[],
): Choice | null {
  if (value === undefined) return null;
  const choice = choices.find((each) => each === value);
  if (choice === undefined) throw new UsageError(`${option} ${value}: it takes ${choices.join(', ')}`);
  return choice;
}
