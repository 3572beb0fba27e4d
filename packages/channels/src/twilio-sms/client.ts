import type { Twilio } from 'twilio';
import type { Http, HttpOutcome } from '../http.ts';
import type { TwilioAccount } from './config.ts';

type ClientOptions = NonNullable<ConstructorParameters<typeof Twilio>[2]>;
type HttpClient = NonNullable<ClientOptions['httpClient']>;
type CreateParams = Parameters<Twilio['messages']['create']>[0];
type Created = Awaited<ReturnType<Twilio['messages']['create']>>;

/** What the wire said, and the message the SDK read out of it when it could. */
export interface Creation {
  readonly outcome: HttpOutcome;
  readonly created?: Created;
}

let sdk: Promise<typeof Twilio> | undefined;

/** The SDK, loaded when the first account opens: its 300 modules take a fifth of a second. */
export function loadSdk(): Promise<typeof Twilio> {
  sdk ??= import('twilio').then(({ default: twilio }) => {
    // The resources load on first access; better now than under the first message.
    void new twilio.Twilio('AC', 'none').messages;
    return twilio.Twilio;
  });
  return sdk;
}

/**
 * Creates a message through the SDK, over our own connections. One client per call (some 50 µs, all told): the SDK hands
 * neither an AbortSignal nor the raw answer through, a closure does.
 */
export async function createMessage(
  http: Http,
  account: TwilioAccount,
  params: CreateParams,
  signal: AbortSignal | undefined,
): Promise<Creation> {
  const Client = await loadSdk();
  const { accountSid, apiKey, authToken } = account;
  let outcome: HttpOutcome | undefined;

  const request: HttpClient['request'] = async (options) => {
    outcome = await http.call({
      method: 'POST',
      url: rebased(options.uri, account.baseUrl),
      headers: { ...options.headers, authorization: basic(options.username ?? '', options.password ?? '') },
      body: new URLSearchParams(options.data as Record<string, string>).toString(),
      signal,
    });
    if (outcome.kind !== 'answered') throw new Error('no answer');
    const { status: statusCode, body, headers } = outcome;
    return { statusCode, body: body as never, headers, toString: () => `HTTP ${statusCode}` };
  };
  const client = new Client(apiKey?.sid ?? accountSid, (apiKey?.secret ?? authToken).reveal(), {
    accountSid,
    httpClient: { request } as HttpClient,
    // Not undefined: then the SDK would take them from the environment.
    edge: '',
    region: '',
  });
  try {
    const created = await client.messages.create(params);
    if (outcome === undefined) throw new Error('the SDK made no call');
    return { outcome, created };
  } catch (error) {
    // The SDK throws for what the wire said, which we hold; anything before the wire is a fault.
    if (outcome === undefined) throw error;
    return { outcome };
  }
}

/** The SDK has no option for another host. */
function rebased(uri: string, base: string | undefined): string {
  const { pathname, search } = new URL(uri);
  return base === undefined ? uri : `${base}${pathname}${search}`;
}

const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
