import type { SMTPServerSession } from 'smtp-server';

/** VERP: the attempt id is what follows the plus in the sender's address, as in `bounce+<id>@domain`. */
export function attemptIdOfEnvelope(session: SMTPServerSession): string | null {
  const sender = session.envelope.mailFrom === false ? '' : session.envelope.mailFrom.address;
  return /\+([^@]+)@/.exec(sender)?.[1] ?? null;
}

/** Without VERP the local part of the Message-ID is taken for it. */
export function attemptIdOfMessageId(messageId: string | undefined): string | null {
  return /^<([^@>]+)@/.exec(messageId ?? '')?.[1] ?? null;
}
