import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { issuesOf } from '../errors/issues.js';

const MISSING = 'is missing; set it, or name a file that holds it in the same variable with _FILE at its end';

type Environment = Readonly<Record<string, string | undefined>>;

/** One or more variables are wrong. The message names them all, and never a value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(
    readonly faults: readonly string[],
    options?: ErrorOptions,
  ) {
    super(`Invalid environment:\n${faults.map((fault) => `  ${fault}`).join('\n')}`, options);
  }
}

/**
 * Reads the environment once, at start. An empty variable counts as absent. Variable `X` may come from the file that
 * `X_FILE` names, without its last line break.
 *
 * @throws {ConfigError} naming every variable that is wrong
 */
export function readEnvironment<Schema extends z.ZodObject>(schema: Schema, env: Environment): z.output<Schema> {
  const { values, faults } = readVariables(Object.keys(schema.shape), env);
  const { data, error } = schema.safeParse(values);
  for (const { path, message } of error === undefined ? [] : issuesOf(error)) {
    if (!faults.has(path)) faults.set(path, `${path}: ${path in values ? message : MISSING}`);
  }
  if (faults.size > 0) throw new ConfigError([...faults.values()]);
  return data as z.output<Schema>;
}

interface Variables {
  readonly values: Record<string, string>;
  /** What is wrong, by the variable's name. */
  readonly faults: Map<string, string>;
}

function readVariables(names: readonly string[], env: Environment): Variables {
  const variables: Variables = { values: {}, faults: new Map() };
  for (const name of names) {
    try {
      const value = readVariable(name, env);
      if (value !== undefined) variables.values[name] = value;
    } catch (error) {
      variables.faults.set(name, error instanceof Error ? error.message : String(error));
    }
  }
  return variables;
}

function readVariable(name: string, env: Environment): string | undefined {
  const value = env[name] === '' ? undefined : env[name];
  const file = env[`${name}_FILE`];
  if (file === undefined || file === '') return value;
  if (value !== undefined) throw new Error(`${name}: set it or ${name}_FILE, not both`);
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(`${name}_FILE: the file cannot be read (${code ?? 'unknown reason'})`, { cause: error });
  }
}
