import { eventsQueue, intakeQueue, timeoutsQueue } from '@otp-relay/queue';
import { hidden, isHouseId, safeNumber, safeWord } from './safe-text.ts';

type Show = (value: unknown) => unknown;

const houseId: Show = (value) => (typeof value === 'string' && isHouseId(value) ? value : hidden);
const words: Show = (value) => (Array.isArray(value) ? value.slice(0, 10).map(safeWord) : hidden);
const sealed: Show = () => '[sealed]';

/** Calling codes have one to three digits (ITU-T E.164, Annex to List of assigned country codes). */
const phone = /^\+(1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|[2-9]\d{2})\d*(\d{2})$/;

/** `+14155550100` → `+1 ••• 00` */
const maskedPhone: Show = (value) => {
  const [, callingCode, lastTwo] = (typeof value === 'string' && phone.exec(value)) || [];
  return callingCode === undefined ? hidden : `+${callingCode} ••• ${lastTwo}`;
};

/** `ana@example.com` → `a•••@example.com`, without the `@` a mailbox is known by. */
const maskedEmail: Show = (value) => {
  const [, first, domain] =
    (typeof value === 'string' && /^([^@\s])[^@\s]*@([\w.-]{1,253})$/.exec(value)) || [];
  return first === undefined ? hidden : `${first}••• at ${domain}`;
};

const ids = { v: safeNumber, tenant: safeWord, verification: houseId, attempt: houseId };

/** What a job of each queue may show, field by field; a field that is not named here is hidden. */
const shown: Readonly<Record<string, Readonly<Record<string, Show>>>> = {
  [intakeQueue]: {
    v: safeNumber,
    tenant: safeWord,
    to: (value) => fields(value, { phone: maskedPhone, email: maskedEmail }),
    purpose: safeWord,
    locale: safeWord,
    route: words,
    lifeMs: safeNumber,
    codeLength: safeNumber,
    sealedCode: sealed,
  },
  [timeoutsQueue]: { ...ids, dueAt: safeNumber },
  [eventsQueue]: { tenant: safeWord, webhook: safeWord },
};

/** The data of a job, safe to show to an operator. */
export const safeData = (queue: string, data: unknown): unknown => fields(data, shown[queue] ?? ids);

function fields(value: unknown, show: Readonly<Record<string, Show>>): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return hidden;
  const entries = Object.entries(value).map(([key, inner]) => {
    const one = Object.hasOwn(show, key) ? show[key] : undefined;
    return [safeWord(key), one ? one(inner) : hidden];
  });
  return Object.fromEntries(entries);
}
