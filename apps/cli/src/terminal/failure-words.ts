import { explain, type Failure, type FailureKind, failureKinds } from '@otp-relay/core';

/** `not_on_whatsapp` → `not on WhatsApp`. */
export const kindWords = (kind: string): string =>
  kind
    .replaceAll('_', ' ')
    .replace(/whatsapp/, 'WhatsApp')
    .replace(/rcs/, 'RCS');

/** `meta-whatsapp` → `meta`: as people call it. */
export const providerWord = (provider: string): string => provider.split('-')[0] ?? provider;

/** `not on WhatsApp (meta 131026): This number has no WhatsApp, or cannot receive it.` */
export function failureSentence(failure: Pick<Failure, 'kind' | 'code'>, provider: string): string {
  const code = failure.code === undefined ? '' : ` (${providerWord(provider)} ${failure.code})`;
  return `${kindWords(failure.kind)}${code}: ${explain({ kind: failure.kind, scope: 'request' })}`;
}

export const isFailureKind = (kind: unknown): kind is FailureKind =>
  typeof kind === 'string' && Object.hasOwn(failureKinds, kind);
