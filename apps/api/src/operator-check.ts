import { createHash, timingSafeEqual } from 'node:crypto';

/** Whether an `Authorization` header is the operator's; without a token configured nobody's is. */
export type OperatorCheck = (authorization: string | undefined) => boolean;

const hashed = /^sha256:([0-9a-f]{64})$/i;

/**
 * Compares with OTP_ADMIN_TOKEN, itself or its hash, in constant time whatever the lengths. An absent token is no empty
 * one: it refuses everything, the empty header too.
 */
export function operatorCheck(configured: string | undefined): OperatorCheck {
  if (configured === undefined || configured.trim() === '') return () => false;
  const [, hex] = hashed.exec(configured) ?? [];
  const expected = hex === undefined ? sha256(configured) : Buffer.from(hex, 'hex');
  return (authorization) => {
    const [, token = ''] = /^Bearer ([\x21-\x7e]{1,512})$/i.exec(authorization ?? '') ?? [];
    return timingSafeEqual(sha256(token), expected) && token !== '';
  };
}

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();
