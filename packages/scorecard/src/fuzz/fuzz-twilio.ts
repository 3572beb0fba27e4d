import { createHash, createHmac } from 'node:crypto';
import type { Random } from '../random.ts';
import { twilioForm } from '../wire/twilio-webhook.ts';
import type { Report } from '../wire/webhook-call.ts';
import { bendForm } from './bend-form.ts';
import type { FuzzCase, Target } from './fuzz-case.ts';

type Pair = readonly [name: string, value: string];

interface Signing {
  readonly url: string;
  readonly pairs: readonly Pair[];
  readonly right: string;
  readonly target: Target;
}

/** As Twilio signs: the URL, then every parameter by its name; a repeated one with its different values in order. */
function signed(url: string, pairs: readonly Pair[], key: string, hash = 'sha1'): string {
  const values = new Map<string, Set<string>>();
  for (const [name, value] of pairs) values.set(name, (values.get(name) ?? new Set()).add(value));
  const text = [...values.keys()].sort().map((name) =>
    [...(values.get(name) ?? [])]
      .sort()
      .map((v) => name + v)
      .join(''),
  );
  return createHmac(hash, key)
    .update(url + text.join(''))
    .digest('base64');
}

/** The header of each forgery; undefined: none at all. */
const forgeries: Readonly<Record<string, (signing: Signing) => string | undefined>> = {
  none: () => undefined,
  empty: () => '',
  truncated: ({ right }) => right.slice(0, -1),
  'without padding': ({ right }) => right.replace(/=+$/, ''),
  extended: ({ right }) => `${right}=`,
  'in hex': ({ right }) => Buffer.from(right, 'base64').toString('hex'),
  "another tenant's token": ({ url, pairs, target }) => signed(url, pairs, target.others.authToken),
  'the account SID for a token': ({ url, pairs, target }) => signed(url, pairs, target.secrets.accountSid),
  'an empty token': ({ url, pairs }) => signed(url, pairs, ''),
  'SHA-256': ({ url, pairs, target }) => signed(url, pairs, target.secrets.authToken, 'sha256'),
  'without the query': ({ url, pairs, target }) =>
    signed(url.slice(0, url.indexOf('?')), pairs, target.secrets.authToken),
  'another attempt in the query': ({ url, pairs, target }) =>
    signed(`${url}0`, pairs, target.secrets.authToken),
  'another host': ({ url, pairs, target }) =>
    signed(url.replace('//', '//evil.'), pairs, target.secrets.authToken),
  'a value changed': ({ url, pairs, target }) =>
    signed(url, [...pairs, ['MessageStatus', 'changed']], target.secrets.authToken),
  'no parameters': ({ url, target }) => signed(url, [['nothing', 'signed']], target.secrets.authToken),
  'a body hash alone': ({ pairs }) => createHash('sha256').update(formOf(pairs)).digest('hex'),
};
const names = Object.keys(forgeries);

export function fuzzTwilio(report: Report, target: Target, forged: boolean, random: Random): FuzzCase {
  const pairs = wellFormed(bendForm(twilioForm(target.secrets.accountSid, report), random));
  const odd = random() < 0.1 ? `&attempt=${encodeURIComponent(report.attemptId)}&x=%ff%00` : '';
  const hashed = forged && random() < 0.1 ? `&bodySHA256=${'0'.repeat(64)}` : '';
  const path = `/webhooks/twilio-sms/${target.tenantId}/sms?attempt=${encodeURIComponent(report.attemptId)}${odd}${hashed}`;
  const url = target.publicUrl + path;
  const right = signed(url, pairs, target.secrets.authToken);
  const forgery = forged ? random.pick(names) : undefined;
  const signature = forgery === undefined ? right : forgeries[forgery]?.({ url, pairs, right, target });
  return {
    path,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      ...(signature !== undefined && { 'x-twilio-signature': signature }),
    },
    body: Buffer.from(formOf(pairs)),
    forgery,
  };
}

const formOf = (pairs: readonly Pair[]): string =>
  new URLSearchParams(pairs.map(([name, value]): [string, string] => [name, value])).toString();

/** A form cannot carry half a surrogate pair; Twilio signs what it sends. */
const wellFormed = (pairs: readonly Pair[]): readonly Pair[] =>
  pairs.map(([name, value]) => [whole(name), whole(value)]);
const whole = (text: string): string => Buffer.from(text).toString();
