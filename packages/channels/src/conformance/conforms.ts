import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { classOf, Secret } from '@otp-relay/core';
import fc from 'fast-check';
import type { OutboundMessage, Sender, SendOutcome, WebhookOutcome } from '../provider.ts';
import type { Behaviour, Double, Rig } from './rig.ts';

export const attemptId = 'att_01jd3x5k8w2m9q7r4t6v8y0abc_2_1';
const code = '483920';

export const messageTo = (to: string, more: Partial<OutboundMessage> = {}): OutboundMessage => ({
  attemptId,
  tenantId: 'acme',
  to,
  code: new Secret(code),
  locale: 'en-US',
  purpose: 'auth',
  brand: 'Example',
  lifeMs: 300_000,
  text: { text: `${code} is your Example code.`, subject: 'Your Example code', html: `<b>${code}</b>` },
  callbackUrl: 'https://relay.example.com/webhooks/p/acme/main',
  ...more,
});

/** The suite every provider passes. */
export function conforms<A>(name: string, rig: Rig<A>): void {
  describe(`${name} conforms`, () => {
    let double: Double;
    let account: A;
    let sender: Sender;

    beforeAll(async () => {
      double = await rig.startDouble();
      account = parsed(rig, double.port);
      sender = rig.provider.open(account);
    });
    afterAll(async () => {
      await sender.close();
      await double.close();
    });

    const sendTo = async (behaviour: Behaviour): Promise<SendOutcome> => {
      double.behave(behaviour);
      const outcome = await sender.send(messageTo(rig.to));
      showsNothing(rig, outcome);
      return outcome;
    };

    it('accepts', async () => {
      expect(await sendTo('accept')).toMatchObject({ kind: 'accepted' });
    });

    it('gives a refusal back as a mapped failure', async () => {
      const outcome = await sendTo('refuse');
      expect(outcome.kind).toBe('refused');
      if (outcome.kind === 'accepted') return;
      expect(outcome.failure.kind).not.toBe('unknown');
      expect(outcome.failure.code).toBeDefined();
    });

    it('is uncertain within 5 s when the far side takes the message and falls silent', async () => {
      const startedAt = performance.now();
      const outcome = await sendTo('hang');
      expect(outcome).toMatchObject({ kind: 'uncertain', failure: { kind: 'provider_timeout' } });
      expect(performance.now() - startedAt).toBeLessThan(5_000);
    });

    it('is uncertain when the connection breaks after the message was written', async () => {
      expect(await sendTo('drop')).toMatchObject({
        kind: 'uncertain',
        failure: { kind: 'connection_lost' },
      });
    });

    it('is uncertain when the answer is garbage', async () => {
      expect(await sendTo('garbage')).toMatchObject({
        kind: 'uncertain',
        failure: { kind: 'unreadable_answer' },
      });
    });

    it('accepts again after all that', async () => {
      expect(await sendTo('accept')).toMatchObject({ kind: 'accepted' });
    });

    it('gives up at once when told to', async () => {
      double.behave('hang');
      const controller = new AbortController();
      const taken = double.taken();
      const sending = sender.send(messageTo(rig.to, { signal: controller.signal }));
      await taken;
      controller.abort();
      expect((await sending).kind).toBe('uncertain');
    });

    it('knows that a refused connection sent nothing', async () => {
      const closed = rig.provider.open(parsed(rig, 1));
      const outcome = await closed.send(messageTo(rig.to));
      await closed.close();
      showsNothing(rig, outcome);
      expect(outcome).toMatchObject({ kind: 'refused', failure: { kind: 'connect_failed' } });
      if (outcome.kind !== 'accepted') expect(classOf(outcome.failure)).toBe('transient');
    });

    it('shows no secret of its account', () => {
      for (const shown of [account, sender]) {
        const text = inspect(shown, { depth: 9, showHidden: true }) + JSON.stringify(shown);
        for (const secret of rig.secrets) expect(text).not.toContain(secret);
      }
    });
  });

  describe(`${name} conforms: accounts`, () => {
    it.each(rig.required)('names %s when it is missing', (path) => {
      const { settings, credentials } = structuredClone(rig.account(1));
      const input = { settings, credentials };
      const keys = path.split('.');
      const last = keys.pop() ?? '';
      const owner = keys.reduce<Record<string, unknown>>((at, key) => at[key] as never, input);
      delete owner[last];
      const result = rig.provider.parseAccount(input);
      expect(result.ok).toBe(false);
      if (result.ok) return;
      expect(result.problems).toContainEqual({ path, problem: expect.any(String), fix: expect.any(String) });
    });

    it('names an unknown field, and never repeats a value', () => {
      const { settings, credentials } = rig.account(1);
      const result = rig.provider.parseAccount({
        settings: { ...(settings as object), colour: 'hidden-value' },
        credentials: Object.fromEntries(
          Object.keys(credentials as object).map((key) => [key, ' hidden value']),
        ),
      });
      expect(result.ok).toBe(false);
      if (result.ok) return;
      expect(result.problems.map(({ path }) => path)).toContain('settings.colour');
      expect(JSON.stringify(result.problems)).not.toContain('hidden');
    });

    it.each([[undefined], [null], ['text'], [[]], [{ settings: 1 }]])('survives %j', (input) => {
      expect(rig.provider.parseAccount({ settings: input, credentials: input }).ok).toBe(false);
    });
  });

  describe(`${name} conforms: webhook`, () => {
    const account = parsed(rig, 1);
    const { provider } = rig;
    const call = (body: Uint8Array): WebhookOutcome => provider.webhook(rig.authentic(body), account);

    it('reads one report, with a key that is the same for every copy', () => {
      const [first, second] = [call(rig.report), call(rig.report)];
      expect(first).toEqual(second);
      if (first.kind !== 'receipts') throw new Error(`a report was ${first.kind}`);
      expect(first.receipts).toHaveLength(1);
      expect(first.receipts[0]?.attemptId).toBe(attemptId);
      expect(first.receipts[0]?.dedupKey).toMatch(/^[\w-]{27}$/);
    });

    it('keeps no address, code or name', () => {
      const shown = JSON.stringify(call(rig.report), (key, value) =>
        ['at', 'dedupKey', 'attemptId'].includes(key) ? undefined : value,
      );
      expect(shown).not.toMatch(/\d{7,}|@|Test Name|483920/);
    });

    it('refuses every prefix, suffix, extension and absence of the proof', () => {
      const authentic = rig.authentic(rig.report);
      const proof = String(authentic.headers[rig.proof]);
      const forgeries: (string | string[] | undefined)[] = [undefined, '', [proof], [proof, proof]];
      for (let at = 1; at < proof.length; at++) forgeries.push(proof.slice(0, at), proof.slice(at));
      forgeries.push(`${proof}0`, `${proof} `, ` ${proof}`, `0${proof}`, proof + proof, `${proof}\0`);
      for (const forged of forgeries) {
        const outcome = provider.webhook(
          { ...authentic, headers: { ...authentic.headers, [rig.proof]: forged } },
          account,
        );
        expect(outcome).toMatchObject({ kind: 'refused', status: 401 });
      }
    });

    it('refuses everything when its secrets are empty', () => {
      const bare = rig.withoutSecrets(account);
      expect(provider.webhook(rig.authentic(rig.report), bare)).toMatchObject({ status: 401 });
      const authentic = rig.authentic(rig.report);
      for (const forged of ['', 'Bearer ', 'Bearer', 'sha256=']) {
        const headers = { ...authentic.headers, [rig.proof]: forged };
        expect(provider.webhook({ ...authentic, headers }, bare)).toMatchObject({ status: 401 });
      }
    });

    it('refuses a body over 3 MB before looking at it', () => {
      const body = new Uint8Array(3 * 1024 * 1024 + 1);
      expect(provider.webhook({ ...rig.authentic(rig.report), rawBody: body }, account)).toMatchObject({
        status: 413,
      });
    });

    it('never throws: 1,000 arbitrary bodies, authentic', () => {
      const mutated = fc
        .tuple(fc.nat(rig.report.length), fc.nat(40), fc.uint8Array({ maxLength: 40 }))
        .map(([at, cut, insert]) =>
          Uint8Array.from([...rig.report.slice(0, at), ...insert, ...rig.report.slice(at + cut)]),
        );
      const json = fc.json({ maxDepth: 6 }).map((text) => Buffer.from(text));
      const bodies = fc.oneof(fc.uint8Array({ maxLength: 400 }), mutated, json);
      fc.assert(
        fc.property(bodies, (body) => {
          expect(['receipts', 'refused']).toContain(call(body).kind);
        }),
        { numRuns: 1_000 },
      );
    });

    it('never throws: arbitrary methods, URLs and headers', () => {
      const request = fc.record({
        method: fc.constantFrom('GET', 'POST', 'PUT', ''),
        url: fc.oneof(fc.string(), fc.webUrl({ withQueryParameters: true })),
        headers: fc.dictionary(
          fc.constantFrom(rig.proof, 'content-type'),
          fc.oneof(fc.string(), fc.array(fc.string())),
        ),
        query: fc.dictionary(fc.string(), fc.string()),
        rawBody: fc.uint8Array(),
      });
      fc.assert(
        fc.property(request, (one) => {
          expect(provider.webhook(one, account).kind).toBe('refused');
        }),
        { numRuns: 500 },
      );
    });
  });
}

function parsed<A>(rig: Rig<A>, port: number): A {
  const result = rig.provider.parseAccount(rig.account(port));
  if (!result.ok) throw new Error(inspect(result.problems));
  return result.account;
}

function showsNothing<A>(rig: Rig<A>, outcome: SendOutcome): void {
  const text = inspect(outcome, { depth: 9 }) + JSON.stringify(outcome);
  for (const secret of [...rig.secrets, code, rig.to, rig.to.replace('+', '')]) {
    expect(text).not.toContain(secret);
  }
}
