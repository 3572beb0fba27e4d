import { maskText } from '@otp-relay/runtime';

export const hidden = '[hidden]';

/** Ids this house makes: `att_…_0_1`, a bell's `att_…_0_1-<due at>`, `vrf_…`. */
const houseId = '[a-z]{2,8}_[0-9a-hjkmnp-tv-z]{26}(?:_\\d{1,3}_\\d{1,3}(?:-\\d{13})?)?';
const uuid = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';

const wholeId = new RegExp(`^(?:${houseId}|${uuid})$`);
const idOrDigits = new RegExp(`${houseId}|${uuid}|\\d(?:[ ().-]{0,2}\\d){3,}`, 'g');

export const isHouseId = (text: string): boolean => wholeId.test(text);

/** Text nobody vouches for (an error, a log line): addresses masked, four digits in a row gone unless they are part of an id. */
export const safeText = (text: string): string =>
  maskText(text).replace(idOrDigits, (found) => (isHouseId(found) ? found : '•••'));

/** One plain word such as a tenant's or a job's name; anything else is hidden. */
export const safeWord = (value: unknown): string =>
  typeof value === 'string' && /^[A-Za-z][\w:.-]{0,63}$/.test(value) && !/\d{4}/.test(value) ? value : hidden;

export const safeNumber = (value: unknown): number | string => (typeof value === 'number' ? value : hidden);
