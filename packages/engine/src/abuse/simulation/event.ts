/** One request of the simulated day, with the truth about it. */
export interface SimulatedAsk {
  /** ms since the day began. */
  readonly at: number;
  readonly tenantId: string;
  readonly phone: string;
  /** With a mailbox the route has a last step that costs nothing. */
  readonly email?: string;
  readonly hasWhatsApp: boolean;
  /** Has used a code of this tenant before. */
  readonly isKnown: boolean;
  /** When the code is used, ms after it was asked for, if it is and arrives. */
  readonly usedAfterMs?: number;
  /** The name of the attack; absent for an honest person. */
  readonly attack?: string;
}

export const mainTenant = 'acme';
export const dayMs = 86_400_000;
