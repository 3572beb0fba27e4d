import { openHttp } from '../http.ts';
import type { Provider } from '../provider.ts';
import { loadSdk } from './client.ts';
import { parseTwilioAccount, type TwilioAccount, twilioStranger } from './config.ts';
import { webhook } from './receipts.ts';
import { send } from './send.ts';

/** SMS over Twilio's Messages API. */
export const twilioSms: Provider<TwilioAccount> = {
  name: 'twilio-sms',
  channel: 'sms',
  capabilities: {
    success: ['accepted', 'sent', 'delivered'],
    minLifeMs: 5_000,
    defaultTimeoutMs: 40_000,
    defaultSuccess: 'delivered',
  },
  stranger: twilioStranger,
  parseAccount: parseTwilioAccount,
  open(account) {
    const http = openHttp();
    loadSdk().catch(() => undefined); // Early; a broken installation shows at the first send.
    return { send: (message) => send(http, account, message), close: () => http.close() };
  },
  webhook,
};
