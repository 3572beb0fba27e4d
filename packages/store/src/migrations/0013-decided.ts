/** Which verification a decision was about. */
export const decided = {
  name: '0013-decided',
  sql: `
-- Drawn before the rules are asked: nothing has it when the request was refused later, or joined another verification.
alter table otp.abuse_decisions add column verification_id text;
`,
} as const;
