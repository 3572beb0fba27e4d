import { openHttp } from '../http.ts';
import type { Provider } from '../provider.ts';
import { type MetaAccount, metaStranger, parseMetaAccount } from './config.ts';
import { webhook } from './receipts.ts';
import { send } from './send.ts';

/** WhatsApp over Meta's Cloud API: authentication templates, and the tenant's own UTILITY templates for transactions. */
export const metaWhatsapp: Provider<MetaAccount> = {
  name: 'meta-whatsapp',
  channel: 'whatsapp',
  capabilities: {
    success: ['accepted', 'sent', 'delivered', 'read'],
    // The smallest template TTL; past it Meta drops the message without a word.
    minLifeMs: 30_000,
    defaultTimeoutMs: 25_000,
    defaultSuccess: 'delivered',
  },
  stranger: metaStranger,
  parseAccount: parseMetaAccount,
  hides: ({ transactions }) =>
    (['payment', 'signature'] as const).filter((purpose) => !transactions[purpose]),
  open(account) {
    const http = openHttp();
    return { send: (message) => send(http, account, message), close: () => http.close() };
  },
  webhook,
};
