import type { Simulator } from '@otp-relay/e2e/world';

/** One call a provider received. `created`: a message exists there since. */
export interface ProviderCall {
  readonly attemptId: string;
  readonly channel: string;
  /** ms since 1970. */
  readonly at: number;
  readonly created: boolean;
}

const channels: Readonly<Record<string, string>> = { meta: 'whatsapp', twilio: 'sms', smtp: 'email' };
const page = 20_000;

/** Every call the simulator remembers, in the order they came. */
export async function readProviderCalls(simulator: Simulator): Promise<readonly ProviderCall[]> {
  const all: ProviderCall[] = [];
  for (let after = 0; ; ) {
    const response = await fetch(`${simulator.http}/_sim/calls?after=${after}&limit=${page}`);
    if (!response.ok) throw new Error(`the simulator answered ${response.status}`);
    const { calls } = (await response.json()) as {
      calls: {
        seq: number;
        at: string;
        provider: string;
        attemptId: string | null;
        messageId: string | null;
      }[];
    };
    for (const call of calls) {
      after = call.seq;
      if (call.attemptId === null) continue;
      all.push({
        attemptId: call.attemptId,
        channel: channels[call.provider] ?? call.provider,
        at: Date.parse(call.at),
        created: call.messageId !== null,
      });
    }
    if (calls.length < page) return all;
  }
}
