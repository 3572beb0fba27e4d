/** Whether a rule lets something be taken, and what the bucket holds then. */
export type Drawn<State> =
  | {
      readonly ok: true;
      readonly state: State;
      readonly granted: number;
      /** From when on the state means nothing any more, ms since 1970. */
      readonly spentAt: number;
    }
  | {
      readonly ok: false;
      /** The name of the window, or `cool_down`. */
      readonly limit: string;
      /** When the same taking is possible, ms from now; absent when it never is. */
      readonly retryAfterMs?: number;
    };
