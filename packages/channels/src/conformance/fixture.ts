import { readFileSync } from 'node:fs';

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

/** A recorded JSON body, e.g. `meta-whatsapp/fixtures/accepted.json`. */
export const fixture = (path: string) => JSON.parse(read(path));

/** A recorded mail, with the line ends of the wire. */
export const mail = (path: string): Buffer => Buffer.from(read(path).replace(/\n/g, '\r\n'), 'latin1');
