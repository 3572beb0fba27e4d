import { Script } from 'node:vm';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Stage, startStage } from '../testing/stage.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await startStage();
});
afterEach(() => stage.close());

const to = '+4915112345678';

describe('GET /_sim/messages', () => {
  it('waits for what is asked for, and gives up in time', async () => {
    const waiting = stage.messages(`to=${encodeURIComponent(to)}&arrived=true&count=2&waitMs=3000`);
    await stage.sendWhatsApp(to);
    await stage.sendSms(to);
    expect((await waiting).map((message) => message.channel)).toEqual(['whatsapp', 'sms']);
    expect(await stage.messages('to=%2B4915100000000&waitMs=20')).toEqual([]);
  });

  it('pages forward by seq and filters by channel, provider and instant', async () => {
    for (const index of [1, 2, 3]) {
      await stage.sendWhatsApp(to, { biz_opaque_callback_data: `att_${index}` });
    }
    await stage.sendSms(to);
    const seqs = async (query: string) => (await stage.messages(query)).map((message) => message.seq);
    expect(await seqs('after=0&limit=2')).toEqual([1, 2]);
    expect(await seqs('after=2&limit=2')).toEqual([3, 4]);
    expect(await seqs('limit=2')).toEqual([3, 4]);
    expect(await seqs('channel=sms')).toEqual([4]);
    expect(await seqs('provider=meta')).toEqual([1, 2, 3]);
    expect(await seqs(`after=${new Date(Date.now() + 60_000).toISOString()}`)).toEqual([]);
  });

  it('says what is wrong with a query', async () => {
    const answer = await stage.call('GET', '/_sim/messages?channel=pigeon&when=now');
    expect(answer.status).toBe(400);
    expect(answer.json.error).toContain('channel');
  });

  it('remembers no more than it is told to', async () => {
    await stage.call('PUT', '/_sim/settings', { keep: 5, metaPairLimit: false });
    for (let index = 0; index < 12; index += 1) {
      await stage.sendWhatsApp(to, { biz_opaque_callback_data: `att_${index}` });
    }
    expect((await stage.messages(`to=${encodeURIComponent(to)}`)).map((message) => message.seq)).toEqual([
      8, 9, 10, 11, 12,
    ]);
    expect(await stage.messages('attempt=att_0')).toEqual([]);
    expect((await stage.call('GET', '/_sim/calls')).json.calls).toHaveLength(5);
    expect((await stage.call('GET', '/_sim/calls/repeated?calls=1')).json.attempts).toBe(5);
  });
});

describe('GET /_sim/messages/stream', () => {
  it('tells of new messages and of every change', async () => {
    const stop = new AbortController();
    const stream = await fetch(`${stage.simulator.http}/_sim/messages/stream`, { signal: stop.signal });
    expect(stream.headers.get('content-type')).toBe('text/event-stream');
    await stage.sendWhatsApp(to);
    const events = readEvents(stream);
    for await (const messages of events) {
      if (messages.some((message) => message.status === 'delivered')) {
        expect(messages[0]).toMatchObject({ to, code: '482913' });
        break;
      }
    }
    stop.abort();
  });
});

describe('GET /_sim/calls', () => {
  it('counts per attempt and finds those repeated', async () => {
    const call = (mm: string, attempt: string) =>
      stage.sendWhatsApp(`+1202555${mm}00`, { biz_opaque_callback_data: attempt });
    await call('00', 'att_once');
    await call('00', 'att_twice');
    await call('00', 'att_twice');
    await call('12', 'att_retried');
    await call('12', 'att_retried');
    const { repeated, attempts } = (await stage.call('GET', '/_sim/calls/repeated')).json;
    expect(attempts).toBe(3);
    expect(repeated).toEqual([
      { attemptId: 'att_twice', calls: 2, created: 2 },
      { attemptId: 'att_retried', calls: 2, created: 1 },
    ]);
    const doubled = (await stage.call('GET', '/_sim/calls/repeated?created=2')).json.repeated;
    expect(doubled.map((one: { attemptId: string }) => one.attemptId)).toEqual(['att_twice']);
  });
});

describe('POST /_sim/script', () => {
  it('plays a written sequence for the next calls only', async () => {
    const script = await stage.call('POST', '/_sim/script', {
      provider: 'meta',
      times: 1,
      receipts: [
        { status: 'sent', afterMs: 1, copies: 2 },
        { status: 'failed', afterMs: 10, error: 131049 },
      ],
    });
    expect(script.status).toBe(200);
    await stage.sendWhatsApp(to, { biz_opaque_callback_data: 'att_scripted' });
    await stage.sendWhatsApp(to, { biz_opaque_callback_data: 'att_after' });
    await stage.settled();
    const statuses = async (attempt: string) =>
      (await stage.messages(`attempt=${attempt}`))[0]!.receipts.map((receipt) => receipt.status);
    expect(await statuses('att_scripted')).toEqual(['sent', 'sent', 'failed']);
    expect(await statuses('att_after')).toEqual(['sent', 'delivered']);
  });

  it('plays a row of the table for one recipient until it is dropped', async () => {
    const { id } = (
      await stage.call('POST', '/_sim/script', { provider: 'twilio', to, behaviour: 'opted-out' })
    ).json;
    expect((await stage.sendSms(to)).json.code).toBe(21610);
    expect((await stage.sendSms('+4915100000000')).status).toBe(201);
    expect((await stage.sendSms(to)).json.code).toBe(21610);
    expect((await stage.call('GET', '/_sim/script')).json.twilio).toHaveLength(1);
    await stage.call('DELETE', `/_sim/script/${id}`);
    expect((await stage.sendSms(to)).status).toBe(201);
  });

  it('refuses a row that does not exist', async () => {
    const answer = await stage.call('POST', '/_sim/script', { provider: 'smtp', behaviour: 'explode' });
    expect([answer.status, answer.json.error]).toEqual([400, expect.stringContaining('explode')]);
  });
});

describe('settings and reset', () => {
  it('changes only what is named, and refuses what it does not know', async () => {
    const { json } = await stage.call('PUT', '/_sim/settings', { latencyMs: 7 });
    expect(json).toMatchObject({ latencyMs: 7, sentAfterMs: 5 });
    expect((await stage.call('PUT', '/_sim/settings', { latency: 7 })).status).toBe(400);
  });

  it('forgets messages, calls, scripts and pending receipts; the rest only when asked', async () => {
    await stage.call('PUT', '/_sim/settings', { deliveredAfterMs: 60_000 });
    await stage.call('PUT', '/_sim/accounts', { meta: { 106540352242922: {} } });
    await stage.call('POST', '/_sim/script', { provider: 'meta', to, behaviour: '01' });
    await stage.sendWhatsApp('+12025550000');
    await stage.messages('attempt=att_1&waitMs=1000');
    expect((await stage.call('POST', '/_sim/reset', {})).json.dropped).toBeGreaterThanOrEqual(1);
    expect(await stage.messages('')).toEqual([]);
    expect((await stage.call('GET', '/_sim/calls')).json).toMatchObject({ calls: [], total: 0 });
    expect((await stage.call('GET', '/_sim/script')).json.meta).toEqual([]);
    expect((await stage.call('GET', '/_sim/settings')).json.deliveredAfterMs).toBe(60_000);
    await stage.call('POST', '/_sim/reset', { settings: true, accounts: true });
    expect((await stage.call('GET', '/_sim/settings')).json.deliveredAfterMs).toBe(150);
    expect((await stage.call('GET', '/_sim/accounts')).json.meta).toEqual({});
  });

  it('adds latency to every answer', async () => {
    await stage.call('PUT', '/_sim/settings', { latencyMs: 80 });
    const startedAt = Date.now();
    await stage.sendWhatsApp('+12025551000');
    await stage.sendWhatsApp(to);
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(155);
  });
});

describe('pages', () => {
  it('serves the inbox without anything from elsewhere, and the tables as JSON and Markdown', async () => {
    const page = await stage.call('GET', '/');
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(page.text).not.toMatch(/(?:src|href)="https?:|@import|url\(https?:/);
    const script = /<script type="module">([\s\S]*)<\/script>/.exec(page.text)?.[1] ?? '';
    expect(() => new Script(script)).not.toThrow();
    expect(script.length).toBeGreaterThan(5_000);
    expect((await stage.call('GET', '/_sim/behaviours')).json.meta[1]).toMatchObject({
      key: '01',
      name: 'not-on-whatsapp',
    });
    expect((await stage.call('GET', '/_sim/behaviours.md')).text).toContain('| 01 | not-on-whatsapp |');
  });
});

type Shown = { to: string; status: string };

async function* readEvents(response: Response): AsyncGenerator<Shown[]> {
  let text = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const events = text.split('\n\n');
    text = events.pop() ?? '';
    for (const event of events) {
      if (event.startsWith('data: ')) {
        yield JSON.parse(event.slice(6)) as Shown[];
      }
    }
  }
}
