import { z } from 'zod';

const ms = z.number().int().min(0).max(86_400_000);

/** Everything `PUT /_sim/settings` can change; each is optional there and keeps its value when absent. */
export const Settings = z.strictObject({
  /** Added before every answer to an API call. */
  latencyMs: ms.default(0),
  /** Answers take up to this much longer, each its own time: calls that all take the same end all at once. */
  latencySpreadMs: ms.default(0),
  sentAfterMs: ms.default(60),
  deliveredAfterMs: ms.default(150),
  readAfterMs: ms.default(400),
  lateAfterMs: ms.default(8_000),
  /** How long a slow answer takes (HTTP and SMTP). */
  slowAfterMs: ms.default(3_000),
  /** How long a call that is never answered keeps its connection. */
  hangMs: ms.default(60_000),
  /** False: nothing is posted; the receipts are recorded as `withheld`. */
  webhooks: z.boolean().default(true),
  /** Meta's throughput per business number (130429); 0 = no limit. */
  metaThroughputPerSecond: z.number().int().min(0).default(80),
  /** Meta's pair rate: 45 at once, then one per 6 s to the same person (131056). */
  metaPairLimit: z.boolean().default(true),
  /** Statuses that fall into this window go out in one POST; 0 = one POST each. */
  metaBatchMs: ms.default(0),
  metaBatchMax: z.number().int().min(1).max(1_000).default(100),
  /** First wait before a webhook that was not answered 200 is repeated; it doubles each time. */
  metaRetryFirstMs: ms.default(1_000),
  metaRetryMaxTries: z.number().int().min(1).max(100).default(20),
  /** PENDING → APPROVED takes this long. */
  templateReviewMs: ms.default(300),
  /** Twilio's 20429; 0 = no limit. */
  twilioRequestsPerSecond: z.number().int().min(0).default(0),
  twilioRetryFirstMs: ms.default(250),
  /** Time before the SMTP greeting. */
  smtpGreetingAfterMs: ms.default(0),
  /** Where bounce mails are posted (message/rfc822); null = kept at `GET /_sim/bounces` only. */
  bounceWebhookUrl: z.url().nullable().default(null),
  bounceAfterMs: ms.default(500),
  /** How many messages, and how many calls, are remembered. */
  keep: z.number().int().min(1).max(5_000_000).default(50_000),
});

export type Settings = z.output<typeof Settings>;

/** What a client may send: any part of it. */
export const SettingsChange = z.strictObject(
  Object.fromEntries(
    Object.entries(Settings.shape).map(([name, schema]) => [name, schema.unwrap().optional()]),
  ),
);

export function defaultSettings(keep: number): Settings {
  return Settings.parse({ keep });
}
