import type { Notice } from './compose-notice.ts';

/** A mail sent back to the envelope sender, as kept for `GET /_sim/bounces`. */
export type Bounce = {
  readonly at: number;
  readonly to: string;
  readonly attemptId: string | null;
  readonly action: Notice['action'];
  readonly status: string;
  readonly raw: string;
};
