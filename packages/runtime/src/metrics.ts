import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** Each label with all the values it may take; any other value is counted as `other`. */
export type Labels = Readonly<Record<string, readonly string[]>>;
type Values<L extends Labels> = { readonly [K in keyof L]: string };

/** What every metric says of itself. Names are snake_case with the unit at the end: `otp_send_seconds`. */
export interface MetricSettings<L extends Labels> {
  readonly name: string;
  readonly help: string;
  readonly labels: L;
}

export interface Metrics {
  readonly registry: Registry;
  /** A number that only grows; `name` ends in `_total`. */
  counter<L extends Labels>(settings: MetricSettings<L>): { inc(values: Values<L>, by?: number): void };
  /** A distribution; `buckets` in the unit of the name. */
  histogram<L extends Labels>(
    settings: MetricSettings<L> & { readonly buckets: readonly number[] },
  ): { observe(values: Values<L>, value: number): void };
  /** A number that goes up and down; `collect` is asked at every scrape. */
  gauge<L extends Labels>(
    settings: MetricSettings<L> & { readonly collect?: (set: SetGauge<L>) => void | Promise<void> },
  ): { set: SetGauge<L> };
  readonly contentType: string;
  /** The Prometheus text of everything. */
  text(): Promise<string>;
}
type SetGauge<L extends Labels> = (values: Values<L>, value: number) => void;

/** Keeps a label from growing without end: a value outside `allowed` becomes `other`. */
export const bounded = (value: string, allowed: readonly string[]): string =>
  allowed.includes(value) ? value : 'other';

/** A registry of its own (never prom-client's global one), with Node's own metrics when `defaults` is set. */
export function metrics({ defaults = false }: { defaults?: boolean } = {}): Metrics {
  const registry = new Registry();
  if (defaults) collectDefaultMetrics({ register: registry });
  const base = <L extends Labels>({ name, help, labels }: MetricSettings<L>) => ({
    name,
    help,
    labelNames: Object.keys(labels),
    registers: [registry],
  });
  return {
    registry,
    counter(settings) {
      const counter = new Counter(base(settings));
      return { inc: (values, by = 1) => counter.inc(boundedAll(settings.labels, values), by) };
    },
    histogram(settings) {
      const histogram = new Histogram({ ...base(settings), buckets: [...settings.buckets] });
      return { observe: (values, value) => histogram.observe(boundedAll(settings.labels, values), value) };
    },
    gauge(settings) {
      const { collect } = settings;
      const gauge = new Gauge({ ...base(settings), ...(collect ? { collect: () => collect(set) } : {}) });
      const set: SetGauge<typeof settings.labels> = (values, value) =>
        gauge.set(boundedAll(settings.labels, values), value);
      return { set };
    },
    contentType: registry.contentType,
    text: () => registry.metrics(),
  };
}

const boundedAll = <L extends Labels>(labels: L, values: Values<L>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(labels).map(([label, allowed]) => [label, bounded(values[label] ?? '', allowed)]),
  );
