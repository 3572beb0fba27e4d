import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import nodemailer from 'nodemailer';
import PostalMime from 'postal-mime';
import { mailBehaviours } from '../behaviour/mail-behaviours.ts';
import { type Stage, startStage } from '../testing/stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.close());

type Options = { readonly auth?: { user: string; pass: string }; readonly dsn?: object };

async function send(to: string, attempt: string, { auth, ...options }: Options = {}) {
  const transport = nodemailer.createTransport({
    host: '127.0.0.1',
    port: stage.simulator.smtp,
    socketTimeout: 3_000,
    ...(auth ? { auth } : {}),
  });
  const mail = {
    from: 'Acme <codes@acme.test>',
    to,
    subject: 'Your Acme code',
    text: 'Your code is 482 913. It is valid for 10 minutes.',
    html: '<p>Your code is <b>482 913</b>.</p>',
    messageId: `<${attempt}@acme.test>`,
    envelope: { from: `bounce+${attempt}@acme.test`, to },
    ...options,
  };
  try {
    return (await transport.sendMail(mail as Parameters<typeof transport.sendMail>[0])) as {
      response: string;
    };
  } finally {
    transport.close();
  }
}

describe('mailboxes', () => {
  it('take a mail, read it, and find the code', async () => {
    const { response } = await send('ok@example.test', 'att_ok');
    expect(response).toMatch(/^250 2\.0\.0 Ok/);
    expect(await stage.messages('attempt=att_ok')).toMatchObject([
      {
        channel: 'email',
        id: '<att_ok@acme.test>',
        code: '482913',
        content: { kind: 'email', subject: 'Your Acme code', html: expect.stringContaining('<b>') },
        arrivedAt: expect.any(String),
      },
    ]);
  });

  const refusals: [string, string, number][] = [
    ['bounce-550', 'EENVELOPE', 550],
    ['disabled-550', 'EENVELOPE', 550],
    ['full-452', 'EENVELOPE', 452],
    ['full-552', 'EENVELOPE', 552],
    ['busy-421', 'ECONNECTION', 421],
    ['policy-550', 'EENVELOPE', 550],
    ['reject-data', 'EMESSAGE', 554],
    ['defer-data', 'EMESSAGE', 451],
  ];

  it.each(refusals)('%s@ says no (%s %i)', async (name, code, responseCode) => {
    const attempt = `att_${name}`;
    await expect(send(`${name}@example.test`, attempt)).rejects.toMatchObject({
      code,
      responseCode,
      response: `${responseCode} ${mailBehaviours[name]!.refusal!.text}`,
    });
    expect(await stage.messages(`attempt=${attempt}`)).toEqual([]);
    expect((await stage.call('GET', `/_sim/calls?attempt=${attempt}`)).json.calls).toMatchObject([
      { provider: 'smtp', outcome: 'refused', status: responseCode, messageId: null },
    ]);
  });

  it('greylist@ refuses one mail and takes the next', async () => {
    await expect(send('greylist@example.test', 'att_grey')).rejects.toMatchObject({ responseCode: 451 });
    expect((await send('greylist@example.test', 'att_grey')).response).toMatch(/^250/);
  });

  it('drop-data@ cuts the connection and took nothing; lost-answer@ cuts it and did', async () => {
    await expect(send('drop-data@example.test', 'att_drop')).rejects.toThrow();
    await expect(send('lost-answer@example.test', 'att_lost')).rejects.toThrow();
    expect(await stage.messages('attempt=att_drop')).toEqual([]);
    expect(await stage.messages('attempt=att_lost')).toHaveLength(1);
    expect((await stage.call('GET', '/_sim/calls?attempt=att_drop')).json.calls).toMatchObject([
      { outcome: 'dropped', status: null },
    ]);
  });

  it('slow@ takes its time for every reply', async () => {
    const startedAt = Date.now();
    await send('slow@example.test', 'att_slow');
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(190);
  });

  it('every name of the table is tested here', () => {
    const elsewhere = [
      'ok',
      'greylist',
      'drop-data',
      'lost-answer',
      'slow',
      'dsn-bounce',
      'dsn-full',
      'dsn-delayed',
    ];
    expect([...refusals.map(([name]) => name), ...elsewhere].sort()).toEqual(
      Object.keys(mailBehaviours).sort(),
    );
  });
});

describe('bounces', () => {
  it.each([
    ['dsn-bounce', 'failed', '5.1.1'],
    ['dsn-full', 'failed', '5.2.2'],
    ['dsn-delayed', 'delayed', '4.4.1'],
  ])('%s@ sends a notice (%s, %s) to the envelope sender', async (name, action, status) => {
    const attempt = `att_${name}`;
    await stage.call('PUT', '/_sim/settings', { bounceWebhookUrl: `${stage.receiver.url}/bounces` });
    await send(`${name}@example.test`, attempt, {
      dsn: { id: 'env-1', return: 'headers', notify: ['failure', 'delay'] },
    });
    await stage.settled();
    const posted = stage.receiver.received.at(-1)!;
    expect(posted.headers).toMatchObject({
      'content-type': 'message/rfc822',
      'x-envelope-to': `bounce+${attempt}@acme.test`,
    });
    const mail = await PostalMime.parse(posted.body);
    const report = mail.attachments.find((part) => part.mimeType === 'message/delivery-status');
    const text =
      typeof report?.content === 'string' ? report.content : new TextDecoder().decode(report?.content);
    expect(text).toContain('Original-Envelope-Id: env-1');
    expect(text).toContain(`Final-Recipient: rfc822; ${name}@example.test`);
    expect(text).toContain(`Action: ${action}`);
    expect(text).toContain(`Status: ${status}`);
    expect((await stage.call('GET', `/_sim/bounces?attempt=${attempt}`)).json.bounces).toMatchObject([
      { action, status },
    ]);
    expect((await stage.messages(`attempt=${attempt}`))[0]?.arrivedAt).toBeNull();
  });

  it('NOTIFY=SUCCESS is answered with a delivery report, NOTIFY=NEVER with silence', async () => {
    await send('ok@example.test', 'att_success', {
      dsn: { id: 'e', return: 'headers', notify: ['success'] },
    });
    await send('dsn-bounce@example.test', 'att_never', {
      dsn: { id: 'e', return: 'headers', notify: ['never'] },
    });
    await stage.settled();
    const actions = async (attempt: string) =>
      (await stage.call('GET', `/_sim/bounces?attempt=${attempt}`)).json.bounces.map(
        (one: { action: string }) => one.action,
      );
    expect(await actions('att_success')).toEqual(['delivered']);
    expect(await actions('att_never')).toEqual([]);
  });
});

describe('the greeting', () => {
  it('comes late when it is told to', async () => {
    await stage.call('PUT', '/_sim/settings', { smtpGreetingAfterMs: 120 });
    const startedAt = Date.now();
    await send('ok@example.test', 'att_greeting');
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(115);
    await stage.call('PUT', '/_sim/settings', { smtpGreetingAfterMs: 0 });
  });

  it('is followed by STARTTLS only when that is switched on', async () => {
    const secured = await startStage({ SMTP_STARTTLS: 'true' });
    const offers = async (port: number) => {
      const transport = nodemailer.createTransport({
        host: '127.0.0.1',
        port,
        requireTLS: true,
        tls: { rejectUnauthorized: false },
      });
      return transport.verify().finally(() => transport.close());
    };
    await expect(offers(secured.simulator.smtp)).resolves.toBe(true);
    await expect(offers(stage.simulator.smtp)).rejects.toMatchObject({ code: 'ETLS' });
    await secured.close();
  });
});

describe('AUTH', () => {
  it('is free until there are accounts, then must match', async () => {
    await stage.call('PUT', '/_sim/accounts', { smtp: { acme: { password: 'right' } } });
    const login = (pass: string) => send('ok@example.test', 'att_auth', { auth: { user: 'acme', pass } });
    await expect(send('ok@example.test', 'att_auth')).rejects.toMatchObject({ responseCode: 530 });
    await expect(login('wrong')).rejects.toMatchObject({ code: 'EAUTH', responseCode: 535 });
    expect((await login('right')).response).toMatch(/^250/);
    await stage.call('PUT', '/_sim/accounts', { smtp: { acme: null } });
    expect((await send('ok@example.test', 'att_auth')).response).toMatch(/^250/);
  });
});
