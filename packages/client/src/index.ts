export type { HttpOptions, OtpClientOptions, PostgresOptions, RedisOptions } from './options.ts';
export { OtpClient, type Sent } from './otp-client.ts';
export { type ClientFaultCode, clientCodes, OtpClientFault } from './otp-client-fault.ts';
export type { SendRequest } from './prepare-request.ts';
export { jobIdOf } from './queue-door.ts';
