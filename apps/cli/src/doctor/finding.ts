/** One line of the doctor's report: what was looked at, how it is, and what to do about it. */
export interface Finding {
  readonly state: 'ok' | 'warn' | 'fail';
  /** One word: `postgres`, `keys`. */
  readonly about: string;
  readonly text: string;
  readonly fix?: string;
}

export const ok = (about: string, text: string): Finding => ({ state: 'ok', about, text });
export const warn = (about: string, text: string, fix: string): Finding => ({
  state: 'warn',
  about,
  text,
  fix,
});
export const fail = (about: string, text: string, fix: string): Finding => ({
  state: 'fail',
  about,
  text,
  fix,
});
