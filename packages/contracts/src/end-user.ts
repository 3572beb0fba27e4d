import { z } from 'zod';

/**
 * Whom the caller's own service sees at the other end: limits count by them, so that one machine cannot have codes sent
 * to many people. Said by the caller, never read from a header.
 */
export const endUser = z
  .strictObject({
    ip: z
      .union([z.ipv4(), z.ipv6()], 'must be an IPv4 or IPv6 address, e.g. "203.0.113.7" or "2001:db8::7"')
      .optional()
      .describe("The end user's address as your service sees it. Of IPv6 the /64 counts."),
    device: z
      .string()
      .regex(/^[\x21-\x7e]{8,128}$/, 'must be 8–128 printable ASCII characters without spaces')
      .optional()
      .describe('A token your service keeps on the device, e.g. a long-lived cookie.'),
  })
  .describe('Who asks: your end user, not your server.');

export type EndUser = z.infer<typeof endUser>;

/** The body of `POST /v1/verifications/{id}/resend`; it may be absent. */
export const resendRequest = z.strictObject({ endUser: endUser.optional() });
