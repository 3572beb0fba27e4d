import { readConfig } from './config.ts';
import { log } from './log.ts';
import { startSimulator } from './simulator.ts';

const config = readConfig();
const simulator = await startSimulator(config);

const stop = (signal: NodeJS.Signals): void => {
  log('stopping', { signal });
  simulator.close().then(
    () => process.exit(0),
    (fault: unknown) => {
      log('stop failed', { fault: String(fault) });
      process.exit(1);
    },
  );
};
process.once('SIGTERM', stop);
process.once('SIGINT', stop);

process.stdout.write(`${JSON.stringify({ ready: true, http: simulator.http, smtp: simulator.smtp })}\n`);
