import { z } from 'zod';
import { dedupKeyOf } from '../authentic.ts';
import type { Notice, NoticeType } from '../provider.ts';
import { hint, instant, type MetaChange, many } from './event.ts';

/** Webhook fields that are news for an operator, and what of them is kept: never ids (they exceed 2^53), names or numbers. */
const fields: Readonly<Record<string, readonly [NoticeType, readonly string[]]>> = {
  message_template_status_update: [
    'template_status',
    ['event', 'message_template_name', 'message_template_language', 'reason'],
  ],
  message_template_quality_update: [
    'template_quality',
    ['message_template_name', 'message_template_language', 'previous_quality_score', 'new_quality_score'],
  ],
  // A reclassification to MARKETING breaks one-time codes and their TTL.
  template_category_update: [
    'template_category',
    ['message_template_name', 'message_template_language', 'previous_category', 'new_category'],
  ],
  phone_number_quality_update: [
    'phone_number',
    ['event', 'current_limit', 'max_daily_conversations_per_business'],
  ],
  account_update: ['account', ['event']],
  account_alerts: ['account', ['alert_type', 'alert_severity', 'alert_status']],
};

/** Everything in a change that is not a delivery report but somebody should know. */
export function noticesIn({ field, value, at }: MetaChange): Notice[] {
  if (field === 'messages') return complaintsIn(value);
  const known = Object.hasOwn(fields, field) ? fields[field] : undefined;
  if (known === undefined) return [];
  const [type, kept] = known;
  const detail = Object.fromEntries(
    kept.flatMap((name) => {
      const text = value[name];
      return typeof text === 'string' ? [[name, text.slice(0, 200)]] : [];
    }),
  );
  const dedupKey = dedupKeyOf('meta', field, String(at), ...Object.values(detail));
  return [{ type, ...(at === undefined ? {} : { at }), dedupKey, detail }];
}

/** Meta's own button on authentication templates: "I didn't request a code". */
const tap = z.object({
  id: z.string(),
  type: z.literal('button'),
  timestamp: instant,
  button: z.object({ payload: z.literal('DID_NOT_REQUEST_CODE') }),
  context: z.object({ id: hint }).optional().catch(undefined),
});
const taps = z.object({ messages: many(tap) });

function complaintsIn(value: MetaChange['value']): Notice[] {
  return taps.parse(value).messages.map(({ id, context, timestamp }) => ({
    type: 'did_not_request_code',
    ...(context?.id === undefined ? {} : { attemptRef: context.id }),
    ...(timestamp === undefined ? {} : { at: timestamp }),
    dedupKey: dedupKeyOf('meta', 'did_not_request_code', id),
    detail: {},
  }));
}
