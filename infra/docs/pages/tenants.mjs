import { shelf } from '@otp-relay/channels';
import { tenantsFile } from '@otp-relay/contracts';
import { code, page, table } from '../markdown.mjs';
import { schemaTable } from '../schema-table.mjs';

const seconds = (ms) => `${ms / 1_000} s`;

const providers = Object.values(shelf).map(({ name, channel, capabilities: can }) => [
  code(name),
  code(channel),
  can.success.map(code).join(' '),
  `${code(can.defaultSuccess)} in ${seconds(can.defaultTimeoutMs)}`,
  seconds(can.minLifeMs),
]);

export const files = () => ({
  'tenants.md': page(
    'Tenants',
    '`packages/contracts/src/tenant-config.ts` and `packages/channels`',
    'The file that `otp tenants apply` reads: who sends, with which accounts, in which order.',
    schemaTable(tenantsFile.toJSONSchema({ io: 'input' })),
    '## Providers',
    table(['provider', 'channel', 'can report', 'a step waits for', 'life it needs'], providers),
  ),
});
