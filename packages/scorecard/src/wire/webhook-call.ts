/** What a provider posts to a webhook. `query` begins with `?` or is empty; the signature covers what it covers. */
export interface WebhookCall {
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** A delivery report in nobody's format yet. */
export interface Report {
  readonly attemptId: string;
  readonly status: 'sent' | 'delivered' | 'read' | 'failed';
  /** The provider's own id of the message. */
  readonly ref: string;
  /** The provider's code of a failure. */
  readonly code?: string;
  /** Seconds since 1970. */
  readonly at: number;
}
