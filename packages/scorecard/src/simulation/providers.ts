import type { OutboundMessage, Sender, SendOutcome } from '@otp-relay/channels';
import type { Failure, FailureKind, ProviderName } from '@otp-relay/core';
import { bounce } from '../wire/bounce.ts';
import { metaWebhook } from '../wire/meta-webhook.ts';
import { twilioWebhook } from '../wire/twilio-webhook.ts';
import type { Report, WebhookCall } from '../wire/webhook-call.ts';
import type { Call, Taken } from './facts.ts';
import { publicUrl, secrets, tenantId } from './installation.ts';
import type { Machine } from './machine.ts';
import type { Tape } from './tape.ts';
import type { VirtualTime } from './virtual-time.ts';

export interface ProvidersOptions {
  readonly tape: Tape;
  readonly time: VirtualTime;
  readonly tell: (line: string) => void;
  readonly pickMachine: () => Machine | undefined;
  readonly onCall: (call: Call) => void;
  readonly onTaken: (taken: Taken) => void;
}

/** Refusals: the message surely does not exist. */
const refusals: readonly FailureKind[] = [
  'provider_unavailable',
  'rate_limited',
  'not_on_whatsapp',
  'unreachable',
  'invalid_number',
  'auth_failed',
  'opted_out',
  'unknown',
];

/** What becomes of a message that exists, report by report; the order is that of the network, not of the provider. */
const stories: readonly (readonly Report['status'][])[] = [
  ['sent', 'delivered'],
  ['sent', 'delivered', 'read'],
  ['sent'],
  [],
  ['read'],
  ['failed'],
  ['sent', 'failed'],
  ['failed', 'delivered'],
];
const delaysMs = [300, 20, 2_000, 9_500, 26_000, 58_000, 400_000] as const;
const answersMs = [80, 20, 1_000, 4_400] as const;
const codes: Readonly<Record<ProviderName, readonly string[]>> = {
  'meta-whatsapp': ['131026', '131049', '131047', '132001', '999'],
  'twilio-sms': ['30005', '30003', '30006', '30450', '12345'],
  'smtp-email': ['5.2.2', '5.1.1', '5.7.1'],
};

/** A provider hangs up on a webhook that is silent this long, ms, and sends again: at first soon, then ever later. */
const patienceMs = 10_000;
const resends = 7;

/** Everybody behind a sender: takes messages, or not, and reports on them in whatever order. */
export function createProviders(options: ProvidersOptions) {
  const { tape, time, tell, pickMachine, onCall, onTaken } = options;
  let refs = 0;

  function take(message: OutboundMessage, account: string, provider: ProviderName, issuedAt: number) {
    const answer = anyAnswer(provider);
    const { attemptId, lifeMs } = message;
    const code = message.code.reveal();
    tell(`${provider} receives ${attemptId.slice(-3)}: ${answer.outcome.kind}, exists: ${answer.exists}`);
    onCall({ attemptId, provider, code, lifeMs, issuedAt, at: time.now(), exists: answer.exists });
    if (answer.exists) for (const status of tape.pick(stories)) report(told(provider, status));
    return answer;

    function report(status: Report['status']): void {
      const failure = status === 'failed' ? { code: tape.pick(codes[provider]) } : {};
      const one = { attemptId, status, ref: answer.ref, at: Math.floor(time.now() / 1_000), ...failure };
      const copies = tape.chance(20) ? 1 + tape.choose(5) : 1;
      for (let copy = 0; copy < copies; copy += 1)
        time.after(tape.pick(delaysMs), () => post(account, provider, one, 0));
    }
  }

  function anyAnswer(provider: ProviderName) {
    refs += 1;
    const hex = refs.toString(16).padStart(32, '0');
    const ref = provider === 'twilio-sms' ? `SM${hex}` : `wamid.${hex}`;
    const outcome = anyOutcome(ref);
    const exists = outcome.kind === 'accepted' || (outcome.kind === 'uncertain' && tape.chance(50));
    const afterMs = outcome.kind === 'uncertain' ? 4_500 : tape.pick(answersMs);
    return { outcome, exists, afterMs, ref };
  }

  function anyOutcome(ref: string): SendOutcome {
    const scope: Failure['scope'] = 'request';
    switch (tape.pick(['accepted', 'accepted', 'accepted', 'refused', 'uncertain'] as const)) {
      case 'accepted':
        return { kind: 'accepted', providerRef: tape.chance(10) ? null : ref };
      case 'refused':
        return { kind: 'refused', failure: { kind: tape.pick(refusals), scope, code: '1' } };
      case 'uncertain':
        return { kind: 'uncertain', failure: { kind: 'provider_timeout', scope } };
    }
  }

  function post(account: string, provider: ProviderName, report: Report, before: number): void {
    const again = (): void => {
      if (before < resends)
        time.after(1_000 * 2 ** before, () => post(account, provider, report, before + 1));
    };
    const machine = pickMachine();
    if (!machine) {
      again();
      return;
    }
    let settled = false;
    const settle = (next: () => void): void => {
      if (!settled) next();
      settled = true;
    };
    const path = `/webhooks/${provider}/${tenantId}/${account}`;
    const { query, headers, body } = written(provider, `${publicUrl}${path}`, report);
    const request = {
      method: 'POST',
      url: publicUrl + path + query,
      headers,
      query: Object.fromEntries(new URLSearchParams(query)),
      rawBody: body,
    };
    tell(`${provider} reports ${report.status} of ${report.attemptId.slice(-3)} to ${machine.name}`);
    machine.engine.webhook({ provider, tenantId, accountId: account }, request).then(
      (answer) => {
        if (answer.kind !== 'taken') throw new Error(`an authentic webhook was ${answer.kind}`);
        settle(() => onTaken({ attemptId: report.attemptId, status: report.status, at: time.now() }));
      },
      () => settle(again),
    );
    time.after(patienceMs, () => settle(again));
  }

  return {
    sender: (machine: () => Machine, account: string, provider: ProviderName): Sender => ({
      async send(message) {
        const { wire } = machine();
        const issuedAt = time.now();
        const [answer] = await wire.call(`a call to ${provider}`, [
          () => take(message, account, provider, issuedAt),
        ]);
        if (!answer) throw new Error('the provider gave no answer');
        await wire.sleep(answer.afterMs);
        return answer.outcome;
      },
      close: async () => undefined,
    }),
  };
}

/** Mail servers do not report that somebody read. */
const told = (provider: ProviderName, status: Report['status']): Report['status'] =>
  provider === 'smtp-email' && status === 'read' ? 'delivered' : status;

function written(provider: ProviderName, url: string, report: Report): WebhookCall {
  switch (provider) {
    case 'meta-whatsapp':
      return metaWebhook(secrets, [report]);
    case 'twilio-sms':
      return twilioWebhook(secrets, url, report);
    case 'smtp-email':
      return bounce(secrets.bounceToken, report);
  }
}
