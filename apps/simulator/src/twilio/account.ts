import type { World } from '../world.ts';

/** Who is calling, and with which token their callbacks are signed. */
export type Customer = {
  readonly accountSid: string;
  readonly authToken: string;
  readonly test: boolean;
  /** The numbers and RCS senders of a Messaging Service; undefined when it is unknown. */
  readonly pool: (messagingServiceSid: string) => readonly string[] | undefined;
};

const defaultPool = ['+15017122661'];

/**
 * The customer that a Basic `Authorization` header proves; undefined where Twilio answers 20003.
 * With no account configured anyone may come, and callbacks are signed with the token they came with.
 */
export function customerOf(
  world: World,
  accountSid: string,
  header: string | undefined,
): Customer | undefined {
  const basic = readBasic(header);
  if (basic === undefined || !accountSid.startsWith('AC')) {
    return undefined;
  }
  const account = world.accounts.twilio.get(accountSid);
  if (account === undefined) {
    const withKey = basic.user.startsWith('SK');
    if (world.accounts.twilio.size > 0 || (!withKey && basic.user !== accountSid)) {
      return undefined;
    }
    const authToken = withKey ? world.config.TWILIO_AUTH_TOKEN : basic.password;
    return { accountSid, authToken, test: false, pool: () => defaultPool };
  }
  const expected = basic.user === accountSid ? account.authToken : account.apiKeys?.[basic.user];
  if (expected === undefined || expected !== basic.password) {
    return undefined;
  }
  const services = account.messagingServices;
  return {
    accountSid,
    authToken: account.authToken,
    test: account.test ?? false,
    pool: (sid) => (services === undefined ? defaultPool : services[sid]),
  };
}

function readBasic(header: string | undefined): { user: string; password: string } | undefined {
  const encoded = /^Basic +(\S+)$/i.exec(header ?? '')?.[1];
  const text = Buffer.from(encoded ?? '', 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon <= 0 || colon === text.length - 1
    ? undefined
    : { user: text.slice(0, colon), password: text.slice(colon + 1) };
}
