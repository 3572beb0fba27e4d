import type { AccountInput, Provider, WebhookRequest } from '../provider.ts';

/** What the far side does with the next message. */
export type Behaviour = 'accept' | 'refuse' | 'hang' | 'garbage' | 'drop';

/** The far side, played by a real local server. */
export interface Double {
  readonly port: number;
  behave(behaviour: Behaviour): void;
  /** Resolves when the next message has been taken in full. */
  taken(): Promise<void>;
  close(): Promise<void>;
}

/** What a provider brings to the suite. */
export interface Rig<A> {
  readonly provider: Provider<A>;
  startDouble(): Promise<Double>;
  /** A complete account whose far side listens on this local port. */
  account(port: number): AccountInput;
  /** Every credential in that account: none may ever show. */
  readonly secrets: readonly string[];
  readonly to: string;
  /** Fields without which the account is useless, as paths. */
  readonly required: readonly string[];
  /** The account with everything that authenticates a webhook emptied, as no parser would let it through. */
  withoutSecrets(account: A): A;
  /** An authentic webhook call with this body. */
  authentic(body: Uint8Array): WebhookRequest;
  /** The header that makes it authentic. */
  readonly proof: string;
  /** A body that reports one delivery. */
  readonly report: Uint8Array;
}
