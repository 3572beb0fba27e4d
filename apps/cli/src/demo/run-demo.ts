import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Cli } from '../cli.ts';
import { CliFault } from '../cli-fault.ts';
import { progressOf } from '../terminal/demo-progress.ts';
import { demoJson, timelinesText, verdictsText, whereText } from '../terminal/demo-text.ts';
import { type DemoInstallation, startDemoInstallation } from './demo-installation.ts';
import { type DemoSettings, readDemoSettings } from './demo-settings.ts';
import { forgetData } from './forget-data.ts';
import { type Claim, claimFolder } from './only-one.ts';
import { demandPort } from './pick-port.ts';
import { type Played, playScenarios } from './play-scenarios.ts';
import type { Starter } from './starter.ts';
import { stopSignal } from './stop-signal.ts';

export interface DemoOptions {
  readonly once?: boolean;
  readonly json?: boolean;
  readonly fresh?: boolean;
  /** Of the api; one close to 3000 when left out. */
  readonly port?: number;
}

/** Where remarks go: to stderr when the answer is JSON. */
type Say = (text: string) => void;

/** Starts everything, shows the scenarios, keeps running until stopped, and leaves no process behind. */
export async function runDemo(cli: Cli, options: DemoOptions): Promise<void> {
  const settings = readDemoSettings(cli.env);
  const say: Say = options.json ? cli.note : cli.print;
  const logs = makeFolder(settings);
  const claim = await claimOrRefuse(settings);
  const stops: (() => Promise<void>)[] = [claim.release];
  const stopping = stopSignal(cli.signal);
  try {
    if (options.fresh) await startAnew(settings, say);
    // Said before anything is started.
    if (options.port !== undefined) await demandPort(options.port);
    say('OTP Relay: a real Postgres, api and worker; WhatsApp, SMS and mail are simulated.\n');
    const starter = starterOf(cli, {
      settings,
      apiPort: options.port,
      logs,
      stops,
      say,
      signal: stopping.signal,
    });
    const installation = await startDemoInstallation(starter);
    claim.tell(installation.places.api);
    await show(cli, options, installation, { settings, say, signal: stopping.signal });
  } catch (fault) {
    if (!stopping.signal.aborted) throw fault;
  } finally {
    await stopAll(stops, settings, say);
    stopping.release();
  }
}

async function show(
  cli: Cli,
  { once, json }: DemoOptions,
  installation: DemoInstallation,
  { settings, say, signal }: { settings: DemoSettings; say: Say; signal: AbortSignal },
): Promise<void> {
  const { broken, places } = installation;
  say('');
  const drawing = { ...cli, isTty: cli.isTty && !json };
  const playing = playScenarios(installation, { signal, onProgress: progressOf(drawing, say) });
  const played = await Promise.race([playing, throwing(broken)]);
  tell(cli, played, { say });
  if (played.some(({ verdict }) => !verdict.ok)) cli.exitCode = 1;
  if (json) cli.print(demoJson(played, once ? undefined : places));
  if (once) return;
  const prefix = settings.isDefaultDir ? '' : `OTP_DATA_DIR=${settings.dataDir} `;
  if (!json) say(`\n${whereText(places, `${prefix}npx pnpm@12 otp`, cli)}`);
  await untilStopped(signal, broken);
}

function tell(cli: Cli, played: readonly Played[], { say }: { say: Say }): void {
  say(`\n${timelinesText(played, cli)}\n`);
  say(verdictsText(played, cli));
}

/** Every one of them has its turn, whatever became of the others. */
async function stopAll(
  stops: readonly (() => Promise<void>)[],
  { dataDir }: DemoSettings,
  say: Say,
): Promise<void> {
  const started = stops.length > 1;
  if (started) say('\nStopping…');
  for (const stop of stops.toReversed()) await stop().catch((fault: Error) => say(`  ${fault.message}`));
  if (started) say(`Stopped; no process is left. The data is in ${dataDir}`);
}

const throwing = async (broken: Promise<CliFault>): Promise<never> => {
  throw await broken;
};

/** Until the demo is told to stop, or something of it ends by itself. */
async function untilStopped(signal: AbortSignal, broken: Promise<CliFault>): Promise<void> {
  // Children and connections may all be idle: nothing else is sure to keep the process alive.
  const alive = setInterval(() => undefined, 60_000);
  const aborted = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve());
  });
  try {
    await Promise.race([aborted, throwing(broken)]);
  } finally {
    clearInterval(alive);
  }
}

function makeFolder({ dataDir }: DemoSettings): string {
  const logs = join(dataDir, 'demo');
  try {
    mkdirSync(logs, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new CliFault(`${logs} cannot be made (${(cause as NodeJS.ErrnoException).code}).`, {
      fix: 'Let the demo keep its data elsewhere: OTP_DATA_DIR=/tmp/otp npx pnpm@12 demo',
      cause,
    });
  }
  return logs;
}

async function claimOrRefuse({ dataDir }: DemoSettings): Promise<Claim> {
  const claim = await claimFolder(join(dataDir, 'demo'));
  if (!('pid' in claim)) return claim;
  const where = claim.api === null ? '' : `, its api is ${claim.api}`;
  throw new CliFault(`A demo is running on the data in ${dataDir} (process ${claim.pid}${where}).`, {
    fix: `Use that one, stop it, or give this one its own data: OTP_DATA_DIR=${dataDir}-2 npx pnpm@12 demo`,
  });
}

async function startAnew({ dataDir, databaseUrl }: DemoSettings, say: Say): Promise<void> {
  if (databaseUrl !== undefined)
    throw new CliFault('--fresh deletes the embedded Postgres only, and DATABASE_URL names another.', {
      fix: 'Empty that database yourself, or leave DATABASE_URL out.',
    });
  await forgetData(dataDir);
  say(`Deleted the data in ${dataDir}`);
}

function starterOf(
  cli: Cli,
  parts: Pick<Starter, 'settings' | 'apiPort' | 'logs' | 'signal'> & {
    stops: (() => Promise<void>)[];
    say: Say;
  },
): Starter {
  const { stops, say, ...rest } = parts;
  return {
    ...rest,
    env: cli.env,
    note: (text) => say(cli.paint('dim', `  … ${text}`)),
    onStop: (stop) => void stops.push(stop),
    async step(done, work) {
      const startedAt = cli.now();
      const result = await work();
      const took = `${((cli.now() - startedAt) / 1_000).toFixed(1)} s`;
      const text = typeof done === 'string' ? done : done(result);
      say(`  ${cli.paint('good', '✓')} ${text} ${cli.paint('dim', took)}`);
      return result;
    },
  };
}
