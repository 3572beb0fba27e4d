import { CompactEncrypt, importJWK } from 'jose';
import type { TestApi } from './start-api.ts';

/** A code of our own, sealed to the API's current key, so that a test knows what is right. */
export async function seal(api: TestApi, code: string): Promise<string> {
  const [jwk] = (await api.call('GET', '/.well-known/jwks.json')).json.keys;
  if (!jwk?.kid) throw new Error('the API shows no key');
  return new CompactEncrypt(new TextEncoder().encode(JSON.stringify({ code })))
    .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM', kid: jwk.kid })
    .encrypt(await importJWK(jwk, 'ECDH-ES'));
}
