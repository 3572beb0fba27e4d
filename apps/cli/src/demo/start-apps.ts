import { join } from 'node:path';
import { childEnv } from './child-env.ts';
import { repositoryRoot } from './demo-settings.ts';
import { demandPort, host, pickPort } from './pick-port.ts';
import { type Child, startChild } from './start-child.ts';
import type { Starter } from './starter.ts';

type Variables = Readonly<Record<string, string | undefined>>;

/** A process that listens. */
interface Listening {
  readonly child: Child;
  readonly url: string;
}

const graceMs = 12_000;
/** Between finding a port free and listening on it, another process may take it. */
const tries = 4;
const simulatorPort = 4_010;
const smtpPort = 4_025;

/** Starts an app's built entry; nothing of the shell's own settings of ours reaches it. */
export async function startApp(
  { env, settings, logs, onStop }: Starter,
  name: string,
  given: Variables,
): Promise<Child> {
  const child = await startChild({
    name: `The ${name}`,
    args: [join(repositoryRoot, 'apps', name, 'dist', 'main.js')],
    env: childEnv(env, { HOST: host, LOG_LEVEL: settings.logLevel, ...given }),
    logFile: join(logs, `${name}.log`),
    fix: 'Start the demo again. If that does not help: npx pnpm@12 build, then npx pnpm@12 demo --fresh',
  });
  onStop(() => child.stop(graceMs));
  return child;
}

/** Starts the simulator on 4010 and 4025, or close by. */
export const startSimulator = (starter: Starter): Promise<Listening & { readonly smtpPort: number }> =>
  starter.step(
    ({ url, remark }) => `simulator of WhatsApp, SMS and mail on ${url}${remark}`,
    () =>
      untilItListens(starter, async () => {
        const http = await pickPort(simulatorPort);
        const smtp = await pickPort(smtpPort, http.port);
        const ports = { PORT: String(http.port), SMTP_PORT: String(smtp.port) };
        const child = await startApp(starter, 'simulator', ports);
        return { child, url: `http://${host}:${http.port}`, smtpPort: smtp.port, remark: http.remark };
      }),
  );

/** Starts the api on the port that was asked for, or on 3000 or close by. */
export const startApi = (starter: Starter, given: Variables): Promise<Listening> =>
  starter.step(
    ({ url, remark }) => `api on ${url}${remark}`,
    () =>
      untilItListens(starter, async () => {
        const { apiPort, settings } = starter;
        const { port, remark } = await (apiPort === undefined
          ? pickPort(settings.port)
          : demandPort(apiPort));
        const url = `http://${host}:${port}`;
        const variables = { ...given, PORT: String(port), OTP_PUBLIC_URL: url };
        return { child: await startApp(starter, 'api', variables), url, remark };
      }),
  );

async function untilItListens<T extends Listening>({ signal }: Starter, start: () => Promise<T>): Promise<T> {
  for (let left = tries; ; left -= 1) {
    const started = await start();
    try {
      await started.child.ready(signal);
      return started;
    } catch (fault) {
      if (left <= 1 || !started.child.printed(/EADDRINUSE/)) throw fault;
    }
  }
}
