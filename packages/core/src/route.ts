import type { Channel, Purpose } from './channel.ts';
import type { Step } from './verification.ts';

/** A step before it is planned for one purpose. */
export interface TenantStep extends Omit<Step, 'hidesContext'> {
  /** Purposes whose transaction the account cannot show beside the code. */
  readonly hides?: readonly Purpose[];
}

/** One of a tenant's routes: the default one has neither `purpose` nor `callingCode`. */
export interface TenantRoute {
  readonly purpose?: Purpose;
  /** E.164 country calling code without `+`, e.g. `55`. */
  readonly callingCode?: string;
  readonly steps: readonly TenantStep[];
}

/** How specific a route is for a request; undefined when it does not apply. Purpose outranks country: it is the deliberate choice. */
function specificity(route: TenantRoute, purpose: Purpose, callingCode: string | null): number | undefined {
  if (route.purpose !== undefined && route.purpose !== purpose) return undefined;
  if (route.callingCode !== undefined && route.callingCode !== callingCode) return undefined;
  return (route.purpose === undefined ? 0 : 2) + (route.callingCode === undefined ? 0 : 1);
}

/**
 * The steps for one request: the most specific of the tenant's routes
 * (purpose + country, purpose, country, default), narrowed and reordered to `wanted` when the request names channels.
 * A wanted channel that the route lacks is left out: a request never reaches further than its tenant allows.
 */
export function planRoute(
  routes: readonly TenantRoute[],
  request: { purpose: Purpose; callingCode: string | null; wanted?: readonly Channel[] },
): readonly Step[] {
  let best: TenantRoute | undefined;
  let bestRank = -1;
  for (const route of routes) {
    const rank = specificity(route, request.purpose, request.callingCode);
    if (rank !== undefined && rank > bestRank) {
      best = route;
      bestRank = rank;
    }
  }
  const steps = best?.steps ?? [];
  const { wanted } = request;
  const chosen = wanted
    ? [...new Set(wanted)].flatMap((channel) => steps.filter((step) => step.channel === channel))
    : steps;
  return chosen.map((step) => planned(step, request.purpose));
}

const planned = ({ hides, ...step }: TenantStep, purpose: Purpose): Step =>
  hides?.includes(purpose) ? { ...step, hidesContext: true } : step;
