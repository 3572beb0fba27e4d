import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine, type Engine, type House, openHouse } from '@otp-relay/engine';
import { type TestDatabase, testDatabase } from '@otp-relay/testkit';
import { readConfig } from '../config.ts';
import { runCli } from '../run-cli.ts';

/** What a command line printed and ended with. */
export interface Ran {
  readonly code: 0 | 1 | 2;
  readonly out: string;
  readonly err: string;
}

/** A whole installation of one test file: a database, keys, a folder, and the command line to look at it. */
export interface Installation {
  readonly env: Readonly<Record<string, string | undefined>>;
  otp(...args: string[]): Promise<Ran>;
  /** As {@link otp}, with these on top: variables, an answer to every question, a terminal's width. */
  run(args: readonly string[], more: RunOptions): Promise<Ran>;
  /** Writes a file and returns its path. */
  file(name: string, text: string): string;
  /** Opens the installation as the API does, for as long as `use` runs. */
  withEngine<T>(use: (engine: Engine, house: House) => Promise<T>): Promise<T>;
  stop(): Promise<void>;
}

interface RunOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly answer?: string;
  readonly columns?: number;
  readonly signal?: AbortSignal;
  readonly onPrint?: (text: string) => void;
}

const key = (): string => randomBytes(32).toString('base64');
const log = { debug() {}, info() {}, warn() {}, error() {} };
const nobody = new Proxy({}, { get: () => () => undefined }) as Parameters<typeof createEngine>[0]['tally'];

export async function startInstallation(): Promise<Installation> {
  const database: TestDatabase = await testDatabase();
  const folder = mkdtempSync(join(tmpdir(), 'otp-cli-'));
  const env = {
    NODE_ENV: 'test',
    DATABASE_URL: database.url,
    OTP_KEYS: `1:${key()}`,
    OTP_PEPPER: key(),
    OTP_DATA_DIR: folder,
  };

  const run: Installation['run'] = async (args, { env: extra, answer, columns = 200, signal, onPrint }) => {
    let out = '';
    let err = '';
    const code = await runCli(args, {
      env: { ...env, ...extra },
      stdout: (text) => {
        out += text;
        onPrint?.(out);
      },
      stderr: (text) => {
        err += text;
      },
      columns,
      isTty: false,
      ...(answer !== undefined && { ask: async () => answer }),
      now: Date.now,
      signal: signal ?? new AbortController().signal,
    });
    return { code, out, err };
  };

  return {
    env,
    run,
    otp: (...args) => run(args, {}),
    file(name, text) {
      const path = join(folder, name);
      writeFileSync(path, text);
      return path;
    },
    async withEngine(use) {
      const house = await openHouse(readConfig(env), { name: 'cli.test', log });
      await house.producer.ready();
      const engine = await createEngine({ ...house, log, tally: nobody, publicUrl: 'http://127.0.0.1:3000' });
      try {
        return await use(engine, house);
      } finally {
        await engine.close();
        await house.close();
      }
    },
    async stop() {
      rmSync(folder, { recursive: true, force: true });
      await database.stop();
    },
  };
}

/** A tenant whose providers are not there: every call fails to connect. */
export const acmeYaml = `tenants:
  acme:
    name: Acme
    brand: Acme
    countries: all
    abuse: { mode: allow }
    accounts:
      acme-wa:
        provider: meta-whatsapp
        settings:
          baseUrl: http://127.0.0.1:1
          phoneNumberId: "106540352242922"
          template: { name: code, languages: [en] }
        credentials:
          accessToken: \${ACME_TOKEN}
          appSecret: app-secret
          verifyToken: verify
      acme-sms:
        provider: twilio-sms
        settings: { accountSid: ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, from: "+15005550006", baseUrl: "http://127.0.0.1:1" }
        credentials: { authToken: auth-token }
    route:
      - { channel: whatsapp, account: acme-wa }
      - { channel: sms, account: acme-sms }
`;
