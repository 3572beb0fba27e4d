import type { StoredApiKey } from '@otp-relay/store';
import { shortSpan } from './spans.ts';
import { type Cell, table } from './table.ts';
import type { Canvas } from './verification-text.ts';

/** API keys as a table, or what to do when there is none. */
export function keysText(
  keys: readonly StoredApiKey[],
  canvas: Canvas & { readonly now: () => number },
): string {
  if (keys.length === 0) return 'No API keys. Make one with: otp keys create --tenant <id>';
  const now = canvas.now();
  return table(
    [
      { title: 'key' },
      { title: 'tenant', shrinksTo: 8 },
      { title: 'name', shrinksTo: 8 },
      { title: 'mode' },
      { title: 'scopes' },
      { title: 'state' },
      { title: 'last used' },
    ],
    keys.map((key) => [
      { text: key.id },
      { text: key.tenantId },
      { text: key.name },
      { text: key.mode, tone: key.mode === 'test' ? 'warn' : 'plain' },
      { text: key.scopes.join(',') },
      stateOf(key, now),
      { text: key.lastUsedAt === null ? 'never' : `${shortSpan(now - key.lastUsedAt)} ago`, tone: 'dim' },
    ]),
    canvas,
  );
}

function stateOf({ revokedAt, expiresAt }: StoredApiKey, now: number): Cell {
  if (revokedAt !== null) return { text: 'revoked', tone: 'bad' };
  if (expiresAt === null) return { text: 'works', tone: 'good' };
  return expiresAt <= now
    ? { text: 'expired', tone: 'bad' }
    : { text: `works, ${shortSpan(expiresAt - now)} left`, tone: 'good' };
}
