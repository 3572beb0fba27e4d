export type { HttpOptions, OtpClientOptions, PostgresOptions, RedisOptions } from './options.ts';
export { type CheckOutcome, OtpClient, type Sent } from './otp-client.ts';
export { type ClientFaultCode, clientCodes, OtpClientFault } from './otp-client-fault.ts';
export type { SendRequest } from './prepare-request.ts';
export { jobIdOf } from './queue-door.ts';
export {
  type VerifiedWebhook,
  verifyWebhook,
  type WebhookHeaders,
  type WebhookRefusal,
} from './verify-webhook.ts';
