import type { Env } from '@otp-relay/runtime';
import type { DemoSettings } from './demo-settings.ts';

/** What starting a demo needs of the one who starts it. */
export interface Starter {
  readonly env: Env;
  readonly settings: DemoSettings;
  /** The port of the api and no other; 3000 or one close by when undefined. */
  readonly apiPort: number | undefined;
  /** Where the processes log, absolute. */
  readonly logs: string;
  readonly signal: AbortSignal;
  /** Does some work, then says what is there and how long it took. */
  step<T>(done: string | ((result: T) => string), work: () => Promise<T>): Promise<T>;
  note(text: string): void;
  /** Called in reverse order at the end, whatever happens. */
  onStop(stop: () => Promise<void>): void;
}
