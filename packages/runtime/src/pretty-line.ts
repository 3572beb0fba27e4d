const levels: Readonly<Record<number, readonly [string, number]>> = {
  10: ['TRACE', 90],
  20: ['DEBUG', 90],
  30: ['INFO ', 32],
  40: ['WARN ', 33],
  50: ['ERROR', 31],
  60: ['FATAL', 35],
};

/** Turns one JSON log line into a line for people: `12:00:01.123 INFO  worker: message key=value`, an error's frames below. */
export function prettyLine(line: string, color: boolean): string {
  const { level, time, name, msg, err, pid: _pid, hostname: _host, ...rest } = JSON.parse(line) as LogFields;
  const [label, paint] = levels[level] ?? ['     ', 0];
  const dye = (text: string, code: number): string => (color ? `\u001b[${code}m${text}\u001b[0m` : text);
  const fields = Object.entries(rest).map(([key, value]) => dye(` ${key}=`, 90) + show(value));
  const head = `${dye(String(time).slice(11, 23), 90)} ${dye(label, paint)} ${dye(`${name}:`, 36)} ${msg ?? ''}`;
  return `${head}${fields.join('')}${err ? showError(err) : ''}\n`;
}

interface LogFields {
  readonly level: number;
  readonly time: string;
  readonly name: string;
  readonly msg?: string;
  readonly pid?: number;
  readonly hostname?: string;
  readonly err?: { type?: string; message?: string; code?: unknown; stack?: string };
}

const show = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

function showError({ type, message, code, stack }: NonNullable<LogFields['err']>): string {
  const frames = (stack ?? '').split('\n').filter(Boolean);
  return [`\n  ${type}: ${message}${code === undefined ? '' : ` [${code}]`}`, ...frames].join('\n    ');
}
