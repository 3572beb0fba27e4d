import { run } from './run.ts';

// Children die with this process, and an embedded Postgres stops on its exit: a signal must end it orderly.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

process.exit(await run(process.argv.slice(2)));
