import type { Env } from '@otp-relay/runtime';

/** Variables of ours that a shell may have set for something else. */
const ours =
  /^(?:OTP_|META_|TWILIO_|SMTP_)|^(?:NODE_ENV|DATABASE_URL|REDIS_URL|PORT|HOST|LOG_LEVEL|KEEP|NODE_CHANNEL_FD)$/;

/** The environment of a child: what the shell has, but of our variables only those given here. */
export const childEnv = (env: Env, given: Readonly<Record<string, string | undefined>>): Env => ({
  ...Object.fromEntries(Object.entries(env).filter(([name]) => !ours.test(name))),
  ...given,
});
