/** The laws of the house that the rules spell out, numbered as in the design. */
export const laws = {
  '2.2':
    'Postgres is the truth and jobs are bells: they may ring early, late, twice or never, and nothing is lost.',
  '2.4':
    'Intent before act: an attempt is granted once, before the provider is called. A call that may have happened is uncertain and never repeated blindly.',
  '2.7':
    'The same code on every step and every resend; fallback never extends its life and never resets its failed checks.',
  '4': 'Delivery and status are two independent facts; what cannot be reported is never called delivered.',
  '4.1':
    'Final states absorb every event; a late receipt still updates its attempt. A late delivered lifts exhausted and unconfirmed while the code lives.',
  '4.2':
    'A receipt for an earlier attempt wins over a later one: nothing further starts. Approved is the strongest receipt of all.',
  '4.3':
    'Receipts come duplicated, unordered, late, and may skip delivered. Ranks only move up; delivered after failed is believed.',
  '4.4':
    'One clock event, its meaning comes from the state. Bells early, late or twice do nothing; one promoted by hand is the command next.',
  '4.5':
    'No step starts after expiry, approval or cancellation, or with less life left than its provider needs.',
  '4.6': 'Not final ⇔ a deadline is set, at the latest the expiry. Final ⇔ no deadline, no sealed code.',
  '4.7':
    "A step succeeds when its success level is reached; its time counts from the provider's acceptance, or from the enqueue if it never got that far.",
  '5': 'The class of a failure chooses the next move.',
} as const;
export type Law = keyof typeof laws;
