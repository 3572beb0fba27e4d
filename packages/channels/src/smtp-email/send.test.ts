import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { attemptId, messageTo } from '../conformance/conforms.ts';
import { selfSigned } from '../conformance/self-signed.ts';
import { type SmtpDouble, startSmtpDouble } from '../conformance/smtp-double.ts';
import { smtpInput } from '../conformance/smtp-email.ts';
import type { AccountInput, OutboundMessage, Sender, SendOutcome } from '../provider.ts';
import { smtpEmail } from './index.ts';

const message = (more: Partial<OutboundMessage> = {}) => messageTo('ada@example.org', more);

function openWith(input: AccountInput): Sender {
  const parsed = smtpEmail.parseAccount(input);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return smtpEmail.open(parsed.account);
}

interface Received {
  readonly mail: string;
  readonly from: unknown;
  readonly to: unknown;
  readonly secure: boolean;
  readonly user: unknown;
}

describe('smtp-email send, to a real server', () => {
  const open: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of open.splice(0).reverse()) await close();
  });

  /** A server that keeps what it receives, DSN offered. */
  async function listen(options: SMTPServerOptions = {}): Promise<{ port: number; mails: Received[] }> {
    const mails: Received[] = [];
    const server = new SMTPServer({
      hideDSN: false,
      hideENHANCEDSTATUSCODES: false,
      allowInsecureAuth: true,
      logger: false,
      onAuth: ({ username, password }, _session, done) =>
        password === 'smtp-password' ? done(null, { user: username }) : done(new Error('Invalid login')),
      onData: (stream, { envelope, secure, user }, done) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk) => chunks.push(chunk));
        stream.on('end', () => {
          const mail = Buffer.concat(chunks).toString('utf8');
          mails.push({ mail, from: envelope.mailFrom, to: envelope.rcptTo, secure, user });
          done(null, 'queued as ABC123');
        });
      },
      ...options,
    });
    server.on('error', () => undefined);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    open.push(() => new Promise((resolve) => server.close(() => resolve(undefined))));
    return { port: (server.server.address() as AddressInfo).port, mails };
  }
  async function sendThrough(input: AccountInput, more: Partial<OutboundMessage> = {}): Promise<SendOutcome> {
    const sender = openWith(input);
    open.push(() => sender.close());
    return sender.send(message(more));
  }

  it('sends one mail with text and HTML, found again by its id, return path and envelope id', async () => {
    const { port, mails } = await listen();
    const settings = { origin: 'https://example.com' };
    expect(await sendThrough(smtpInput(port, settings))).toEqual({ kind: 'accepted', providerRef: 'ABC123' });
    const [{ mail, from, to, user }] = mails as [Received];
    expect(from).toMatchObject({
      address: `bounce+${attemptId}@bounces.example.com`,
      args: { RET: 'HDRS', ENVID: attemptId },
    });
    expect(to).toMatchObject([
      {
        address: 'ada@example.org',
        args: { NOTIFY: 'SUCCESS,FAILURE,DELAY', ORCPT: 'rfc822;ada@example.org' },
      },
    ]);
    expect(user).toBe('relay');
    const head = mail.slice(0, mail.indexOf('\r\n\r\n')).replace(/\r\n[ \t]+/g, ' ');
    expect(head).toContain(`Message-ID: <${attemptId}@example.com>`);
    expect(head).toContain('From: Example <no-reply@example.com>');
    expect(head).toContain('To: ada@example.org');
    expect(head).toContain('Subject: Your Example code');
    expect(head).toContain('OTP-Token: "483920"; origin="https://example.com"');
    expect(head).toContain('Auto-Submitted: auto-generated');
    expect(head).toContain('multipart/alternative');
    expect(mail).toContain('483920 is your Example code.');
    expect(mail).toContain('<b>483920</b>');
  });

  it('without a bounce domain keeps its own return path and asks for bad news only', async () => {
    const { port, mails } = await listen();
    await sendThrough(smtpInput(port, { bounceDomain: undefined }));
    expect(mails).toMatchObject([
      { from: { address: 'no-reply@example.com' }, to: [{ args: { NOTIFY: 'FAILURE' } }] },
    ]);
    expect(mails[0]?.mail).not.toContain('OTP-Token');
  });

  it('never shows the code in the subject', async () => {
    const { port, mails } = await listen();
    await sendThrough(smtpInput(port), { text: { text: '483920', subject: '483920 is your code' } });
    expect(mails[0]?.mail).toContain('Subject: Example\r\n');
  });

  it.each([
    'a@example.org, b@example.org',
    'a@example.org\r\nBcc: b@example.org',
    'A <a@example.org>',
    'a',
    '',
  ])('refuses %j: exactly one mailbox', async (to) => {
    const { port, mails } = await listen();
    expect(await sendThrough(smtpInput(port), { to })).toMatchObject({
      kind: 'refused',
      failure: { kind: 'invalid_mailbox' },
    });
    expect(mails).toHaveLength(0);
  });

  it('refuses wrong credentials as a matter of the account', async () => {
    const { port } = await listen();
    const { settings, credentials } = smtpInput(port);
    const wrong = { settings, credentials: { ...(credentials as object), password: 'wrong-password' } };
    const outcome = await sendThrough(wrong);
    expect(outcome).toMatchObject({ kind: 'refused', failure: { kind: 'auth_failed', scope: 'account' } });
    expect(JSON.stringify(outcome)).not.toContain('wrong-password');
  });

  it.each([
    ['starttls', false],
    ['tls', true],
  ] as const)('speaks %s, with a certificate it knows and no other', async (security, secure) => {
    const own = selfSigned();
    const { port, mails } = await listen({ ...own, secure });
    expect(await sendThrough(smtpInput(port, { security }))).toMatchObject({
      kind: 'refused',
      failure: { kind: 'connect_failed' },
    });
    expect(mails).toHaveLength(0);
    const trusting = smtpInput(port, { security, ca: own.cert });
    expect(await sendThrough(trusting)).toMatchObject({ kind: 'accepted' });
    expect(mails).toMatchObject([{ secure: true, user: 'relay' }]);
  });

  it('says nothing to a server without STARTTLS', async () => {
    const { port, mails } = await listen({ disabledCommands: ['STARTTLS'] });
    expect(await sendThrough(smtpInput(port, { security: 'starttls' }))).toMatchObject({
      kind: 'refused',
      failure: { kind: 'not_permitted', scope: 'account' },
    });
    expect(mails).toHaveLength(0);
  });
});

describe('smtp-email send, to a server that misbehaves', () => {
  let double: SmtpDouble;
  let sender: Sender;
  beforeAll(async () => {
    double = await startSmtpDouble();
  });
  beforeEach(() => {
    sender = openWith({ ...smtpInput(double.port), credentials: {} });
  });
  afterEach(() => sender.close());
  afterAll(() => double.close());

  it.each([
    [{ 'RCPT TO': '550 5.1.1 no such user' }, 'invalid_mailbox', '5.1.1'],
    [{ 'RCPT TO': '550 no such user' }, 'invalid_mailbox', '550'],
    [{ 'RCPT TO': '451 4.7.1 Greylisted, come back in 5 minutes' }, 'greylisted', '4.7.1'],
    [{ 'RCPT TO': '452 4.2.2 over quota' }, 'mailbox_full', '4.2.2'],
    [{ 'RCPT TO': '450 4.9.9 something new' }, 'greylisted', '4.9.9'],
    [{ 'RCPT TO': '550 5.9.9 something new' }, 'invalid_mailbox', '5.9.9'],
    [{ 'MAIL FROM': '550 5.7.1 sender rejected' }, 'sender_not_approved', '5.7.1'],
    [{ 'MAIL FROM': '530 5.7.0 Authentication required' }, 'auth_failed', '5.7.0'],
    [{ DATA: '421 4.3.2 shutting down' }, 'provider_unavailable', '4.3.2'],
    [{ '.': '554 5.7.1 looks like spam' }, 'mail_refused', '5.7.1'],
    [{ '.': '550 5.7.26 DMARC' }, 'sender_not_approved', '5.7.26'],
    [{ '.': '451 4.3.0 try later' }, 'provider_unavailable', '4.3.0'],
    [{ '.': '421 closing' }, 'provider_unavailable', '421'],
    [{ CONN: '554 5.7.1 your address is on a list' }, 'sender_not_approved', '5.7.1'],
    [{ CONN: '421 too busy' }, 'provider_unavailable', '421'],
  ])('refuses after %j as %s', async (replies, kind, code) => {
    double.reply(replies);
    expect(await sender.send(message())).toMatchObject({ kind: 'refused', failure: { kind, code } });
  });

  it.each([
    [{ CONN: '' }],
    [{ CONN: null }],
    [{ 'MAIL FROM': null }],
    [{ 'RCPT TO': '' }],
    [{ DATA: '' }],
    [{ DATA: null }],
  ])('knows that nothing was sent when %j', async (replies) => {
    double.reply(replies);
    const startedAt = performance.now();
    expect(await sender.send(message())).toMatchObject({
      kind: 'refused',
      failure: { kind: 'connect_failed', scope: 'platform' },
    });
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });

  it('opens a new connection when the server dropped the idle one', async () => {
    double.reply({ RSET: '', QUIT: '' });
    expect(await sender.send(message())).toMatchObject({ kind: 'accepted' });
    double.reply({});
    double.dropIdle();
    expect(await sender.send(message())).toMatchObject({ kind: 'accepted' });
  });

  it('never writes a mail twice by itself', async () => {
    double.reply({ '.': '' });
    const before = double.commands.filter((command) => command === 'DATA').length;
    expect(await sender.send(message())).toMatchObject({ kind: 'uncertain' });
    expect(double.commands.filter((command) => command === 'DATA').length - before).toBe(1);
  });
});
