import { createLogger, shutdown } from '@otp-relay/runtime';
import { readConfig } from './config.ts';
import { startSimulator } from './simulator.ts';

const config = readConfig();
const log = createLogger({ name: 'simulator', level: config.LOG_LEVEL, destination: 'stderr' });
const stopping = shutdown({ log, timeoutMs: 5_000 });

const simulator = await startSimulator(config, log);
stopping.onStop('simulator', simulator.close);

process.stdout.write(`${JSON.stringify({ ready: true, http: simulator.http, smtp: simulator.smtp })}\n`);
