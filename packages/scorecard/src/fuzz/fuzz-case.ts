/** The accounts of one tenant, and what stands behind their signatures. */
export interface Secrets {
  readonly phoneNumberId: string;
  readonly appSecret: string;
  readonly verifyToken: string;
  readonly accountSid: string;
  readonly authToken: string;
  readonly bounceToken: string;
}

/** What the fuzzer knows: whom it attacks, and whom it could be mistaken for. */
export interface Target {
  readonly publicUrl: string;
  readonly tenantId: string;
  readonly secrets: Secrets;
  /** Another tenant's: right for that tenant, worth nothing here. */
  readonly others: Secrets;
  /** Attempts that authentic webhooks speak of, and those that only forged ones do. */
  readonly attempts: { readonly authentic: readonly string[]; readonly forged: readonly string[] };
}

/** One call to a webhook. */
export interface FuzzCase {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** The way it was forged; undefined when its signature is right. */
  readonly forgery: string | undefined;
}
