import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino';
import { maskLine } from './mask-line.ts';
import { prettyLine } from './pretty-line.ts';
import { clip, isError, shortError } from './short-error.ts';

export type { Logger } from 'pino';

/** Least severe first; `silent` writes nothing. */
export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

export interface LoggerSettings {
  /** Which process speaks. */
  readonly name: string;
  readonly level?: LogLevel;
  /** For people instead of JSON; by default when the destination is a terminal. */
  readonly pretty?: boolean;
  /** `stderr` suits a command whose stdout is its answer. */
  readonly destination?: 'stdout' | 'stderr' | DestinationStream;
}

/**
 * A logger that writes one JSON object a line with ISO time. Secret fields, phone numbers and mailboxes are masked in the
 * finished line, so nothing gets past it: message, fields, child bindings and errors alike. Errors lose their payload.
 */
export function createLogger({
  name,
  level = 'info',
  pretty,
  destination = 'stdout',
}: LoggerSettings): Logger {
  const options: LoggerOptions = {
    name,
    level,
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: shortError, error: shortError },
    formatters: { log: withShortErrors },
    hooks: { logMethod: withClippedMessage, streamWrite: maskLine },
  };
  if (typeof destination === 'object') {
    return pino(options, pretty ? prettyStream((line) => destination.write(line), false) : destination);
  }
  const terminal = destination === 'stdout' ? process.stdout : process.stderr;
  if (pretty ?? terminal.isTTY) {
    return pino(
      options,
      prettyStream((line) => terminal.write(line), terminal.isTTY),
    );
  }
  return pino(options, pino.destination({ dest: destination === 'stdout' ? 1 : 2, sync: true }));
}

const prettyStream = (write: (line: string) => unknown, color: boolean): DestinationStream => ({
  write: (line) => write(prettyLine(line, color)),
});

/** An error under any name loses its payload, not only under `err`. */
function withShortErrors(fields: Record<string, unknown>): Record<string, unknown> {
  if (!Object.values(fields).some(isError)) return fields;
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, shortError(value)]));
}

/** pino would repeat an error's whole message as the line's message. */
const withClippedMessage: NonNullable<NonNullable<LoggerOptions['hooks']>['logMethod']> = function (
  args,
  method,
) {
  const [first] = args as unknown[];
  const error = isError(first)
    ? first
    : typeof first === 'object' && first !== null && 'err' in first && first.err;
  if (args.length === 1 && isError(error))
    method.call(this, isError(first) ? { err: first } : first, clip(error.message));
  else method.apply(this, args);
};
