import type { LoggerService } from '@nestjs/common';
import { pino, type DestinationStream } from 'pino';
import type { LogLevel } from '../config/variables.js';
import { scrub, scrubText } from './scrub.js';
import { standardOutput } from './standard-output.js';

/** Where Nest tells of its start, a line per module and route: of interest to who debugs it. That it has started counts. */
const NEST_START = new Set<unknown>(['InstanceLoader', 'NestFactory', 'RouterExplorer', 'RoutesResolver']);

/**
 * Logs one JSON line per message to standard output, without secrets.
 *
 * As Nest has it, a message is a text, an error, or an object; the last text after it is the context. An object's
 * `message` field is the line's text, and its other fields are fields of the line. What Nest tells of the way to its
 * start has level debug.
 *
 * @param service      stands in every line
 * @param destination  where the lines go instead, for tests
 */
export function createLogger(
  service: string,
  level: LogLevel = 'info',
  destination: DestinationStream = standardOutput(),
): Required<Pick<LoggerService, 'log' | 'error' | 'warn' | 'debug' | 'verbose' | 'fatal'>> {
  const options = {
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: (error: unknown) => error }, // it is scrubbed already; pino's own would take it apart again
    formatters: { level: (label: string) => ({ level: label }) },
  };
  const lines = pino(options, destination);
  const writer =
    (as: Exclude<LogLevel, 'silent'>) =>
    (message: unknown, ...more: unknown[]): void => {
      if (!lines.isLevelEnabled(as)) return;
      const { text, fields } = lineOf(message, more);
      lines[as](fields, text);
    };
  const info = writer('info');
  const debug = writer('debug');
  return {
    log: (message: unknown, ...more: unknown[]) => {
      (NEST_START.has(more.at(-1)) ? debug : info)(message, ...more);
    },
    error: writer('error'),
    warn: writer('warn'),
    debug,
    verbose: writer('trace'),
    fatal: writer('fatal'),
  };
}

interface Line {
  readonly text: string;
  readonly fields: Record<string, unknown>;
}

function lineOf(message: unknown, more: readonly unknown[]): Line {
  const last = more.at(-1);
  const context = typeof last === 'string' ? { context: last } : {};
  const rest = typeof last === 'string' ? more.slice(0, -1) : more;
  const details = rest.length > 0 && rest.some((item) => item !== undefined) ? { details: scrub(rest) } : {};
  const { text, fields } = headOf(message);
  return { text: scrubText(text), fields: { ...context, ...details, ...fields } };
}

function headOf(message: unknown): Line {
  if (message instanceof Error) return { text: message.message, fields: { err: scrub(message) } };
  if (typeof message !== 'object' || message === null) return { text: String(message), fields: {} };
  const { message: text, ...fields } = message as Record<string, unknown>;
  return { text: typeof text === 'string' ? text : '', fields: scrub(fields) as Record<string, unknown> };
}
