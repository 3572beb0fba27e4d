import type { WebhookRequest } from '@otp-relay/channels';
import type { EndUser } from '@otp-relay/contracts';
import type { Channel } from '@otp-relay/core';
import type { Bell, Producer, SendJob } from '@otp-relay/queue';
import type { CheckAsk, Store } from '@otp-relay/store';
import { intakeKeys, type KeyRing, type Pepper } from '@otp-relay/vault';
import { createBudget } from './abuse/budget.ts';
import { createAbuse } from './abuse/create-abuse.ts';
import { screenCommand } from './abuse/screen-command.ts';
import { withSignals } from './abuse/signals.ts';
import { createAcceptor } from './accept.ts';
import type { Acceptance, Accepted } from './acceptance.ts';
import { createBells } from './bells.ts';
import { type Checked, createChecker } from './checking/check.ts';
import { createDeclined } from './checking/declined.ts';
import { type FeedbackTaken, takeFeedback } from './checking/feedback.ts';
import { type Command, obey } from './checking/obey.ts';
import { createClock } from './clock.ts';
import type { Commanded } from './commanded.ts';
import { type Corridor, createCorridor } from './corridor.ts';
import { createHands } from './hands.ts';
import { createLimits } from './limits/limits.ts';
import { resendWithin } from './limits/resend.ts';
import type { LimitRefusal } from './limits/turn-away.ts';
import type { Log } from './log.ts';
import { createAnnouncer } from './outgoing/announcer.ts';
import { createGuardedFetch, type GuardedFetch } from './outgoing/guarded-fetch.ts';
import { type Performed, perform } from './perform.ts';
import type { LedgerStore, Ports, Tally } from './ports.ts';
import { ring } from './ring.ts';
import { type Sweeper, startSweeper } from './sweeper.ts';
import { createTenants, type TenantStore, type Tenants } from './tenants.ts';
import type { Traffic } from './traffic.ts';
import { createWebhookDoor, type WebhookAddress, type WebhookAnswer } from './webhook.ts';

/** Everything an app does with verifications. One per process. */
export interface Engine {
  accept(payload: unknown, acceptance: Acceptance): Promise<Accepted>;
  /** Waits for room for one more request of a tenant: for intake that can wait. False when `until` aborted first. */
  room(tenantId: string, until: AbortSignal): Promise<boolean>;
  perform(job: SendJob): Promise<Performed>;
  ring(bell: Bell, promoted: boolean): Promise<'moved' | 'nothing'>;
  webhook(address: WebhookAddress, request: WebhookRequest): Promise<WebhookAnswer>;
  /** Compares what a person typed with a verification's code, if it has a try left. */
  check(ask: CheckAsk, payload: unknown): Promise<Checked>;
  /**
   * `next`, `resend` or `cancel`, for one tenant's verification; limits hold for `resend`, asked by this end user, and the
   * rules against abuse for whatever would be sent.
   */
  command(command: Command & { readonly endUser?: EndUser | undefined }): Promise<Commanded | LimitRefusal>;
  /** What a tenant says became of its verification elsewhere. */
  feedback(about: { tenantId: string; id: string }, payload: unknown): Promise<FeedbackTaken>;
  /** Public keys callers seal their own codes with. */
  publicJwks(): Promise<unknown>;
  startSweeper(): Sweeper;
  readonly tenants: Tenants;
  /** The one way a verification changes, for what has no door of its own. */
  readonly corridor: Corridor;
  /** Waits for what is being committed, then closes what the engine opened (not the store, not the producer). */
  close(): Promise<void>;
}

export interface EngineOptions {
  /** With webhooks and a producer that can publish, tenants are told what happens. */
  readonly store: LedgerStore & TenantStore & Partial<Pick<Store, 'webhooks'>>;
  readonly producer: Ports['producer'] & Partial<Pick<Producer, 'publish'>>;
  readonly keys: KeyRing;
  readonly pepper: Pepper;
  readonly log: Log;
  readonly tally: Tally;
  /** Where providers reach our webhooks, without a trailing slash. */
  readonly publicUrl: string;
  readonly clock?: Ports['clock'];
  /** Calls tenants' URLs; without it those on the internet can be called, none in a private network. */
  readonly outgoing?: GuardedFetch;
  /** Places for send jobs and a high-water mark for requests; without it tenants are served as they come, all of them. */
  readonly traffic?: Traffic;
  /** How many calls per channel this process makes itself for what it accepts from the queue; none unless given. */
  readonly hands?: Partial<Record<Channel, number>>;
  /** Who the tenants are, when not the store says: closed with the engine. */
  readonly tenants?: Tenants;
}

/** Every send job goes in with its tenant's place, wherever it comes from: accepted, retried, fallen back, rung again. */
const inTurn = ({ producer, traffic }: EngineOptions): Ports['producer'] =>
  traffic ? { ...producer, enqueue: (requests) => producer.enqueue(traffic.inTurn(requests)) } : producer;

const announcerOf = ({ store: { webhooks }, producer: { publish }, log }: EngineOptions) =>
  webhooks && publish ? createAnnouncer({ store: { webhooks }, producer: { publish }, log }) : undefined;

/** Opens the engine: reads Postgres' clock and listens for changes of tenants. */
export async function createEngine(options: EngineOptions): Promise<Engine> {
  const { store, keys, log } = options;
  const clock = options.clock ?? createClock();
  await clock.sync(() => store.now());
  const announcer = announcerOf(options);
  const tenants = options.tenants ?? (await createTenants(store, keys, log, announcer?.refresh));
  await announcer?.load();
  const outgoing = options.outgoing ?? createGuardedFetch();
  const declined = createDeclined(store.declined, clock);
  const bells = createBells({ ...options, clock });
  const limits = createLimits({ ...options, clock });
  const abuse = createAbuse({ ...options, outgoing, clock });
  const budget = createBudget({ ...options, tenants });
  const ports: Ports = {
    ...options,
    producer: inTurn(options),
    bells,
    clock,
    tenants,
    outgoing,
    announcer,
    declined,
    limits,
    abuse,
    budget,
  };
  const corridor = withSignals(createCorridor(ports), ports);
  // Its batches are larger than others, and nobody is to wait behind them.
  const sweeping = createCorridor(ports);
  const intake = intakeKeys(keys);
  const { traffic } = options;
  const hands = traffic && options.hands && createHands(options.hands, traffic);
  const acceptor = createAcceptor(ports, { intakeKeys: intake, corridor, traffic, hands });
  const door = createWebhookDoor(corridor, ports);
  const checker = createChecker(corridor, ports);

  return {
    accept: acceptor.accept,
    room: async (tenantId, until) => options.traffic?.room(tenantId, until) ?? true,
    perform: (job) => perform(job, corridor, ports),
    ring: (bell, promoted) => ring(bell, promoted, corridor, clock),
    webhook: door.take,
    check: checker.check,
    async command(command) {
      const { command: type, by } = command;
      const refused =
        type === 'cancel'
          ? undefined
          : await screenCommand({ ...command, event: { type, by } }, corridor, ports);
      if (refused) return refused;
      const obeyed = () => obey(command, corridor, ports);
      return command.command === 'resend' ? resendWithin(command, obeyed, ports) : obeyed();
    },
    feedback: (about, payload) => takeFeedback(about, payload, corridor, ports),
    publicJwks: () => intake.publicJwks(),
    startSweeper: () => startSweeper(sweeping, ports),
    tenants,
    corridor,
    async close() {
      await Promise.all([acceptor.drain(), checker.drain()]);
      await Promise.all([corridor.drain(), sweeping.drain(), door.drain()]);
      await Promise.all([limits.drain(), abuse.drain(), budget.drain()]);
      await bells.drain();
      await tenants.close();
      if (!options.outgoing) await outgoing.close();
    },
  };
}
