import type { Provider } from '../provider.ts';
import { parseSmtpAccount, type SmtpAccount, smtpStranger } from './config.ts';
import { webhook } from './receipts.ts';
import { send } from './send.ts';
import { openTransport } from './transport.ts';

/** E-mail over any SMTP server. A bounce may still fail an accepted mail; that it arrived, SMTP rarely tells. */
export const smtpEmail: Provider<SmtpAccount> = {
  name: 'smtp-email',
  channel: 'email',
  capabilities: {
    success: ['accepted'],
    minLifeMs: 5_000,
    defaultTimeoutMs: 15_000,
    defaultSuccess: 'accepted',
  },
  stranger: smtpStranger,
  parseAccount: parseSmtpAccount,
  open(account) {
    const transport = openTransport(account);
    return {
      send: (message) => send(transport, account, message),
      close: async () => transport.close(),
    };
  },
  webhook,
};
