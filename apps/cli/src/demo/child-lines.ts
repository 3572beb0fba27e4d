import { maskText } from '@otp-relay/runtime';

/** A line of a child's log as people read it: the message and what broke of a JSON line, any other line as it is. */
export function readableLine(line: string): string {
  const entry = parseLine(line);
  if (entry === undefined) return maskText(line);
  const { msg, err } = entry as { msg?: unknown; err?: { message?: unknown } };
  const parts = [msg, err?.message].filter((part): part is string => typeof part === 'string');
  return maskText([...new Set(parts)].join(': ') || line);
}

/** The fields of a JSON line; undefined when it is none. */
export function parseLine(line: string): Readonly<Record<string, unknown>> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

/** The api, the worker and the keeper of Postgres log `msg: "ready"`; the simulator prints `ready: true`. */
export const isReady = (line: string): boolean => {
  const entry = parseLine(line);
  return entry?.msg === 'ready' || entry?.ready === true;
};
