import type { Answer, Behaviour, ReceiptStep } from './behaviour.ts';

const accept: Answer = { kind: 'accept' };
const sent: ReceiptStep = { status: 'sent', after: 'sent' };
const delivered: ReceiptStep = { status: 'delivered', after: 'delivered' };
const undelivered = (error: number): ReceiptStep => ({ status: 'undelivered', after: 'delivered', error });
const failed = (error: number): ReceiptStep => ({ status: 'failed', after: 'sent', error });
const refuse = (error: number): Answer => ({ kind: 'refuse', error });

/** What Twilio (SMS, RCS, WhatsApp) does with `+1AAA555MMTT`, by TT. This table is the documentation. */
export const twilioBehaviours: Readonly<Record<string, Behaviour>> = {
  '00': row('delivered', 'Queued, sent, delivered.', accept, [sent, delivered]),
  '01': row('unreachable', 'Sent, then undelivered 30003.', accept, [sent, undelivered(30003)]),
  '02': row('silent', 'Sent, never delivered.', accept, [sent]),
  '03': row('invalid-number', 'Refused 21211.', refuse(21211), []),
  '04': row('not-mobile', 'Refused 21614.', refuse(21614), []),
  '05': row('late', 'Sent at once, delivered after lateAfterMs (8 s).', accept, [
    sent,
    { status: 'delivered', after: 'late' },
  ]),
  '06': row('pumping-blocked', 'Failed 30450 (SMS pumping protection).', accept, [failed(30450)]),
  '07': row(
    'callback-before-answer',
    'Both callbacks arrive before the HTTP answer.',
    { kind: 'accept', afterReceipts: true },
    [sent, delivered],
  ),
  '08': row('lost-answer', 'Never answers, yet delivers and calls back.', { kind: 'hang' }, [
    sent,
    delivered,
  ]),
  '09': row('hang', 'Never answers; nothing was sent.', { kind: 'hang' }, []),
  '10': row('server-error', 'HTTP 500 with 20500, always.', refuse(20500), []),
  '11': row('throttled-twice', 'HTTP 429 with 20429 for two calls, then delivers.', refuse(20429), [], 2),
  '12': row('opted-out', 'Refused 21610.', refuse(21610), []),
  '13': row('filtered', 'Sent, then undelivered 30007.', accept, [sent, undelivered(30007)]),
  '14': row('auth', 'HTTP 401 with 20003.', refuse(20003), []),
  '15': row('garbage', 'HTTP 200 with an HTML page; nothing was sent.', { kind: 'garbage' }, []),
  '16': row('reset', 'The connection is reset before an answer; nothing was sent.', { kind: 'reset' }, []),
  '17': row('duplicates-reordered', 'Every callback twice, delivered before sent.', accept, [
    { status: 'delivered', after: 'sent', copies: 2 },
    { status: 'sent', after: 'delivered', copies: 2 },
  ]),
  '18': row('landline', 'Sent, then undelivered 30006.', accept, [sent, undelivered(30006)]),
  '19': row('country-not-enabled', 'Refused 21408.', refuse(21408), []),
  '20': row('unknown-code', 'Undelivered with the unheard-of 99999.', accept, [sent, undelivered(99999)]),
  '21': row('reset-after-accept', 'Connection reset, yet it delivers and calls back.', { kind: 'reset' }, [
    sent,
    delivered,
  ]),
  '22': row('garbage-after-accept', 'HTML instead of JSON, yet it delivers.', { kind: 'garbage' }, [
    sent,
    delivered,
  ]),
  '23': row('error-but-sent', 'HTTP 500 with 20500, yet it delivers.', refuse(20500), [sent, delivered]),
  '24': row('unknown-handset', 'Sent, then undelivered 30005.', accept, [sent, undelivered(30005)]),
  '25': row('slow', 'Answers after slowAfterMs (3 s), then delivers.', { kind: 'accept', after: 'slow' }, [
    sent,
    delivered,
  ]),
  '26': row('read', 'Sent, delivered, read (RCS and WhatsApp).', accept, [
    sent,
    delivered,
    { status: 'read', after: 'read' },
  ]),
  '27': row('no-callbacks', 'It is on the phone, but no callback is ever sent.', accept, [
    { ...delivered, silent: true },
  ]),
  '28': row('validity-expired', 'Failed 30036 (waited too long in the queue).', accept, [failed(30036)]),
  '29': row('unknown-error', 'Sent, then undelivered 30008.', accept, [sent, undelivered(30008)]),
  '30': row('account-suspended', 'Failed 30002.', accept, [failed(30002)]),
  '31': row('unregistered-sender', 'Failed 30034 (US A2P 10DLC).', accept, [failed(30034)]),
  '32': row('sender-refused', 'Refused 21606.', refuse(21606), []),
  '33': row('throttled', 'HTTP 429 with 20429, always.', refuse(20429), []),
  '34': row('service-down', 'HTTP 503 with 20503, always.', refuse(20503), []),
  '35': row('unknown-refusal', 'Refused with the unheard-of 29999.', refuse(29999), []),
  '36': row('not-on-channel', 'Undelivered 63024 (not on WhatsApp; RCS says 63036).', accept, [
    undelivered(63024),
  ]),
  '37': row('undelivered-then-delivered', 'Undelivered 30003, then delivered after all.', accept, [
    sent,
    undelivered(30003),
    { status: 'delivered', after: 'read' },
  ]),
  '38': row('pumping-refused', 'Refused 30450 at once.', refuse(30450), []),
};

/** Twilio's published test numbers, `+1500555000X`: refused as recipients with this code. */
export const magicRecipients: Readonly<Record<string, number>> = {
  '+15005550001': 21211,
  '+15005550002': 21612,
  '+15005550003': 21408,
  '+15005550004': 21610,
  '+15005550009': 21614,
};

/** Twilio's published test numbers as senders. */
export const magicSenders: Readonly<Record<string, number>> = {
  '+15005550001': 21212,
  '+15005550007': 21606,
  '+15005550008': 21611,
};

function row(
  name: string,
  says: string,
  answer: Answer,
  receipts: readonly ReceiptStep[],
  firstCalls?: number,
): Behaviour {
  return { name, says, answer, receipts, ...(firstCalls === undefined ? {} : { firstCalls }) };
}
