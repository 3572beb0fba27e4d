import { createHash, randomBytes } from 'node:crypto';
import type { ReceiptStep } from '../behaviour/behaviour.ts';
import type { Message } from '../phone/message.ts';
import type { Sender } from './account.ts';
import { statusError } from './errors.ts';

/** One thing to tell a customer: a status of a message they sent, or a message a person sent to them. */
export type Item = { readonly kind: 'status' | 'message'; readonly waId: string; readonly body: unknown };

/** A status in the shape of Graph v24 and later: no `conversation`, `pricing` on sent and delivered/read. */
export function statusItem(message: Message, step: ReceiptStep, at: number): Item {
  const waId = message.to.slice(1);
  const failed = step.status === 'failed';
  // Meta leaves `pricing` out where nothing was charged, and repeats it on `read` when `delivered` was skipped.
  const priced = !failed && (step.status !== 'read' || !hadDelivered(message));
  return {
    kind: 'status',
    waId,
    body: {
      id: message.id,
      status: step.status,
      timestamp: String(Math.floor(at / 1000)),
      recipient_id: waId,
      ...(failed ? {} : { recipient_user_id: userId(waId) }),
      ...(message.attemptId === null ? {} : { biz_opaque_callback_data: message.attemptId }),
      ...(priced
        ? { pricing: { billable: true, pricing_model: 'PMP', type: 'regular', category: 'authentication' } }
        : {}),
      ...(failed ? { errors: [statusError(step.error ?? 131000)] } : {}),
    },
  };
}

/** The tap on “I didn’t request a code” below an authentication message. */
export function didNotRequestItem(message: Message, sender: Sender, at: number): Item {
  const waId = message.to.slice(1);
  return {
    kind: 'message',
    waId,
    body: {
      context: { from: sender.displayPhoneNumber, id: message.id },
      from: waId,
      id: `wamid.${randomBytes(30).toString('base64')}`,
      timestamp: String(Math.floor(at / 1000)),
      from_logical_id: '131063108133020',
      type: 'button',
      button: { payload: 'DID_NOT_REQUEST_CODE', text: "I didn't request a code" },
    },
  };
}

/** The whole POST for one or several items of one business number; messages and statuses are separate changes. */
export function webhookPayload(sender: Sender, items: readonly Item[]): unknown {
  const changes = (['status', 'message'] as const).flatMap((kind) => {
    const chosen = items.filter((item) => item.kind === kind);
    return chosen.length === 0 ? [] : [change(sender, kind, chosen)];
  });
  return { object: 'whatsapp_business_account', entry: [{ id: sender.wabaId, changes }] };
}

function change(sender: Sender, kind: Item['kind'], items: readonly Item[]): unknown {
  const told = items.filter((item) => !isFailed(item));
  const contacts = [...new Set(told.map((item) => item.waId))].map((waId) => ({
    profile: { name: 'Zoë Test' },
    wa_id: waId,
    user_id: userId(waId),
  }));
  return {
    field: 'messages',
    value: {
      messaging_product: 'whatsapp',
      metadata: { display_phone_number: sender.displayPhoneNumber, phone_number_id: sender.phoneNumberId },
      ...(contacts.length === 0 ? {} : { contacts }),
      [kind === 'status' ? 'statuses' : 'messages']: items.map((item) => item.body),
    },
  };
}

function isFailed(item: Item): boolean {
  return (item.body as { status?: string }).status === 'failed';
}

function hadDelivered(message: Message): boolean {
  return message.receipts.some((receipt) => receipt.status === 'delivered');
}

/** A business-scoped user id, stable per person. */
function userId(waId: string): string {
  return `US.${BigInt(`0x${createHash('md5').update(waId).digest('hex').slice(0, 16)}`)}`;
}
