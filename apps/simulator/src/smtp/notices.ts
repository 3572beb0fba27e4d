import type { SMTPServerSession } from 'smtp-server';
import type { MailBehaviour } from '../behaviour/mail-behaviours.ts';
import { unposted } from '../courier.ts';
import type { Message, Receipt } from '../phone/message.ts';
import type { World } from '../world.ts';
import type { Bounce } from './bounce.ts';
import { composeNotice } from './compose-notice.ts';

const answerWithinMs = 10_000;

/** The bounce a mailbox sends, or the notice of success that NOTIFY=SUCCESS asked for. */
export function scheduleNotices(
  world: World,
  message: Message,
  session: SMTPServerSession,
  behaviour: MailBehaviour,
  raw: Buffer,
): void {
  const notify = notifyOf(session, message.to);
  const asked = notify.includes('SUCCESS')
    ? ({ action: 'delivered', status: '2.0.0', text: '250 2.0.0 Ok' } as const)
    : undefined;
  const told = behaviour.bounce ?? asked;
  const sender = session.envelope.mailFrom === false ? '' : session.envelope.mailFrom.address;
  // RFC 3461: NEVER silences all notices; a notice about a notice (empty sender) must not be sent.
  if (told === undefined || sender === '' || notify.includes('NEVER')) {
    return;
  }
  // Read now: the session starts a new envelope as soon as this mail is answered.
  const envelopeId = envelopeIdOf(session);
  world.schedule.after(world.settings.bounceAfterMs, () => {
    const mail = composeNotice({
      ...told,
      from: 'MAILER-DAEMON@mx.simulator.test',
      to: sender,
      recipient: message.to,
      envelopeId,
      original: raw,
    });
    void deliver(world, message, { ...told, to: sender, attemptId: message.attemptId, raw: mail });
  });
}

async function deliver(world: World, message: Message, bounce: Omit<Bounce, 'at'>): Promise<void> {
  const at = Date.now();
  world.bounces.push({ at, ...bounce });
  const receipt: Receipt = { status: bounce.action, errorCode: null, at, answers: [], firstAnswerMs: null };
  message.receipts.push(receipt);
  message.status = bounce.action;
  const { bounceWebhookUrl, webhooks } = world.settings;
  const { status, afterMs } =
    bounceWebhookUrl === null || !webhooks
      ? unposted('kept')
      : await world.courier.post({
          url: bounceWebhookUrl,
          headers: { 'content-type': 'message/rfc822', 'x-envelope-to': bounce.to },
          body: bounce.raw,
          timeoutMs: answerWithinMs,
        });
  receipt.answers.push(status);
  receipt.firstAnswerMs = afterMs;
  world.messages.changed(message);
}

function notifyOf(session: SMTPServerSession, address: string): string[] {
  const recipient = session.envelope.rcptTo.find((one) => one.address === address);
  const dsn = (recipient as { dsn?: { notify?: string | string[] } } | undefined)?.dsn;
  return [dsn?.notify ?? []].flat().flatMap((word) => word.toUpperCase().split(','));
}

function envelopeIdOf(session: SMTPServerSession): string | null {
  return (session.envelope as { dsn?: { envid?: string | null } }).dsn?.envid ?? null;
}
