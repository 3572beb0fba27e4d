/** What a mailbox does to a mail: where it says no, what it says, and what happens afterwards. */
export type MailBehaviour = {
  readonly name: string;
  readonly says: string;
  /** Refused with this reply, at RCPT TO or after DATA. */
  readonly refusal?: { readonly at: 'rcpt' | 'data'; readonly code: number; readonly text: string };
  /** Only the first so many mails are refused; then one is taken and the count starts again. */
  readonly firstCalls?: number;
  /** The connection is cut while the content is coming in, or after it without a reply. */
  readonly drop?: 'during-data' | 'after-data';
  /** Every reply takes slowAfterMs. */
  readonly slow?: boolean;
  /** A bounce mail follows, as a delivery status notification with this status. */
  readonly bounce?: { readonly action: 'failed' | 'delayed'; readonly status: string; readonly text: string };
};

/** By the local part of the address, up to a `+`. This table is the documentation. */
export const mailBehaviours: Readonly<Record<string, MailBehaviour>> = {
  ok: { name: 'ok', says: 'Taken and delivered, like every name not in this table.' },
  'bounce-550': {
    name: 'bounce-550',
    says: '550 5.1.1 at RCPT TO: no such mailbox.',
    refusal: { at: 'rcpt', code: 550, text: '5.1.1 No such user here' },
  },
  'disabled-550': {
    name: 'disabled-550',
    says: '550 5.2.1 at RCPT TO: mailbox disabled.',
    refusal: { at: 'rcpt', code: 550, text: '5.2.1 Mailbox disabled' },
  },
  'full-452': {
    name: 'full-452',
    says: '452 4.2.2 at RCPT TO: mailbox full, always.',
    refusal: { at: 'rcpt', code: 452, text: '4.2.2 Mailbox full' },
  },
  'full-552': {
    name: 'full-552',
    says: '552 5.2.2 at RCPT TO: mailbox full for good.',
    refusal: { at: 'rcpt', code: 552, text: '5.2.2 Over quota' },
  },
  greylist: {
    name: 'greylist',
    says: '451 4.7.1 for one mail, then taken.',
    refusal: { at: 'rcpt', code: 451, text: '4.7.1 Greylisted, try again later' },
    firstCalls: 1,
  },
  'busy-421': {
    name: 'busy-421',
    says: '421 4.3.2 at RCPT TO: shutting down.',
    refusal: { at: 'rcpt', code: 421, text: '4.3.2 Service shutting down' },
  },
  'policy-550': {
    name: 'policy-550',
    says: '550 5.7.1 at RCPT TO: refused by policy.',
    refusal: { at: 'rcpt', code: 550, text: '5.7.1 Message refused by policy' },
  },
  'reject-data': {
    name: 'reject-data',
    says: '554 5.7.1 after DATA.',
    refusal: { at: 'data', code: 554, text: '5.7.1 Message content rejected' },
  },
  'defer-data': {
    name: 'defer-data',
    says: '451 4.3.0 after DATA, always.',
    refusal: { at: 'data', code: 451, text: '4.3.0 Try again later' },
  },
  'drop-data': {
    name: 'drop-data',
    says: 'The connection is cut during DATA; nothing was taken.',
    drop: 'during-data',
  },
  'lost-answer': {
    name: 'lost-answer',
    says: 'Taken and delivered, but the connection is cut before the 250.',
    drop: 'after-data',
  },
  slow: { name: 'slow', says: 'Every reply takes slowAfterMs (3 s), then taken.', slow: true },
  'dsn-bounce': {
    name: 'dsn-bounce',
    says: 'Taken with 250; a bounce mail 5.1.1 follows after bounceAfterMs.',
    bounce: { action: 'failed', status: '5.1.1', text: '550 5.1.1 No such user here' },
  },
  'dsn-full': {
    name: 'dsn-full',
    says: 'Taken with 250; a bounce mail 5.2.2 (mailbox full) follows.',
    bounce: { action: 'failed', status: '5.2.2', text: '552 5.2.2 Over quota' },
  },
  'dsn-delayed': {
    name: 'dsn-delayed',
    says: 'Taken with 250; a notice 4.4.1 (delayed) follows.',
    bounce: { action: 'delayed', status: '4.4.1', text: '451 4.4.1 No answer from host' },
  },
};

const ordinary = mailBehaviours.ok as MailBehaviour;

/** The behaviour that the local part of this address asks for. */
export function behaviourOfMailbox(address: string): MailBehaviour {
  const local = address.slice(0, address.lastIndexOf('@')).split('+')[0]?.toLowerCase() ?? '';
  return Object.hasOwn(mailBehaviours, local) ? (mailBehaviours[local] ?? ordinary) : ordinary;
}
