/** What a text is about; the colours follow from it. */
export type Tone = 'plain' | 'strong' | 'dim' | 'good' | 'bad' | 'warn' | 'add' | 'remove' | 'change' | Hue;
type Hue = 'green' | 'blue' | 'cyan' | 'yellow' | 'magenta';

/** Colours a text, or leaves it alone. */
export type Paint = (tone: Tone, text: string) => string;

const codes: Readonly<Record<Tone, string>> = {
  plain: '',
  strong: '1',
  dim: '2',
  good: '32',
  bad: '31',
  warn: '33',
  add: '32',
  remove: '31',
  change: '33',
  green: '32',
  blue: '34',
  cyan: '36',
  yellow: '33',
  magenta: '35',
};

/** ANSI colours when `color`, else every text as it is. */
export const createPaint =
  (color: boolean): Paint =>
  (tone, text) =>
    color && codes[tone] !== '' && text !== '' ? `\u001b[${codes[tone]}m${text}\u001b[0m` : text;

/** Whether to colour: a flag decides, else NO_COLOR (no-color.org: set and not empty), else the terminal. */
export function wantsColor(options: {
  readonly flag: boolean | undefined;
  readonly noColor: string | undefined;
  readonly term: string | undefined;
  readonly isTty: boolean;
}): boolean {
  if (options.flag !== undefined) return options.flag;
  if (options.noColor) return false;
  return options.isTty && options.term !== 'dumb';
}
