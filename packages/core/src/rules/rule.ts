import type { Channel } from '../channel.ts';
import type { CheckRefusal } from '../checks/reserve-try.ts';
import type { TimelineType } from '../event.ts';
import type { FailureKind } from '../failure.ts';
import type {
  AddressState,
  AttemptState,
  Delivery,
  SuccessLevel,
  VerificationStatus,
} from '../verification.ts';
import type { Law } from './laws.ts';

/** Names an attempt by step and try, as the end of its id does: `0_1` is the first try on the first step. */
export type AttemptName = `${number}_${number}`;

/** A step of a rule's route: `sms`, `sms:b` (another account), `whatsapp@read` (another success level). */
export type StepWord = Channel | `${Channel}:${string}` | `${Channel}@${SuccessLevel}`;

/** What happens to a verification, in words. Without a claim, the worker that was granted the attempt speaks. */
export type EventWords =
  | `${AttemptName} started`
  | `${AttemptName} accepted`
  | `${AttemptName} accepted by another worker`
  | `${AttemptName} refused ${FailureKind}`
  | `${AttemptName} uncertain ${FailureKind}`
  | `${AttemptName} withheld`
  | `${AttemptName} withheld by another worker`
  | `${AttemptName} receipt ${'sent' | 'delivered' | 'read'}`
  | `${AttemptName} receipt failed ${FailureKind}`
  | 'bell'
  | 'approved'
  | 'wrong code'
  | `check refused ${CheckRefusal}`
  | `feedback ${'converted' | 'unconverted'}`
  | `canceled by ${'service' | 'operator' | 'user'}`
  | `next by ${'service' | 'operator' | 'user'}`
  | `next by operator on ${AttemptName}`
  | `resend by ${'service' | 'operator' | 'user'}`;

/** When, counted from the request, and what. */
export type Moment = `${number}s ${EventWords}`;

/** One promise of the state machine: given this history, when this happens, it becomes that. */
export interface Rule {
  /** A sentence. */
  readonly name: string;
  /** The law it spells out. */
  readonly rule: Law;
  readonly route: readonly StepWord[];
  /** What the person lacks; everything else is present. */
  readonly addresses?: { readonly phone?: AddressState; readonly email?: AddressState };
  /** Life of the code; ten minutes when absent. */
  readonly lifeS?: number;
  /** How long messages wait for their turn; not at all when absent. */
  readonly lineS?: number;
  readonly given: readonly Moment[];
  /** Absent when the promise is about the beginning itself. */
  readonly when?: Moment;
  readonly becomes: {
    readonly state: `${VerificationStatus} ${Delivery}`;
    readonly attempts: readonly `${AttemptName} ${AttemptState}`[];
    /** All effects of `when`, in order, as {@link Effect} words; none means nothing is to be done. */
    readonly effects: readonly string[];
    /** Timeline lines that `when` wrote, in order; not checked when absent. */
    readonly entries?: readonly TimelineType[];
    /** The next moment the sweeper rings, in seconds from the request; not checked when absent. */
    readonly deadlineS?: number | null;
  };
}
