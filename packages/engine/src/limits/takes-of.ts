import type { EndUser, LimitsConfig } from '@otp-relay/contracts';
import type { HitRule, HitWindow } from '@otp-relay/core';
import type { Take } from '@otp-relay/store';
import type { Pepper } from '@otp-relay/vault';
import { networkOf } from './network-of.ts';

/** What a limit counts by. */
export type LimitKind = 'phone' | 'email' | 'ip' | 'device' | 'tenant';

/** A taking that can be told of when it is refused. */
export interface LimitTake extends Take {
  readonly kind: LimitKind;
  /** What people may see of whom it concerns. */
  readonly shown: string;
}

/** Who gets a code and who asks for it. Test keys have buckets of their own: a test uses up nobody's limits. */
export interface Limitable {
  readonly tenantId: string;
  readonly mode: 'live' | 'test';
  readonly purpose: string;
  readonly phone?: string | undefined;
  readonly email?: string | undefined;
  readonly endUser?: EndUser | undefined;
  /** Of phone and mailbox. */
  readonly masked: string;
}

const minuteMs = 60_000;
const hourMs = 3_600_000;
const dayMs = 86_400_000;

/** What one code for one person takes: from each of their addresses, and from the network and device it is asked from. */
export function takesOf(about: Limitable, limits: LimitsConfig, pepper: Pepper): readonly LimitTake[] {
  const takes: LimitTake[] = [];
  const add = (kind: LimitKind, value: string, rule: HitRule | undefined, shown: string): void => {
    if (rule) takes.push({ kind, key: limitKey(about, kind, value, pepper), rule, shown });
  };
  const recipient = recipientRule(limits.recipient, about.purpose);
  if (about.phone !== undefined) add('phone', about.phone, recipient, about.masked);
  if (about.email !== undefined) add('email', mailboxOf(about.email), recipient, about.masked);
  const { ip, device } = about.endUser ?? {};
  const network = ip === undefined ? undefined : networkOf(ip);
  if (network) add('ip', network.name, ipRule(limits.ip, whoOf(about, pepper)), network.masked);
  if (device !== undefined) add('device', device, deviceRule(limits.device), '•••');
  return takes;
}

/** The name of a bucket. */
export const limitKey = (
  { tenantId, mode }: Pick<Limitable, 'tenantId' | 'mode'>,
  kind: LimitKind,
  value: string,
  pepper: Pick<Pepper, 'bucketKey'>,
): Buffer => pepper.bucketKey(tenantId, mode === 'live' ? kind : `${kind} ${mode}`, value);

/** One person's mailbox under all its spellings: case and `+tags` lead to the same one nearly everywhere. */
export function mailboxOf(email: string): string {
  const at = email.lastIndexOf('@');
  const local = email.slice(0, at).toLowerCase();
  return `${local.replace(/(?<=.)\+.*$/, '')}${email.slice(at).toLowerCase()}`;
}

/** Enough to tell recipients apart within one bucket, too little to find them by. */
const whoOf = (about: Limitable, pepper: Pepper): string =>
  limitKey(about, 'ip', `for ${about.phone ?? mailboxOf(about.email ?? '')}`, pepper).toString(
    'base64url',
    0,
    6,
  );

const windowOf = (
  name: string,
  withinMs: number,
  max: number | null,
  counts?: 'who',
): readonly HitWindow[] => (max === null ? [] : [{ name, withinMs, max, ...(counts && { counts }) }]);

/** Undefined when nothing is left to count. */
const ruleOf = (windows: readonly HitWindow[], more: Partial<HitRule> = {}): HitRule | undefined =>
  windows.length > 0 || more.ladder ? { kind: 'hits', windows, ...more } : undefined;

/** Whoever logs in and pays a moment later need not wait; the windows count every purpose. */
function recipientRule(limits: LimitsConfig['recipient'], purpose: string): HitRule | undefined {
  if (!limits) return undefined;
  const windows = [
    ...windowOf('ten_minutes', 10 * minuteMs, limits.perTenMinutes),
    ...windowOf('day', dayMs, limits.perDay),
  ];
  const { coolDownMs } = limits;
  return ruleOf(windows, {
    who: purpose,
    ...(coolDownMs && { ladder: { coolDownMs, withinMs: 10 * minuteMs, counts: 'who' } }),
  });
}

const ipRule = (limits: LimitsConfig['ip'], who: string): HitRule | undefined =>
  limits
    ? ruleOf(
        [
          ...windowOf('hour', hourMs, limits.perHour),
          ...windowOf('recipients', hourMs, limits.recipientsPerHour, 'who'),
        ],
        { who },
      )
    : undefined;

const deviceRule = (limits: LimitsConfig['device']): HitRule | undefined =>
  limits ? ruleOf(windowOf('hour', hourMs, limits.perHour)) : undefined;
