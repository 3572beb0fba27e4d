import { z } from 'zod';
import type { MetaAccount } from './config.ts';

/** A list whose strange members are dropped, not the batch around them; absent is empty. */
export const many = <T>(item: z.ZodType<T>) =>
  z
    .array(z.unknown())
    .catch([])
    .transform((members) =>
      members.flatMap((member) => {
        const parsed = item.safeParse(member);
        return parsed.success ? [parsed.data] : [];
      }),
    );

/** Text that is nice to have: absent when it is anything else. */
export const hint = z.string().optional().catch(undefined);

const change = z.object({
  field: z.string(),
  value: z.looseObject({ metadata: z.object({ phone_number_id: z.string() }).optional().catch(undefined) }),
});

/** One change of one webhook field, e.g. `messages` or `message_template_status_update`. */
export interface MetaChange extends z.infer<typeof change> {
  /** When Meta made the event, ms since 1970. */
  readonly at: number | undefined;
}

/** Unix seconds, as a number or a string, in ms. */
export const instant = z.coerce
  .number()
  .positive()
  .max(1e11)
  .transform((seconds) => Math.round(seconds * 1_000))
  .optional()
  .catch(undefined);

const event = z.object({
  object: z.literal('whatsapp_business_account'),
  entry: many(z.object({ id: hint, time: instant, changes: many(change) })),
});

/** The changes in a webhook body that concern this account; undefined when the body is no event of WhatsApp. */
export function changesIn(rawBody: Uint8Array, account: MetaAccount): MetaChange[] | undefined {
  const parsed = event.safeParse(jsonIn(rawBody));
  if (!parsed.success) return undefined;
  return parsed.data.entry.flatMap(({ id, time, changes }) =>
    changes.filter((one) => isOurs(account, id, one)).map((one) => ({ at: time, ...one })),
  );
}

/** One app serves many numbers: events of other numbers, or of another WABA, are not this account's business. */
function isOurs(
  account: MetaAccount,
  entryId: string | undefined,
  { value }: z.infer<typeof change>,
): boolean {
  if (value.metadata !== undefined) return value.metadata.phone_number_id === account.phoneNumberId;
  return account.wabaId === undefined || entryId === undefined || entryId === account.wabaId;
}

function jsonIn(rawBody: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(rawBody).toString('utf8'));
  } catch {
    return undefined;
  }
}
