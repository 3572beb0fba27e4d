import type { DemoPlaces } from '../demo/demo-installation.ts';
import { outcomeText } from '../demo/judge.ts';
import type { Played } from '../demo/play-scenarios.ts';
import { type Canvas, channelText, timelineText } from './verification-text.ts';
import { printable, wrap } from './width.ts';

const markOf = ({ verdict }: Played, { paint }: Canvas): string =>
  verdict.ok ? paint('good', '✓') : paint('bad', '✗');

/** Every verification's timeline, and what the person sees on the phone. */
export const timelinesText = (played: readonly Played[], canvas: Canvas): string =>
  played.map((one, index) => timelineOf(one, index, canvas)).join('\n\n');

function timelineOf(played: Played, index: number, canvas: Canvas): string {
  const { scenario, shown, entries } = played;
  const { paint } = canvas;
  const route = shown.verification.steps.map(({ channel }) => channel).join(' → ');
  return [
    `${markOf(played, canvas)} ${paint('strong', `${index + 1} ${scenario.title}`)}`,
    paint('dim', `  ${shown.verification.id} · ${printable(shown.recipientMasked)} · ${route}`),
    ...timelineText(shown, entries, canvas),
    ...phoneLines(played, canvas),
  ].join('\n');
}

/** Codes may be seen here: it is the text on the screen of the one who asked. */
function phoneLines({ phone }: Played, { paint, columns }: Canvas): string[] {
  return phone.flatMap(({ channel, text }) => {
    const head = `  on the phone, ${channel}: `;
    const [first = '', ...rest] = wrap(
      printable(text.replace(/\s+/g, ' ')),
      Math.max(30, columns - head.length),
    );
    const indent = ' '.repeat(head.length);
    return [
      `  ${paint('dim', 'on the phone,')} ${channelText(channel, (tone) => paint(tone, channel))}${paint('dim', ':')} ${first}`,
      ...rest.map((line) => `${indent}${line}`),
    ];
  });
}

/** What was promised and what was seen, one scenario after the other, and the sum. */
export function verdictsText(played: readonly Played[], canvas: Canvas): string {
  const { paint } = canvas;
  const lines = played.flatMap((one, index) => {
    const { verdict, scenario } = one;
    const expected = outcomeText(verdict.expected);
    const seen = outcomeText(verdict.seen);
    return [
      `${markOf(one, canvas)} ${index + 1} ${scenario.title}`,
      ...(expected === seen
        ? [paint('dim', `    expected and seen  ${seen}`)]
        : [`    expected  ${expected}`, paint('bad', `    seen      ${seen}`)]),
      ...verdict.missed.map((says) => paint('bad', `    but not: ${says}`)),
    ];
  });
  const good = played.filter(({ verdict }) => verdict.ok).length;
  const all = good === played.length;
  const sum = `${good} of ${played.length} as promised`;
  return [...lines, '', paint(all ? 'good' : 'bad', `${all ? '✓' : '✗'} ${sum}`)].join('\n');
}

/** Where to go on from here while the demo keeps running. `otp` is how this installation's command line is called. */
export function whereText(places: DemoPlaces, otp: string, { paint }: Canvas): string {
  const row = (name: string, value: string): string => `  ${paint('dim', name.padEnd(11))}${value}`;
  const curl = (to: object, more: object = {}): string =>
    `  curl ${places.api}/v1/verifications -H 'authorization: Bearer ${places.apiKey}' \\\n` +
    `    -H 'content-type: application/json' -d '${JSON.stringify({ to, ...more })}'`;
  return [
    paint('strong', 'It keeps running:'),
    '',
    row('API', `${places.api}  (tenant ${places.tenant})`),
    row(
      'phones',
      `${places.simulator}/  every message as the person sees it, live; mail comes in on ${places.smtp}`,
    ),
    row('Bull Board', `${places.board}  user ${places.boardUser}, password ${places.boardPassword}`),
    row('logs', `${places.logs}/*.log`),
    '',
    `Send one: ${paint('dim', `(the last four digits choose what happens: ${places.simulator}/_sim/behaviours.md)`)}`,
    curl({ phone: '+14155550100', email: 'ana@example.test' }),
    '',
    'Force a fallback by hand: this one gives WhatsApp 5 minutes. Promote its job in Bull Board,',
    'queue otp-timeouts, and the SMS goes out at once:',
    curl({ phone: '+14155550200' }, { purpose: 'password_reset' }),
    '',
    'Look at all of it from another terminal:',
    `  ${otp} list --since 1h`,
    `  ${otp} failures --since 1h`,
    '',
    paint('strong', 'Ctrl-C stops everything; the data stays for the next time.'),
  ].join('\n');
}

/** The same for programs: no text of a phone, no code. `places` only while the demo keeps running. */
export const demoJson = (played: readonly Played[], places?: DemoPlaces): string =>
  JSON.stringify(
    {
      ok: played.every(({ verdict }) => verdict.ok),
      scenarios: played.map(({ scenario, verification, verdict }) => ({
        title: scenario.title,
        verification: verification.id,
        ...verdict,
      })),
      ...(places && { places }),
    },
    null,
    2,
  );
