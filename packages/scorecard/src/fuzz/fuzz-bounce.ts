import type { Random } from '../random.ts';
import { bounceMail } from '../wire/bounce.ts';
import type { Report } from '../wire/webhook-call.ts';
import { bendMail } from './bend-text.ts';
import type { FuzzCase, Target } from './fuzz-case.ts';

/** The header of each forgery; undefined: none at all. */
const forgeries: Readonly<Record<string, (target: Target) => string | undefined>> = {
  none: () => undefined,
  empty: () => '',
  'no token': () => 'Bearer ',
  truncated: ({ secrets }) => `Bearer ${secrets.bounceToken.slice(0, -1)}`,
  extended: ({ secrets }) => `Bearer ${secrets.bounceToken}0`,
  doubled: ({ secrets }) => `Bearer ${secrets.bounceToken} ${secrets.bounceToken}`,
  bare: ({ secrets }) => secrets.bounceToken,
  'in capitals': ({ secrets }) => `Bearer ${secrets.bounceToken.toUpperCase()}`,
  'as a password': ({ secrets }) =>
    `Basic ${Buffer.from(`bounce:${secrets.bounceToken}`).toString('base64')}`,
  "another tenant's token": ({ others }) => `Bearer ${others.bounceToken}`,
};
const names = Object.keys(forgeries);

export function fuzzBounce(report: Report, target: Target, forged: boolean, random: Random): FuzzCase {
  const forgery = forged ? random.pick(names) : undefined;
  const authorization =
    forgery === undefined ? `Bearer ${target.secrets.bounceToken}` : forgeries[forgery]?.(target);
  return {
    path: `/webhooks/smtp-email/${target.tenantId}/mail`,
    headers: {
      'content-type': 'message/rfc822',
      ...(authorization !== undefined && { authorization }),
    },
    body: bendMail(bounceMail(report), random),
    forgery,
  };
}
