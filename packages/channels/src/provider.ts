import type {
  Channel,
  Failure,
  ProviderName,
  Purpose,
  RenderedText,
  Secret,
  SuccessLevel,
  TextContext,
} from '@otp-relay/core';

/** One attempt, as a provider needs to know it. */
export interface OutboundMessage {
  /** Travels to the provider, so that a receipt finds its row even when the answer was lost. */
  readonly attemptId: string;
  readonly tenantId: string;
  /** E.164 with its `+`, or a mailbox. */
  readonly to: string;
  readonly code: Secret;
  /** BCP 47, e.g. `es-AR`. */
  readonly locale: string;
  readonly purpose: Purpose;
  readonly brand: string;
  /** How long the code still lives: no provider may hold the message longer. */
  readonly lifeMs: number;
  /** The code stands in it in the open: as secret as the code. */
  readonly text: RenderedText;
  /** What the code is bound to: it must reach the person in full, or the message must not be sent. */
  readonly context?: TextContext;
  /** The public URL of this account's webhook, without query. */
  readonly callbackUrl?: string;
  readonly signal?: AbortSignal;
}

/**
 * What became of one call.
 *
 * - `accepted`  the provider took it; `providerRef` is its id of the message, when it gave one
 * - `refused`   surely not sent; `retryAfterMs` when the provider said how long to wait
 * - `uncertain` it may exist: never repeat it blindly
 */
export type SendOutcome =
  | { readonly kind: 'accepted'; readonly providerRef: string | null; readonly note?: string }
  | { readonly kind: 'refused'; readonly failure: Failure; readonly retryAfterMs?: number }
  | { readonly kind: 'uncertain'; readonly failure: Failure };

/** An account opened for sending: owns its connections until `close`. */
export interface Sender {
  /** Never throws for anything the outside world does. */
  send(message: OutboundMessage): Promise<SendOutcome>;
  close(): Promise<void>;
}

/** A call to a webhook, as it arrived. */
export interface WebhookRequest {
  readonly method: string;
  /** The full public URL exactly as it was called, with its query: signatures cover it. */
  readonly url: string;
  /** Names in lower case, as node:http gives them. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly query: Readonly<Record<string, string>>;
  /** The bytes as received: signatures cover them, never a re-serialisation. */
  readonly rawBody: Uint8Array;
}

export type ReceiptStatus = 'sent' | 'delivered' | 'read' | 'failed';

/** One delivery report. At least one of `attemptId` and `providerRef` is there. */
export interface Receipt {
  readonly attemptId?: string;
  readonly providerRef?: string;
  readonly status: ReceiptStatus;
  /** Present exactly when the status is `failed`. */
  readonly failure?: Failure;
  /** The provider's instant, ms since 1970. */
  readonly at?: number;
  /** The same for every copy of one report, different for different reports of one account. */
  readonly dedupKey: string;
  /** What the provider said, for the timeline: no address, no code, no name. */
  readonly raw: Readonly<Record<string, unknown>>;
  readonly price?: { readonly amount: string; readonly currency: string };
}

export type NoticeType =
  | 'did_not_request_code'
  | 'template_status'
  | 'template_quality'
  | 'template_category'
  | 'phone_number'
  | 'account';

/** Something a provider told us that is not about one delivery. */
export interface Notice {
  readonly type: NoticeType;
  /** The provider's id of the message it is about (compare with `providerRef`). */
  readonly attemptRef?: string;
  readonly at?: number;
  readonly dedupKey: string;
  readonly detail: Readonly<Record<string, string>>;
}

export type WebhookOutcome =
  | { readonly kind: 'receipts'; readonly receipts: readonly Receipt[]; readonly notices: readonly Notice[] }
  /** Answer 200 with this body as text/plain. */
  | { readonly kind: 'challenge'; readonly body: string }
  | { readonly kind: 'refused'; readonly status: 400 | 401 | 403 | 413; readonly reason: string };

/** One thing wrong with an account; `path` names the field, `fix` says what to put there. Holds no value. */
export interface AccountProblem {
  readonly path: string;
  readonly problem: string;
  readonly fix: string;
}

/** What is configured: `settings` may be shown, `credentials` may not. */
export interface AccountInput {
  readonly settings: unknown;
  readonly credentials: unknown;
}

export type ParsedAccount<A> =
  | { readonly ok: true; readonly account: A }
  | { readonly ok: false; readonly problems: readonly AccountProblem[] };

export interface Capabilities {
  /** The levels this provider can report, lowest first. */
  readonly success: readonly SuccessLevel[];
  /** With less life left than this, sending is pointless. */
  readonly minLifeMs: number;
  readonly defaultTimeoutMs: number;
  readonly defaultSuccess: SuccessLevel;
}

/** The one shape of every provider. `A` is its parsed account; it prints no secret. */
export interface Provider<A = unknown> {
  readonly name: ProviderName;
  readonly channel: Channel;
  readonly capabilities: Capabilities;
  /**
   * An account whose secrets nobody knows, made up per process: a webhook for an account that does not exist is judged
   * by it, so that no answer tells which accounts do.
   */
  readonly stranger: A;
  parseAccount(input: AccountInput): ParsedAccount<A>;
  /** Purposes whose transaction this account cannot show; absent: it shows our text, and so everything. */
  hides?(account: A): readonly Purpose[];
  open(account: A): Sender;
  /** Never throws, whatever the bytes; believes nothing that is not authentic. */
  webhook(request: WebhookRequest, account: A): WebhookOutcome;
}
