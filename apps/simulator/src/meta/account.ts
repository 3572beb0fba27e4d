import type { World } from '../world.ts';
import { defaultWabaId } from './templates.ts';

/** A WhatsApp business number with everything it needs, whether configured or assumed. */
export type Sender = {
  readonly phoneNumberId: string;
  /** Undefined: any token will do. */
  readonly accessToken: string | undefined;
  readonly appSecret: string;
  readonly webhookUrl: string | null;
  readonly verifyToken: string;
  readonly wabaId: string;
  readonly displayPhoneNumber: string;
};

/** The number behind this id; undefined when numbers are configured and this is not one of them. */
export function senderOf(world: World, phoneNumberId: string): Sender | undefined {
  const account = world.accounts.meta.get(phoneNumberId);
  if (account === undefined && world.accounts.meta.size > 0) {
    return undefined;
  }
  return {
    phoneNumberId,
    accessToken: account?.accessToken,
    appSecret: account?.appSecret ?? world.config.META_APP_SECRET,
    webhookUrl:
      account?.webhookUrl === undefined ? (world.config.META_WEBHOOK_URL ?? null) : account.webhookUrl,
    verifyToken: account?.verifyToken ?? world.config.META_VERIFY_TOKEN,
    wabaId: account?.wabaId ?? defaultWabaId,
    displayPhoneNumber: account?.displayPhoneNumber ?? '15550783881',
  };
}

/** A number of this business account, to send account-wide webhooks to; any number when none claims it. */
export function senderOfWaba(world: World, wabaId: string): Sender | undefined {
  for (const phoneNumberId of world.accounts.meta.keys()) {
    const sender = senderOf(world, phoneNumberId);
    if (sender?.wabaId === wabaId) {
      return sender;
    }
  }
  return senderOf(world, world.accounts.meta.keys().next().value ?? '0');
}

/** The token of an `Authorization: Bearer …` header; undefined when there is none. */
export function bearerToken(header: string | undefined): string | undefined {
  return /^(?:Bearer|OAuth) +(\S+)$/i.exec(header ?? '')?.[1];
}
