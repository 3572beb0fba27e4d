import { randomUUID } from 'node:crypto';
import PostalMime, { type Email } from 'postal-mime';
import type { SMTPServerDataStream, SMTPServerSession } from 'smtp-server';
import { behaviourOfMailbox, type MailBehaviour } from '../behaviour/mail-behaviours.ts';
import { extractCode } from '../phone/extract-code.ts';
import type { Message } from '../phone/message.ts';
import type { World } from '../world.ts';
import { attemptIdOfEnvelope, attemptIdOfMessageId } from './attempt-id.ts';
import { scheduleNotices } from './notices.ts';
import { smtpFailure } from './smtp-failure.ts';

export type Delivery = {
  readonly stream: SMTPServerDataStream;
  readonly session: SMTPServerSession;
  readonly done: (failure?: Error | null, reply?: string) => void;
  /** Cuts the connection. */
  readonly cut: () => void;
};

/** DATA: reads the mail, answers as the mailbox wants, and puts what was taken into the mailbox. */
export function receive(world: World, delivery: Delivery): void {
  const { stream, session, done, cut } = delivery;
  const behaviour =
    session.envelope.rcptTo.map((one) => world.mailBehaviourOf.get(one)).find(isSpecial) ??
    behaviourOfMailbox('ok@');
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  stream.once('error', () => {});
  if (behaviour.drop === 'during-data') {
    stream.once('data', () => {
      noteCalls(world, delivery, behaviour, attemptIdOfEnvelope(session), []);
      cut();
    });
    return;
  }
  stream.once('end', () => {
    finish(world, delivery, behaviour, Buffer.concat(chunks)).then(
      (failure) => done(failure, `2.0.0 Ok: queued as ${randomUUID().slice(0, 8).toUpperCase()}`),
      () => done(smtpFailure(451, '4.3.0 Could not read the message')),
    );
  });
}

async function finish(
  world: World,
  delivery: Delivery,
  behaviour: MailBehaviour,
  raw: Buffer,
): Promise<Error | null> {
  const { session } = delivery;
  const mail = await PostalMime.parse(raw);
  const attemptId = attemptIdOfEnvelope(session) ?? attemptIdOfMessageId(mail.messageId);
  const { refusal } = behaviour;
  const taken = refusal?.at !== 'data';
  const messages = taken
    ? session.envelope.rcptTo.map((to) =>
        world.messages.add(draft(session, mail, to.address, attemptId, behaviour)),
      )
    : [];
  noteCalls(world, delivery, behaviour, attemptId, messages);
  for (const message of messages) {
    scheduleNotices(world, message, session, behaviour, raw);
  }
  if (behaviour.drop) {
    delivery.cut();
  }
  if (behaviour.slow) {
    await new Promise((resolve) => setTimeout(resolve, world.settings.slowAfterMs).unref());
  }
  return taken || !refusal ? null : smtpFailure(refusal.code, refusal.text);
}

/** One entry per recipient; `messages` is empty when nothing was taken. */
function noteCalls(
  world: World,
  { session }: Delivery,
  behaviour: MailBehaviour,
  attemptId: string | null,
  messages: readonly Message[],
): void {
  const { drop } = behaviour;
  const refusal = behaviour.refusal?.at === 'data' ? behaviour.refusal : undefined;
  session.envelope.rcptTo.forEach((to, index) => {
    world.calls.add({
      provider: 'smtp',
      account: session.user ?? '',
      to: to.address,
      attemptId,
      outcome: drop ? 'dropped' : refusal ? 'refused' : 'accepted',
      status: drop ? null : (refusal?.code ?? 250),
      errorCode: refusal?.text.split(' ')[0] ?? null,
      messageId: messages[index]?.id ?? null,
    });
  });
}

function draft(
  session: SMTPServerSession,
  mail: Email,
  to: string,
  attemptId: string | null,
  behaviour: MailBehaviour,
): Omit<Message, 'seq'> {
  const text = mail.text ?? '';
  const otpToken = mail.headers.find((header) => header.key === 'otp-token')?.value ?? null;
  const at = Date.now();
  const arrives = behaviour.bounce === undefined;
  return {
    id: mail.messageId ?? `<${randomUUID()}@simulator.test>`,
    provider: 'smtp',
    channel: 'email',
    account: session.user ?? '',
    to,
    from: mail.from?.address ?? '',
    content: { kind: 'email', subject: mail.subject ?? '', body: text, html: mail.html ?? null, otpToken },
    code: codeOf(otpToken) ?? extractCode(text) ?? extractCode(mail.subject ?? ''),
    attemptId,
    behaviour: behaviour.name,
    at,
    arrivedAt: arrives ? at : null,
    status: 'accepted',
    errorCode: null,
    receipts: [],
    twilio: null,
  };
}

/** `OTP-Token: "123456"; origin="https://example.com"` */
function codeOf(otpToken: string | null): string | null {
  return /^"([^"]+)"/.exec(otpToken ?? '')?.[1] ?? null;
}

function isSpecial(behaviour: MailBehaviour | undefined): boolean {
  return behaviour !== undefined && behaviour.name !== 'ok';
}
