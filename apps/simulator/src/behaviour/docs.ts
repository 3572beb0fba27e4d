import type { Behaviour } from './behaviour.ts';
import { mailBehaviours } from './mail-behaviours.ts';
import { metaBehaviours } from './meta-behaviours.ts';
import { magicRecipients, magicSenders, twilioBehaviours } from './twilio-behaviours.ts';

/** The behaviour tables as data, for `GET /_sim/behaviours` and the inbox page. */
export function behaviourTables(): Record<string, unknown> {
  return {
    meta: describe(metaBehaviours, (key) => `+1202555${key}00`),
    twilio: describe(twilioBehaviours, (key) => `+120255500${key}`),
    smtp: describe(mailBehaviours, (key) => `${key}@example.test`),
    twilioMagic: { recipients: magicRecipients, senders: magicSenders },
  };
}

/** The same as Markdown: the reference page is generated from it. */
export function behaviourMarkdown(): string {
  return [
    '# How each recipient behaves',
    '',
    'Phone numbers `+1AAA555MMTT` (any area code AAA but 500): MM chooses what WhatsApp (Meta) does, TT what SMS, RCS and',
    'WhatsApp through Twilio do. Every other number delivers. Mailboxes are chosen by the local part, up to a `+`.',
    '',
    ...table('Meta (MM)', metaBehaviours),
    ...table('Twilio (TT)', twilioBehaviours),
    ...table('E-mail (local part)', mailBehaviours),
    '## Twilio’s own test numbers',
    '',
    '| number | as recipient | as sender |',
    '|---|---|---|',
    ...[...new Set([...Object.keys(magicRecipients), ...Object.keys(magicSenders)])]
      .sort()
      .map((number) => `| ${number} | ${magicRecipients[number] ?? ''} | ${magicSenders[number] ?? ''} |`),
    '',
  ].join('\n');
}

type Row = { readonly name: string; readonly says: string };

function describe(
  rows: Readonly<Record<string, Row | Behaviour>>,
  example: (key: string) => string,
): unknown[] {
  return Object.keys(rows)
    .sort()
    .map((key) => ({ key, name: rows[key]?.name, says: rows[key]?.says, example: example(key) }));
}

function table(title: string, rows: Readonly<Record<string, Row>>): string[] {
  return [
    `## ${title}`,
    '',
    '| key | name | what happens |',
    '|---|---|---|',
    ...Object.keys(rows)
      .sort()
      .map((key) => `| ${key} | ${rows[key]?.name} | ${rows[key]?.says} |`),
    '',
  ];
}
