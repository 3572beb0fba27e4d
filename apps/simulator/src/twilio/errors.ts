import type { HttpAnswer } from '../behaviour/play.ts';

const known: Readonly<Record<number, { readonly http: number; readonly message: string }>> = {
  20003: { http: 401, message: 'Authenticate' },
  20008: { http: 403, message: 'Resource not accessible with Test Account Credentials' },
  20404: { http: 404, message: 'The requested resource was not found' },
  20429: { http: 429, message: 'Too Many Requests' },
  20500: { http: 500, message: 'An internal server error has occurred' },
  20503: { http: 503, message: 'Service unavailable' },
  21211: { http: 400, message: "Invalid 'To' Phone Number" },
  21212: { http: 400, message: "Invalid 'From' Number (caller ID)" },
  21408: {
    http: 400,
    message: "Permission to send an SMS has not been enabled for the region indicated by the 'To' number",
  },
  21602: { http: 400, message: 'Message body is required.' },
  21603: { http: 400, message: "A 'From' phone number is required." },
  21604: { http: 400, message: "A 'To' phone number is required." },
  21606: {
    http: 400,
    message: "The 'From' number is not a valid, SMS-capable phone number for your account",
  },
  21608: { http: 400, message: "The 'To' number is unverified. Trial accounts cannot send to it" },
  21609: { http: 400, message: 'The StatusCallback URL is not a valid URL.' },
  21610: { http: 400, message: 'Attempt to send to unsubscribed recipient' },
  21611: { http: 400, message: "This 'From' number has exceeded the maximum number of queued messages" },
  21612: { http: 400, message: "Message cannot be sent with the current combination of 'To' and 'From'" },
  21614: { http: 400, message: "'To' number is not a valid mobile number" },
  21617: { http: 400, message: 'The concatenated message body exceeds the 1600 character limit' },
  21655: { http: 400, message: 'The ContentSid is Invalid' },
  21656: { http: 400, message: 'The Content Variables Parameter is invalid.' },
  21664: { http: 400, message: "'FallbackFrom' cannot be used with 'From'" },
  21666: { http: 400, message: "'FallbackFrom' requires 'MessagingServiceSid'" },
  21667: { http: 400, message: 'The Messaging Service has no RCS sender' },
  21703: { http: 400, message: 'The Messaging Service does not have a phone number available' },
  21910: { http: 400, message: "Invalid 'From' and 'To' pair. They should be of the same channel" },
  30450: { http: 400, message: 'Message delivery blocked' },
  63007: { http: 400, message: 'Twilio could not find a Channel with the specified From address' },
  90007: { http: 400, message: 'Invalid validity period' },
};

/** A refusal in Twilio's shape; an unknown code answers HTTP 400. */
export function twilioError(code: number, message?: string): HttpAnswer {
  const error = known[code] ?? { http: 400, message: 'Unknown error' };
  return {
    status: error.http,
    body: {
      code,
      message: message ?? error.message,
      more_info: `https://www.twilio.com/docs/errors/${code}`,
      status: error.http,
    },
  };
}
