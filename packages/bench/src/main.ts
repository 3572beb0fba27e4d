import { run } from './run.ts';

const [command = 'lifecycle', ...args] = process.argv.slice(2);
const told = (): unknown => JSON.parse(args[0] ?? '{}');

/** Each resolves to the exit code; loaded when asked for. */
const programs: Readonly<Record<string, () => Promise<number>>> = {
  lifecycle: () => run('lifecycle', args),
  baseline: () => run('baseline', args),
  fairness: async () => (await import('./fairness/run-fairness.ts')).runFairness(args),
  growth: async () => (await import('./growth/run-growth.ts')).runGrowth(args),
  ledger: async () => (await import('./ledger/run-ledger.ts')).runLedger(args),
  memory: async () => (await import('./memory/run-memory.ts')).runMemory(args),
  overload: async () => (await import('./overload/run-overload.ts')).runOverload(args),
};

/** The two processes of the bare loop; they live until they are told to end. */
const processes: Readonly<Record<string, () => Promise<void>>> = {
  async 'baseline-worker'() {
    const { runBareWorker } = await import('./baseline/worker.ts');
    await runBareWorker(told() as Parameters<typeof runBareWorker>[0]);
  },
  async 'baseline-webhooks'() {
    const { runWebhookServer } = await import('./baseline/webhook-server.ts');
    runWebhookServer();
  },
};

const serve = processes[command];
const measure = programs[command] ?? (() => run(undefined, args));
if (serve) await serve();
else process.exitCode = await measure();
