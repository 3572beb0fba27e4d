import type { Channel, Purpose } from './channel.ts';
import type { Step } from './verification.ts';

/** One of a tenant's routes: the default one has neither `purpose` nor `callingCode`. */
export interface TenantRoute {
  readonly purpose?: Purpose;
  /** E.164 country calling code without `+`, e.g. `55`. */
  readonly callingCode?: string;
  readonly steps: readonly Step[];
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
  if (!wanted) return steps;
  return [...new Set(wanted)].flatMap((channel) => steps.filter((step) => step.channel === channel));
}
