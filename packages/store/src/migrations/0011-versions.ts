/** Counts the writes to a row, so that one decided without a lock is refused when somebody else wrote meanwhile. */
export const versions = {
  name: '0011-versions',
  sql: `
alter table otp.verifications add column version integer not null default 1;
`,
} as const;
