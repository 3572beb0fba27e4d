import { audit } from './commands/audit.ts';
import { blocks } from './commands/blocks.ts';
import { decisions } from './commands/decisions.ts';
import { demo } from './commands/demo.ts';
import { doctor } from './commands/doctor.ts';
import { erase } from './commands/erase.ts';
import { eventsList } from './commands/events-list.ts';
import { eventsReplay } from './commands/events-replay.ts';
import { evidenceExport } from './commands/evidence-export.ts';
import { evidenceVerify } from './commands/evidence-verify.ts';
import { failures } from './commands/failures.ts';
import { keysCreate } from './commands/keys-create.ts';
import { keysList } from './commands/keys-list.ts';
import { keysReplace } from './commands/keys-replace.ts';
import { keysReseal } from './commands/keys-reseal.ts';
import { keysRevoke } from './commands/keys-revoke.ts';
import { keysRotate } from './commands/keys-rotate.ts';
import { limits } from './commands/limits.ts';
import { list } from './commands/list.ts';
import { migrate } from './commands/migrate.ts';
import { retentionRun } from './commands/retention-run.ts';
import { send } from './commands/send.ts';
import { show } from './commands/show.ts';
import { simulateAbuseCommand } from './commands/simulate-abuse.ts';
import { spend } from './commands/spend.ts';
import { tenantsApply } from './commands/tenants-apply.ts';
import { tenantsDecisionSecret } from './commands/tenants-decision-secret.ts';
import { tenantsGet } from './commands/tenants-get.ts';
import { unblock } from './commands/unblock.ts';
import { unlock } from './commands/unlock.ts';
import { webhooksEnable } from './commands/webhooks-enable.ts';
import { webhooksList } from './commands/webhooks-list.ts';
import { webhooksRotateSecret } from './commands/webhooks-rotate-secret.ts';
import { webhooksTest } from './commands/webhooks-test.ts';
import type { MakeCommand } from './make-command.ts';

/** Words that only hold commands together. */
export const groups = {
  tenants: 'Who sends, through which accounts, in which order.',
  keys: "API keys of tenants (create, list, replace, revoke) and the installation's own OTP_KEYS (rotate, reseal).",
  retention: 'How long rows are kept.',
  webhooks: 'Where tenants are told what happens.',
  events: 'What webhooks were told, and telling it again.',
  evidence: 'Signed proof of approved signatures.',
} as const;

/** Every command, one line each, in the order of the help. */
export const commandTable: readonly { readonly group?: keyof typeof groups; readonly make: MakeCommand }[] = [
  { make: send },
  { make: show },
  { make: list },
  { make: failures },
  { make: unlock },
  { make: decisions },
  { make: blocks },
  { make: unblock },
  { make: spend },
  { make: simulateAbuseCommand },
  { make: limits },
  { group: 'tenants', make: tenantsApply },
  { group: 'tenants', make: tenantsGet },
  { group: 'tenants', make: tenantsDecisionSecret },
  { group: 'keys', make: keysCreate },
  { group: 'keys', make: keysList },
  { group: 'keys', make: keysReplace },
  { group: 'keys', make: keysRevoke },
  { group: 'keys', make: keysRotate },
  { group: 'keys', make: keysReseal },
  { make: audit },
  { make: erase },
  { group: 'retention', make: retentionRun },
  { group: 'webhooks', make: webhooksList },
  { group: 'webhooks', make: webhooksTest },
  { group: 'webhooks', make: webhooksRotateSecret },
  { group: 'webhooks', make: webhooksEnable },
  { group: 'events', make: eventsList },
  { group: 'events', make: eventsReplay },
  { group: 'evidence', make: evidenceExport },
  { group: 'evidence', make: evidenceVerify },
  { make: migrate },
  { make: doctor },
  { make: demo },
];
