import { otpJobJsonSchema } from '@otp-relay/contracts';
import { eventsQueue, firstQueue, intakeQueue, queueNames, timeoutsQueue } from '@otp-relay/queue';
import { code, fenced, page, table } from '../markdown.mjs';
import { schemaTable } from '../schema-table.mjs';

const purposes = {
  [intakeQueue]: ['any service', '`{ v: 1, tenant, to, … }`, see below'],
  [firstQueue]: [
    'the relay',
    '`{ v: 1, tenant, verification, attempt }`, of any channel: of a tenant who hardly waits, while others have a line',
  ],
  [timeoutsQueue]: [
    'the relay',
    '`{ tenant, verification, attempt, dueAt }`; delayed until `dueAt`. Promote one to fall back now.',
  ],
  [eventsQueue]: [
    'the relay',
    '`{ tenant, webhook }`: something is to be told there, see [events](events.md)',
  ],
};
const sending = ['the relay', '`{ v: 1, tenant, verification, attempt }`; the job id is the attempt id'];

const example = {
  v: 1,
  tenant: 'acme',
  to: { phone: '+14155550100', email: 'ana@example.com' },
  purpose: 'auth',
  locale: 'es-AR',
  idempotencyKey: 'login-7f3c',
};

export const files = () => {
  const schema = otpJobJsonSchema();
  return {
    'jobs.md': page(
      'Queues and jobs',
      '`packages/queue` and `packages/contracts/src/otp-job.ts`',
      'BullMQ queues. A job carries ids only; the truth is in Postgres, and a job may be lost, repeated or late without harm. Put jobs into `otp`; the other queues belong to the relay.',
      table(
        ['queue', 'filled by', 'data'],
        queueNames.map((name) => [code(name), ...(purposes[name] ?? sending)]),
      ),
      '## The job on `otp`, version 1',
      'A code never travels in the open: leave it out and one is generated, or bring your own sealed. A job with a plaintext code is refused and removed at once.',
      fenced('json', JSON.stringify(example, null, 2)),
      schemaTable(schema),
      'The same as JSON Schema: [otp-job.schema.json](otp-job.schema.json).',
    ),
    'otp-job.schema.json': JSON.stringify(schema, null, 2),
  };
};
