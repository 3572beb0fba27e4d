import { run } from './run.ts';

const [command = 'lifecycle', ...args] = process.argv.slice(2);
const told = (): unknown => JSON.parse(args[0] ?? '{}');

switch (command) {
  case 'lifecycle':
  case 'baseline':
    process.exitCode = await run(command, args);
    break;
  case 'fairness': {
    const { runFairness } = await import('./fairness/run-fairness.ts');
    process.exitCode = await runFairness(args);
    break;
  }
  case 'overload': {
    const { runOverload } = await import('./overload/run-overload.ts');
    process.exitCode = await runOverload(args);
    break;
  }
  case 'growth': {
    const { runGrowth } = await import('./growth/run-growth.ts');
    process.exitCode = await runGrowth(args);
    break;
  }
  case 'ledger': {
    const { runLedger } = await import('./ledger/run-ledger.ts');
    process.exitCode = await runLedger(args);
    break;
  }
  case 'memory': {
    const { runMemory } = await import('./memory/run-memory.ts');
    process.exitCode = await runMemory(args);
    break;
  }
  // The two processes of the bare loop.
  case 'baseline-worker': {
    const { runBareWorker } = await import('./baseline/worker.ts');
    await runBareWorker(told() as Parameters<typeof runBareWorker>[0]);
    break;
  }
  case 'baseline-webhooks': {
    const { runWebhookServer } = await import('./baseline/webhook-server.ts');
    runWebhookServer();
    break;
  }
  default:
    process.exitCode = await run(undefined, args);
}
