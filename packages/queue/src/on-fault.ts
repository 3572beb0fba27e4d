/** Told about everything that broke: connections lost (`jobId` absent) and handlers that threw. Must not throw. */
export type OnFault = (fault: Error, context: FaultContext) => void;

export interface FaultContext {
  readonly queue: string;
  readonly jobId?: string;
  /** How often the job has been tried, this time included. */
  readonly attemptsMade?: number;
  /** True when the job will not be tried again and rests in `failed`. */
  readonly final?: boolean;
}
