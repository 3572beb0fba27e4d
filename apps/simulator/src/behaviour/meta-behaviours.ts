import type { Answer, Behaviour, ReceiptStep } from './behaviour.ts';

const accept: Answer = { kind: 'accept' };
const sent: ReceiptStep = { status: 'sent', after: 'sent' };
const delivered: ReceiptStep = { status: 'delivered', after: 'delivered' };
const read: ReceiptStep = { status: 'read', after: 'read' };
const failed = (error: number): ReceiptStep => ({ status: 'failed', after: 'delivered', error });
const refuse = (error: number): Answer => ({ kind: 'refuse', error });

/** What WhatsApp does with `+1AAA555MMTT`, by MM. This table is the documentation. */
export const metaBehaviours: Readonly<Record<string, Behaviour>> = {
  '00': row('delivered', 'Accepted, sent, delivered.', accept, [sent, delivered]),
  '01': row('not-on-whatsapp', 'Accepted, then failed 131026.', accept, [failed(131026)]),
  '02': row('silent', 'Accepted and sent, never delivered.', accept, [sent]),
  '03': row('read-only', 'Sent, then read without delivered (the chat was open).', accept, [sent, read]),
  '04': row('duplicates-reordered', 'Every receipt twice, delivered before sent.', accept, [
    { status: 'delivered', after: 'sent', copies: 2 },
    { status: 'sent', after: 'delivered', copies: 2 },
  ]),
  '05': row('late', 'Sent at once, delivered after lateAfterMs (8 s).', accept, [
    sent,
    { status: 'delivered', after: 'late' },
  ]),
  '06': row('failed-then-delivered', 'Failed 131000, then delivered (a second device).', accept, [
    sent,
    failed(131000),
    { status: 'delivered', after: 'read' },
  ]),
  '07': row(
    'receipt-before-answer',
    'Both receipts arrive before the HTTP answer.',
    { kind: 'accept', afterReceipts: true },
    [sent, delivered],
  ),
  '08': row('lost-answer', 'Never answers, yet delivers and sends receipts.', { kind: 'hang' }, [
    sent,
    delivered,
  ]),
  '09': row('hang', 'Never answers; nothing was sent.', { kind: 'hang' }, []),
  '10': row('server-error', 'HTTP 500 with 131000, always.', refuse(131000), []),
  '11': row('unavailable-twice', '131016 for two calls, then delivers.', refuse(131016), [], 2),
  '12': row('throttled-once', '130429 for one call, then delivers.', refuse(130429), [], 1),
  '13': row('template-paused', 'Refused 132015.', refuse(132015), []),
  '14': row('token-expired', 'HTTP 401 with 190.', refuse(190), []),
  '15': row('garbage', 'HTTP 200 with an HTML page; nothing was sent.', { kind: 'garbage' }, []),
  '16': row('reset', 'The connection is reset before an answer; nothing was sent.', { kind: 'reset' }, []),
  '17': row('ttl-drop', 'Accepted, then dropped without any receipt.', accept, []),
  '18': row('payment-issue', 'Accepted, then failed 131042.', accept, [failed(131042)]),
  '19': row('country-restricted', 'Accepted, then failed 130497.', accept, [failed(130497)]),
  '20': row('unknown-code', 'Accepted, then failed with the unheard-of 999999.', accept, [failed(999999)]),
  '21': row(
    'reset-after-accept',
    'Connection reset, yet it delivers and sends receipts.',
    { kind: 'reset' },
    [sent, delivered],
  ),
  '22': row('garbage-after-accept', 'HTML instead of JSON, yet it delivers.', { kind: 'garbage' }, [
    sent,
    delivered,
  ]),
  '23': row(
    'held-for-quality',
    'message_status held_for_quality_assessment; nothing follows.',
    { kind: 'accept', messageStatus: 'held_for_quality_assessment' },
    [],
  ),
  '24': row('did-not-request', 'Delivered; then the person taps “I didn’t request a code”.', accept, [
    sent,
    delivered,
    { status: 'did_not_request_code', after: 'read' },
  ]),
  '25': row('slow', 'Answers after slowAfterMs (3 s), then delivers.', { kind: 'accept', after: 'slow' }, [
    sent,
    delivered,
  ]),
  '26': row('read', 'Sent, delivered, read.', accept, [sent, delivered, read]),
  '27': row('no-receipts', 'It is on the phone, but no receipt is ever sent.', accept, [
    { ...delivered, silent: true },
  ]),
  '28': row('marketing-limit', 'Accepted, then failed 131049.', accept, [failed(131049)]),
  '29': row('pair-limit', 'Refused 131056.', refuse(131056), []),
  '30': row('spam-limit', 'Refused 131048.', refuse(131048), []),
  '31': row('account-locked', 'HTTP 403 with 131031.', refuse(131031), []),
  '32': row('invalid-number', 'Refused 131009.', refuse(131009), []),
  '33': row('throttled', '130429, always.', refuse(130429), []),
  '34': row('service-down', 'HTTP 503 with 2, always.', refuse(2), []),
  '35': row('unknown-refusal', 'Refused with the unheard-of 999999.', refuse(999999), []),
  '36': row('failed-twice', 'Failed 131026, told twice.', accept, [{ ...failed(131026), copies: 2 }]),
  '37': row('blocked-by-user', 'Accepted, then failed 130403.', accept, [failed(130403)]),
  '38': row('error-but-sent', 'HTTP 500 with 131000, yet it delivers.', refuse(131000), [sent, delivered]),
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
