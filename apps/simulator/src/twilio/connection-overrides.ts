/** How a callback is delivered; set by the fragment of the StatusCallback URL, e.g. `#rc=5&rp=all`. */
export type ConnectionOverrides = {
  readonly connectTimeoutMs: number;
  readonly readTimeoutMs: number;
  readonly totalTimeoutMs: number;
  readonly retries: number;
  /** What is retried: `ct` connect failure, `rt` read timeout, `4xx`, `5xx`, or `all`. */
  readonly policy: ReadonlySet<string>;
};

/** Splits a StatusCallback into the URL that is called and signed, and the overrides in its fragment. */
export function readCallbackUrl(statusCallback: string): { url: string; overrides: ConnectionOverrides } {
  const [url = '', fragment = ''] = statusCallback.split('#', 2);
  const given = new URLSearchParams(fragment);
  const number = (name: string, fallback: number, max: number): number => {
    const value = Number(given.get(name) ?? fallback);
    return Number.isInteger(value) && value >= 0 && value <= max ? value : fallback;
  };
  return {
    url,
    overrides: {
      connectTimeoutMs: number('ct', 5_000, 10_000),
      readTimeoutMs: number('rt', 15_000, 15_000),
      totalTimeoutMs: number('tt', 15_000, 15_000),
      retries: number('rc', 1, 5),
      policy: new Set((given.get('rp') ?? 'ct').split(',')),
    },
  };
}

/** True when this answer (an HTTP status, or why there was none) is one the policy repeats. */
export function isRetried(overrides: ConnectionOverrides, answer: number | string): boolean {
  const kind =
    typeof answer === 'string'
      ? /HEADERS_TIMEOUT|BODY_TIMEOUT|UND_ERR_SOCKET|ECONNRESET/.test(answer)
        ? 'rt'
        : 'ct'
      : answer >= 500
        ? '5xx'
        : answer >= 400
          ? '4xx'
          : 'ok';
  return kind !== 'ok' && (overrides.policy.has('all') || overrides.policy.has(kind));
}
