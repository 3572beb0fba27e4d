import type { Env } from '@otp-relay/runtime';
import type { DemoSettings } from './demo-settings.ts';

export interface DemoPorts {
  readonly api: number;
  readonly simulator: number;
  readonly smtp: number;
}

/** What starting a demo needs of the one who starts it. */
export interface Starter {
  readonly env: Env;
  readonly settings: DemoSettings;
  readonly ports: DemoPorts;
  /** Where the processes log, absolute. */
  readonly logs: string;
  readonly signal: AbortSignal;
  /** Does some work, then says what is there and how long it took. */
  step<T>(done: string, work: () => Promise<T>): Promise<T>;
  note(text: string): void;
  /** Called in reverse order at the end, whatever happens. */
  onStop(stop: () => Promise<void>): void;
}
