import type { Actor, Channel, Verification, VerificationEvent } from '@otp-relay/core';
import { type Commanded, commandedOf } from '../commanded.ts';
import type { Corridor } from '../corridor.ts';
import type { Ports } from '../ports.ts';

/** What is asked of one verification of a tenant. */
export interface Command {
  readonly tenantId: string;
  readonly id: string;
  readonly command: 'next' | 'resend' | 'cancel';
  readonly by: Actor;
  /** With `next`: whether the recipient does not have this channel at all; yes unless an operator asks. */
  readonly remember?: boolean | undefined;
  /** With `next`: the attempt to leave; another one being current, it was left already. */
  readonly attempt?: string | undefined;
}

const eventOf = ({ command, by }: Command): VerificationEvent =>
  command === 'cancel' ? { type: 'canceled', by } : { type: command, by };

/** Gives the command to the corridor. Canceling what is canceled is done already; a channel left by `next` is remembered. */
export async function obey(command: Command, corridor: Corridor, ports: Ports): Promise<Commanded> {
  const { tenantId, id } = command;
  let before: Verification | undefined;
  const applied = await corridor.apply({
    id,
    event: eventOf(command),
    guard(verification) {
      before = verification;
      return verification.tenantId === tenantId && !isAboutAnother(command, verification);
    },
  });
  if (before?.tenantId === tenantId && isAboutAnother(command, before))
    return before.attempts.some((one) => one.id === command.attempt) ? 'done' : 'nothing';
  if (command.command === 'cancel' && applied && before?.status === 'canceled') return 'done';
  const commanded = commandedOf(applied);
  const left = before && channelOf(before);
  if (command.command === 'next' && commanded === 'done' && left !== undefined)
    await rememberLeft(command, left, ports);
  return commanded;
}

const isAboutAnother = ({ attempt }: Command, { currentId, status }: Verification): boolean =>
  attempt !== undefined && status === 'pending' && attempt !== currentId;

const channelOf = ({ attempts, currentId }: Verification): Channel | undefined =>
  attempts.find((attempt) => attempt.id === currentId)?.channel;

async function rememberLeft(command: Command, channel: Channel, ports: Ports): Promise<void> {
  const { tenantId, id, by, remember = by !== 'operator' } = command;
  const forMs = (await ports.tenants.get(tenantId))?.config.codes.rememberNextMs ?? 0;
  if (remember && forMs > 0) await ports.declined.remember({ tenantId, id, channel, forMs });
}
