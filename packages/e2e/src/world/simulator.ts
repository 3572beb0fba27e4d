import { type RunningProcess, startProcess } from '@otp-relay/testkit';
import { appEntry } from './paths.ts';
import { type SimulatorAddress, simulatedCredentials } from './simulated-tenant.ts';

/** One message on the simulator's phones, as its control API shows it. */
export interface PhoneMessage {
  readonly channel: string;
  readonly to: string;
  readonly text: string;
  readonly code: string | null;
  readonly attemptId: string | null;
  /** When the provider took it, ISO 8601. */
  readonly at: string;
  readonly receipts: readonly PhoneReceipt[];
}

/** A receipt and what became of it. */
export interface PhoneReceipt {
  readonly status: string;
  /** To each try: an HTTP status, or why there was none. */
  readonly answers: readonly (number | string)[];
  /** How long the first answer took, ms. */
  readonly firstAnswerMs: number | null;
}

/** One provider call the simulator received. */
export interface ProviderCall {
  readonly to: string;
  readonly attemptId: string | null;
  readonly at: string;
  readonly provider: string;
  readonly seq: number;
  /** How long the provider may keep the message, ms, where a message says so (Twilio's ValidityPeriod). */
  readonly ttlMs?: number;
}

export interface Simulator extends SimulatorAddress {
  readonly process: RunningProcess;
  messages(query: Record<string, string | number>): Promise<readonly PhoneMessage[]>;
  calls(query: Record<string, string | number>): Promise<readonly ProviderCall[]>;
  settings(change: object): Promise<void>;
  script(script: object): Promise<void>;
  /** Tells the simulator's Meta where to post: as an operator does once in Meta's dashboard. */
  connect(webhookUrl: string): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the simulator as a process of its own, on free ports. */
export async function startSimulator(env: Record<string, string> = {}): Promise<Simulator> {
  const process = await startProcess({
    args: [appEntry('simulator')],
    env: { PORT: '0', SMTP_PORT: '0', ...env },
    readyWhen: /"ready":true/,
  });
  const line = await process.waitForLine(/"ready":true/);
  const { http, smtp } = JSON.parse(line) as SimulatorAddress;
  const ask = async <T>(method: string, path: string, body?: object): Promise<T> => {
    const response = await fetch(`${http}${path}`, {
      method,
      ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    if (!response.ok)
      throw new Error(`simulator ${method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  };
  const query = (values: Record<string, string | number>): string =>
    new URLSearchParams(
      Object.fromEntries(Object.entries(values).map(([k, v]) => [k, String(v)])),
    ).toString();
  return {
    http,
    smtp,
    process,
    messages: async (q) =>
      (await ask<{ messages: PhoneMessage[] }>('GET', `/_sim/messages?${query(q)}`)).messages,
    calls: async (q) => (await ask<{ calls: ProviderCall[] }>('GET', `/_sim/calls?${query(q)}`)).calls,
    settings: async (change) => void (await ask('PUT', '/_sim/settings', change)),
    script: async (script) => void (await ask('POST', '/_sim/script', script)),
    async connect(webhookUrl) {
      const c = simulatedCredentials;
      await ask('PUT', '/_sim/accounts', {
        meta: {
          [c.phoneNumberId]: {
            accessToken: c.accessToken,
            appSecret: c.appSecret,
            verifyToken: c.verifyToken,
            webhookUrl,
          },
        },
        twilio: { [c.accountSid]: { authToken: c.authToken } },
      });
    },
    stop: async () => void (await process.stop()),
  };
}
