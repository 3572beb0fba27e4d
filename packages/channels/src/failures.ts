import type { FailureKind, FailureScope } from '@otp-relay/core';

/** A provider's codes, one line each: what the code means and how far the trouble reaches. */
export type FailureTable = Readonly<Record<string, readonly [FailureKind, FailureScope]>>;
