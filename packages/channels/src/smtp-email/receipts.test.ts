import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { attemptId } from '../conformance/conforms.ts';
import { mail } from '../conformance/fixture.ts';
import { bounceCall, smtpInput } from '../conformance/smtp-email.ts';
import type { Receipt } from '../provider.ts';
import { smtpEmail } from './index.ts';
import { maxMailBytes } from './receipts.ts';
import { reportIn } from './report.ts';

const parsed = smtpEmail.parseAccount(smtpInput(1));
if (!parsed.ok) throw new Error('bad account');
const { account } = parsed;
const postfix = mail('smtp-email/fixtures/bounce-postfix.eml').toString('latin1');
const full = mail('smtp-email/fixtures/bounce-full.eml').toString('latin1');

function read(text: string): readonly Receipt[] {
  const outcome = smtpEmail.webhook(bounceCall(Buffer.from(text, 'latin1')), account);
  if (outcome.kind !== 'receipts') throw new Error(outcome.kind);
  return outcome.receipts;
}

describe('smtp-email webhook', () => {
  it('reads a bounce with our envelope id', () => {
    expect(read(postfix)).toEqual([
      {
        attemptId,
        status: 'failed',
        failure: {
          kind: 'invalid_mailbox',
          scope: 'recipient',
          code: '5.1.1',
          detail: '[number] <[mailbox]>: Recipient address rejected: User unknown in virtual mailbox table',
        },
        at: Date.parse('2025-11-21T10:00:01Z'),
        dedupKey: expect.any(String),
        raw: {
          action: 'failed',
          status: '5.1.1',
          diagnostic:
            '[number] <[mailbox]>: Recipient address rejected: User unknown in virtual mailbox table',
        },
      },
    ]);
  });

  it('finds the attempt by the return path, then by the Message-ID it quotes', () => {
    const withoutEnvid = postfix.replace(/Original-Envelope-Id.*\r\n/, '');
    expect(read(withoutEnvid)[0]?.attemptId).toBe(attemptId);
    const withoutPath = withoutEnvid.replaceAll('bounce+att', 'bounce');
    expect(read(withoutPath)[0]?.attemptId).toBe(attemptId);
    expect(read(withoutPath.replace(/Message-ID: <att.*/, ''))).toEqual([]);
  });

  it('reads a bounce that quotes the whole mail, with the real code in the diagnostic text', () => {
    const [receipt] = read(full);
    expect(receipt).toMatchObject({ attemptId, failure: { kind: 'mailbox_full', code: '5.2.2' } });
    expect(JSON.stringify(receipt)).not.toMatch(/483920|ada@/);
  });

  it.each([
    ['delivered', '2.0.0', 'delivered'],
    ['relayed', '2.0.0', 'sent'],
    ['expanded', '2.0.0', 'sent'],
  ])('reads %s as good news', (action, status, expected) => {
    const text = postfix
      .replace('Action: failed', `Action: ${action}`)
      .replace('Status: 5.1.1', `Status: ${status}`);
    expect(read(text)).toMatchObject([{ status: expected }]);
  });

  it('has no news in a delay', () => {
    expect(read(postfix.replace('Action: failed', 'Action: delayed'))).toEqual([]);
  });

  it('takes "later" that lasted too long as expired', () => {
    const text = postfix
      .replace('Status: 5.1.1', 'Status: 4.4.1')
      .replace(/Diagnostic-Code.*\r\n.*/, 'Diagnostic-Code: smtp; connect timed out');
    expect(read(text)).toMatchObject([{ failure: { kind: 'message_expired', code: '4.4.1' } }]);
  });

  it('takes a vacation notice and makes nothing of it', () => {
    expect(read('From: ada@example.org\r\nSubject: away\r\n\r\nBack on Monday.')).toEqual([]);
  });

  it('reads bare line feeds and base64', () => {
    expect(read(postfix.replaceAll('\r\n', '\n'))).toHaveLength(1);
    const status = /Reporting-MTA[\s\S]*?(?=\r\n\r\n--)/.exec(postfix)![0];
    const text = postfix
      .replace(
        'message/delivery-status',
        'message/global-delivery-status\r\nContent-Transfer-Encoding: base64',
      )
      .replace(status, Buffer.from(status).toString('base64'));
    expect(read(text)).toMatchObject([{ failure: { code: '5.1.1' } }]);
  });

  it('refuses a mail over the limit, and reads one at it', () => {
    const padded = (bytes: number) => Buffer.from(postfix.padEnd(bytes, ' '), 'latin1');
    expect(smtpEmail.webhook(bounceCall(padded(maxMailBytes + 1)), account)).toMatchObject({ status: 413 });
    expect(smtpEmail.webhook(bounceCall(padded(maxMailBytes)), account)).toMatchObject({ receipts: [{}] });
  });

  it('refuses without a bounce token, whatever is presented', () => {
    const bare = { ...account, bounceToken: undefined };
    expect(smtpEmail.webhook(bounceCall(Buffer.from(postfix)), bare)).toMatchObject({ status: 401 });
  });
});

describe('reportIn', () => {
  it('never throws, whatever the mail', () => {
    const line = fc.constantFrom(
      ...['--b', '', ' ', 'Content-Type: message/delivery-status', 'Action: failed', 'x:y', '='],
    );
    const mails = fc.array(fc.oneof(line, fc.string()), { maxLength: 60 }).map((lines) => lines.join('\n'));
    fc.assert(
      fc.property(mails, (text) => {
        reportIn(`Content-Type: multipart/report; boundary=b\n\n${text}`);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each(['\n', ' \n', 'a: b\n', '--b\n', '\n \t', '=3D', 'a', ':', '\n\n--b\n\n'])(
    'reads the largest mail in under a second of CPU, even one full of %j',
    (piece) => {
      const head =
        'Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n';
      const text = piece.repeat(maxMailBytes / piece.length);
      // CPU time and the best of five: neighbours on the machine and the collector only ever add. Measured: 2 to 45 ms, 228 on a machine at load 12; a quadratic reader takes many seconds.
      const runs = Array.from({ length: 5 }, () => {
        const before = process.cpuUsage();
        reportIn(head + text);
        reportIn(text);
        const { user, system } = process.cpuUsage(before);
        return (user + system) / 1_000;
      });
      expect(Math.min(...runs)).toBeLessThan(1_000);
    },
  );
});
