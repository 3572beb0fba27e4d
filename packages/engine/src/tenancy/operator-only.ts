import { isIP } from 'node:net';
import type { AccountConfig, FieldProblem } from '@otp-relay/contracts';

type Accounts = Readonly<Record<string, AccountConfig>>;

const mailPorts: readonly unknown[] = [undefined, 25, 465, 587, 2525];
/** Names that never lead out of the building. */
const insideName =
  /(?:^|\.)(?:localhost|local|internal|intranet|lan|home|corp|test|invalid|localdomain)\.?$/i;

/**
 * What of the wanted accounts a tenant's own key may not set: where our workers connect to is the operator's business, else
 * an account would be a way into the operator's network. What is stored already stays.
 */
export function operatorOnlyProblems(stored: Accounts, wanted: Accounts): FieldProblem[] {
  return Object.entries(wanted).flatMap(([id, { settings }]) => {
    const before = stored[id]?.settings ?? {};
    const problem = (field: string, text: string): FieldProblem[] =>
      same(before[field], settings[field])
        ? []
        : [{ path: `accounts.${id}.settings.${field}`, problem: text }];
    const { baseUrl, host, port } = settings;
    return [
      ...(baseUrl === undefined ? [] : problem('baseUrl', 'can be set by the operator only')),
      ...(isPublicName(host)
        ? []
        : problem('host', 'must be the public name of a mail server; others are set by the operator')),
      ...(mailPorts.includes(port)
        ? []
        : problem('port', 'must be 25, 465, 587 or 2525; others are set by the operator')),
    ];
  });
}

const isPublicName = (host: unknown): boolean =>
  host === undefined ||
  (typeof host === 'string' &&
    isIP(host) === 0 &&
    /[a-z]\.?$/i.test(host) &&
    host.includes('.') &&
    !insideName.test(host));

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
