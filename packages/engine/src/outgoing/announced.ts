import type { NewVerification } from '@otp-relay/store';
import type { Doing } from '../effects.ts';
import type { Announcer } from './announcer.ts';

/** A verification to insert, with what webhooks are to be told of it. */
export function announced<I extends { readonly row: NewVerification; readonly doing: Doing }>(
  insert: I,
  announcer: Announcer | undefined,
): I {
  const { row, doing } = insert;
  const { material } = row;
  const published = announcer?.rowsOf(doing.verification, doing.effects, material, material.createdAt) ?? [];
  if (published.length === 0) return insert;
  return { ...insert, row: { published, ...row }, doing: { published, ...doing } };
}
