import { createHmac } from 'node:crypto';
import type { Random } from '../random.ts';
import { metaEvent, metaSignature } from '../wire/meta-webhook.ts';
import type { Report } from '../wire/webhook-call.ts';
import { bendJson } from './bend-json.ts';
import type { FuzzCase, Target } from './fuzz-case.ts';

type Forge = (body: Buffer, right: string, target: Target) => string | undefined;

const withKey = (key: string, body: Buffer | string): string =>
  `sha256=${createHmac('sha256', key).update(body).digest('hex')}`;

/** The header of each forgery; undefined: none at all. */
const forgeries: Readonly<Record<string, Forge>> = {
  none: () => undefined,
  empty: () => '',
  truncated: (_, right) => right.slice(0, -1),
  'only the name of the hash': () => 'sha256=',
  extended: (_, right) => `${right}0`,
  'in capitals': (_, right) => `sha256=${right.slice(7).toUpperCase()}`,
  bare: (_, right) => right.slice(7),
  'in base64': (_, right) => `sha256=${Buffer.from(right.slice(7), 'hex').toString('base64')}`,
  'twice in one header': (_, right) => `${right}, ${right}`,
  "another tenant's secret": (body, _, { others }) => metaSignature(body, others.appSecret),
  'the verify token for a secret': (body, _, { secrets }) => withKey(secrets.verifyToken, body),
  'an empty secret': (body) => withKey('', body),
  'SHA-1': (body, _, { secrets }) => metaSignature(body, secrets.appSecret, 'sha1'),
  'SHA-1 called SHA-256': (body, _, { secrets }) =>
    metaSignature(body, secrets.appSecret, 'sha1').replace('sha1', 'sha256'),
  'no body': (_body, _, { secrets }) => withKey(secrets.appSecret, ''),
  'one byte more': (body, _, { secrets }) =>
    withKey(secrets.appSecret, Buffer.concat([body, Buffer.from(' ')])),
  're-ordered after signing': (body, _, { secrets }) => withKey(secrets.appSecret, reordered(body)),
};
const names = Object.keys(forgeries);

/** The same document with its keys the other way round: other bytes, always. */
function reordered(body: Buffer): Buffer {
  const half = body.length >> 1;
  return Buffer.concat([Buffer.from(' '), body.subarray(half), body.subarray(0, half)]);
}

export function fuzzMeta(report: Report, target: Target, forged: boolean, random: Random): FuzzCase {
  const document = metaEvent(target.secrets.phoneNumberId, [report]);
  const body = bendJson(document, random);
  const right = metaSignature(body, target.secrets.appSecret);
  const forgery = forged ? random.pick(names) : undefined;
  const signature = forgery === undefined ? right : forgeries[forgery]?.(body, right, target);
  return {
    path: `/webhooks/meta-whatsapp/${target.tenantId}/wa`,
    headers: {
      'content-type': 'application/json',
      ...(signature !== undefined && { 'x-hub-signature-256': signature }),
    },
    body,
    forgery,
  };
}
