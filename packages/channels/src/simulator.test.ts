import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { messageTo } from './conformance/conforms.ts';
import { metaInput } from './conformance/meta-whatsapp.ts';
import { type SimulatorProcess, startSimulator, startWebhook, Until } from './conformance/simulator.ts';
import { bounceCall, smtpInput } from './conformance/smtp-email.ts';
import { twilioInput } from './conformance/twilio-sms.ts';
import type { AccountInput, Notice, Provider, Receipt, SendOutcome } from './provider.ts';
import { shelf } from './shelf.ts';

/** What happened to one message: `kind:failure` of the call, then every report once, in any order. */
type Story = readonly [call: string, ...reports: string[]];

const whatsapp: Readonly<Record<string, Story>> = {
  '00': ['accepted', 'sent', 'delivered'],
  '01': ['accepted', 'failed:not_on_whatsapp'],
  '02': ['accepted', 'sent'],
  '03': ['accepted', 'sent', 'read'],
  '04': ['accepted', 'sent', 'delivered'],
  '05': ['accepted', 'sent', 'delivered'],
  '06': ['accepted', 'sent', 'failed:provider_unavailable', 'delivered'],
  '07': ['accepted', 'sent', 'delivered'],
  '08': ['uncertain:provider_timeout', 'sent', 'delivered'],
  '09': ['uncertain:provider_timeout'],
  '10': ['refused:provider_unavailable'],
  '11': ['refused:provider_unavailable'],
  '12': ['refused:rate_limited'],
  '13': ['refused:template_paused'],
  '14': ['refused:auth_failed'],
  '15': ['uncertain:unreadable_answer'],
  '16': ['uncertain:connection_lost'],
  '17': ['accepted'],
  '18': ['accepted', 'failed:insufficient_funds'],
  '19': ['accepted', 'failed:country_restricted'],
  '20': ['accepted', 'failed:unknown'],
  '21': ['uncertain:connection_lost', 'sent', 'delivered'],
  '22': ['uncertain:unreadable_answer', 'sent', 'delivered'],
  '23': ['accepted'],
  '24': ['accepted', 'sent', 'delivered'],
  '26': ['accepted', 'sent', 'delivered', 'read'],
  '27': ['accepted'],
  '28': ['accepted', 'failed:recipient_blocked'],
  '29': ['refused:rate_limited'],
  '30': ['refused:sender_unavailable'],
  '31': ['refused:account_restricted'],
  '33': ['refused:rate_limited'],
  '34': ['refused:provider_unavailable'],
  '35': ['refused:unknown'],
  '36': ['accepted', 'failed:not_on_whatsapp'],
  '37': ['accepted', 'failed:recipient_blocked'],
};

const sms: Readonly<Record<string, Story>> = {
  '00': ['accepted', 'sent', 'delivered'],
  '01': ['accepted', 'sent', 'failed:unreachable'],
  '02': ['accepted', 'sent'],
  '03': ['refused:invalid_number'],
  '04': ['refused:landline'],
  '05': ['accepted', 'sent', 'delivered'],
  '06': ['accepted', 'failed:suspected_fraud'],
  '07': ['accepted', 'sent', 'delivered'],
  '08': ['uncertain:provider_timeout', 'sent', 'delivered'],
  '09': ['uncertain:provider_timeout'],
  '10': ['uncertain:unreadable_answer'],
  '11': ['refused:rate_limited'],
  '12': ['refused:unsubscribed'],
  '13': ['accepted', 'sent', 'failed:carrier_filtered'],
  '14': ['refused:auth_failed'],
  '15': ['uncertain:unreadable_answer'],
  '16': ['uncertain:connection_lost'],
  '17': ['accepted', 'sent', 'delivered'],
  '18': ['accepted', 'sent', 'failed:landline'],
  '19': ['refused:country_restricted'],
  '20': ['accepted', 'sent', 'failed:unknown'],
  '21': ['uncertain:connection_lost', 'sent', 'delivered'],
  '22': ['uncertain:unreadable_answer', 'sent', 'delivered'],
  '23': ['uncertain:unreadable_answer', 'sent', 'delivered'],
  '24': ['accepted', 'sent', 'failed:unreachable'],
  '27': ['accepted'],
  '28': ['accepted', 'failed:message_expired'],
  '29': ['accepted', 'sent', 'failed:provider_unavailable'],
  '30': ['accepted', 'failed:account_restricted'],
  '31': ['accepted', 'failed:sender_not_approved'],
  '32': ['refused:sender_not_approved'],
  '33': ['refused:rate_limited'],
  '34': ['refused:provider_unavailable'],
  '35': ['refused:unknown'],
  '37': ['accepted', 'sent', 'failed:unreachable', 'delivered'],
  '38': ['refused:suspected_fraud'],
};

const email: Readonly<Record<string, Story>> = {
  ok: ['accepted', 'delivered'],
  'bounce-550': ['refused:invalid_mailbox'],
  'disabled-550': ['refused:mail_refused'],
  'full-452': ['refused:mailbox_full'],
  'full-552': ['refused:mailbox_full'],
  greylist: ['refused:greylisted'],
  'busy-421': ['refused:provider_unavailable'],
  'policy-550': ['refused:mail_refused'],
  'reject-data': ['refused:mail_refused'],
  'defer-data': ['refused:provider_unavailable'],
  'drop-data': ['uncertain:connection_lost'],
  'lost-answer': ['uncertain:connection_lost', 'delivered'],
  'dsn-bounce': ['accepted', 'failed:invalid_mailbox'],
  'dsn-full': ['accepted', 'failed:mailbox_full'],
  'dsn-delayed': ['accepted'],
};

const attemptOf = (step: number): string => `att_01jd3x5k8w2m9q7r4t6v8y0abc_${step}_1`;
const labelOf = (outcome: SendOutcome): string =>
  outcome.kind === 'accepted' ? 'accepted' : `${outcome.kind}:${outcome.failure.kind}`;

describe('against the simulator', () => {
  let simulator: SimulatorProcess;
  let webhook: Awaited<ReturnType<typeof startWebhook>>;
  const until = new Until();
  const receipts: Receipt[] = [];
  const notices: Notice[] = [];
  const refusals: string[] = [];
  const accounts = new Map<string, { provider: Provider; account: unknown }>();

  const open = (provider: Provider, input: AccountInput): unknown => {
    const parsed = provider.parseAccount(input);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
    accounts.set(provider.name, { provider, account: parsed.account });
    return parsed.account;
  };

  beforeAll(async () => {
    simulator = await startSimulator();
    webhook = await startWebhook((request) => {
      const known = accounts.get(new URL(request.url).pathname.slice(1));
      // The simulator posts a bounce bare; presenting the token is the pipe's part.
      const call = known?.provider.channel === 'email' ? bounceCall(request.rawBody) : request;
      const outcome = known?.provider.webhook(call, known.account);
      if (outcome?.kind === 'receipts') {
        receipts.push(...outcome.receipts);
        notices.push(...outcome.notices);
      } else refusals.push(JSON.stringify(outcome));
      until.happened();
    });
    await simulator.control('PUT', '/_sim/settings', {
      ...{ sentAfterMs: 5, deliveredAfterMs: 20, readAfterMs: 40, lateAfterMs: 60, bounceAfterMs: 5 },
      metaThroughputPerSecond: 0,
      bounceWebhookUrl: `${webhook.url}/smtp-email`,
    });
    await simulator.control('PUT', '/_sim/accounts', {
      meta: {
        '106540352242922': {
          accessToken: 'EAAJB-access-token',
          appSecret: 'app-secret-0123',
          wabaId: '102290129340398',
          webhookUrl: `${webhook.url}/meta-whatsapp`,
        },
      },
      twilio: { ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa: { authToken: 'auth-token-0123456789' } },
    });
  });
  afterAll(async () => {
    await simulator.stop();
    await webhook.close();
  });

  /** Sends one message per story at once and waits for every report. */
  async function play(
    provider: Provider,
    account: unknown,
    stories: Readonly<Record<string, Story>>,
    to: (name: string) => string,
    firstStep: number,
  ): Promise<Readonly<Record<string, Story>>> {
    const sender = provider.open(account);
    const callbackUrl = `${webhook.url}/${provider.name}`;
    const names = Object.keys(stories);
    const calls = await Promise.all(
      names.map((name, at) =>
        sender.send(messageTo(to(name), { attemptId: attemptOf(firstStep + at), callbackUrl })),
      ),
    );
    await sender.close();
    const reportsOf = (at: number): string[] => {
      const own = receipts.filter(({ attemptId }) => attemptId === attemptOf(firstStep + at));
      const once = new Map(own.map((receipt) => [receipt.dedupKey, receipt]));
      return [...once.values()].map(({ status, failure }) =>
        failure ? `${status}:${failure.kind}` : status,
      );
    };
    const played = () =>
      Object.fromEntries(names.map((name, at) => [name, [labelOf(calls[at]!), ...reportsOf(at)] as const]));
    const total = (all: Readonly<Record<string, Story>>) => Object.values(all).flat().length;
    await until.holds(
      () => total(played()) >= total(stories),
      () => JSON.stringify(played()),
    );
    return played();
  }

  const sorted = (stories: Readonly<Record<string, Story>>) =>
    Object.fromEntries(
      Object.entries(stories).map(([name, [call, ...rest]]) => [name, [call, ...rest.sort()]]),
    );

  it('plays every WhatsApp behaviour', async () => {
    const account = open(shelf['meta-whatsapp'], metaInput(simulator.httpPort, ['en_US']));
    const played = await play(shelf['meta-whatsapp'], account, whatsapp, (mm) => `+1415555${mm}00`, 0);
    expect(sorted(played)).toEqual(sorted(whatsapp));
    await until.holds(
      () => notices.length > 0,
      () => 'no notice',
    );
    expect(notices).toMatchObject([{ type: 'did_not_request_code', attemptRef: expect.any(String) }]);
    expect(refusals).toEqual([]);
  });

  it('plays every SMS behaviour', async () => {
    const account = open(shelf['twilio-sms'], twilioInput(simulator.httpPort));
    const played = await play(shelf['twilio-sms'], account, sms, (tt) => `+141555500${tt}`, 100);
    expect(sorted(played)).toEqual(sorted(sms));
    expect(refusals).toEqual([]);
  });

  it('plays every mail behaviour', async () => {
    const account = open(shelf['smtp-email'], smtpInput(simulator.smtpPort, { maxConnections: 20 }));
    const played = await play(shelf['smtp-email'], account, email, (name) => `${name}@example.org`, 200);
    expect(sorted(played)).toEqual(sorted(email));
  });

  it('falls to the next language when the template does not exist in the first', async () => {
    const provider = shelf['meta-whatsapp'];
    const account = open(provider, metaInput(simulator.httpPort, ['xx', 'en_US']));
    const sender = provider.open(account);
    const outcome = await sender.send(messageTo('+14155550000', { attemptId: attemptOf(300), locale: 'xx' }));
    await sender.close();
    expect(outcome).toMatchObject({ kind: 'accepted', note: 'sent in en_US: no template in xx' });
  });
});
