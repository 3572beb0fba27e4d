/** Every way the store can break, with a sentence for people. Texts never carry a row's values. */
export const storeFaults = {
  OTP_STORE_AWAY: 'Postgres is away or cut the transaction short; the same call may succeed later.',
  OTP_STORE_REFUSED: 'Postgres refused the statement.',
  OTP_STORE_MIGRATION: 'The database schema cannot be brought up to date.',
} as const;
export type StoreFaultCode = keyof typeof storeFaults;

/** Postgres failed us. With `retryable` nothing is wrong with the call itself. `message` is `<code>: <sentence> <detail>`. */
export class StoreFault extends Error {
  readonly code: StoreFaultCode;
  readonly retryable: boolean;
  /** Postgres' five characters, e.g. `23514`; undefined when it never answered. */
  readonly sqlState: string | undefined;
  /** The constraint that was broken, if that is what happened. */
  readonly constraint: string | undefined;

  constructor(
    code: StoreFaultCode,
    detail: string,
    { sqlState, constraint }: { readonly sqlState?: string; readonly constraint?: string } = {},
  ) {
    super(`${code}: ${storeFaults[code]} ${detail}`);
    this.name = 'StoreFault';
    this.code = code;
    this.retryable = code === 'OTP_STORE_AWAY';
    this.sqlState = sqlState;
    this.constraint = constraint;
  }
}

export const isStoreFault = (fault: unknown): fault is StoreFault => fault instanceof StoreFault;

/**
 * Connections 08; shutdown and crash 57P01–57P05; canceled by a timeout 57014; serialization 40001, deadlock 40P01, lock
 * timeout 55P03; out of connections, memory or disk 53. PostgreSQL documentation, appendix A.
 */
const retryableState = /^(08...|57P0[1-5]|57014|40001|40P01|55P03|53...)$/;
const retryableErrno =
  /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/;
/** What the driver says without a code when the connection is gone. */
const driverSays = /Connection terminated|connection error|was closed|timeout|not queryable/i;

/** Turns whatever the driver threw into a {@link StoreFault}; Postgres' `detail` quotes rows and is left behind. */
export function storeFaultOf(thrown: unknown): StoreFault {
  if (thrown instanceof StoreFault) return thrown;
  const { code, message, constraint } = partsOf(thrown);
  const away =
    code === undefined ? driverSays.test(message) : retryableState.test(code) || retryableErrno.test(code);
  const sqlState = code !== undefined && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
  return new StoreFault(away ? 'OTP_STORE_AWAY' : 'OTP_STORE_REFUSED', message, {
    ...(sqlState !== undefined && { sqlState }),
    ...(constraint !== undefined && { constraint }),
  });
}

function partsOf(thrown: unknown): { code?: string; message: string; constraint?: string } {
  // A host name with several addresses fails with one error per address.
  const first = isObject(thrown) && Array.isArray(thrown.errors) ? (thrown.errors[0] as unknown) : thrown;
  if (!isObject(first)) return { message: String(first) };
  const { code, message, constraint } = first;
  return {
    message: typeof message === 'string' ? message : 'no reason given',
    ...(typeof code === 'string' && { code }),
    ...(typeof constraint === 'string' && { constraint }),
  };
}

/** By shape, not by class: errors of node itself belong to another realm under a test runner. */
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
