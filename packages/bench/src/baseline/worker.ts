import type { QueueBackend } from '@otp-relay/queue';
import { createPostgresBackend, Worker } from 'bullmq';
import { Agent, request } from 'undici';

/** What the bare worker is told on its command line, as JSON. */
export interface BareWorker {
  readonly backend: QueueBackend;
  readonly messagesUrl: string;
  readonly accessToken: string;
}

export const bareQueue = 'bare';
const concurrency = 100;

/** The least a worker can do for an OTP: one job, one call. BullMQ's defaults, no database, no retries, no state. */
export async function runBareWorker({ backend, messagesUrl, accessToken }: BareWorker): Promise<void> {
  const dispatcher = new Agent({ connections: 64, pipelining: 1 });
  const headers = { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' };
  const send = async (job: { data: { to: string } }): Promise<void> => {
    const body = JSON.stringify(messageTo(job.data.to));
    const answer = await request(messagesUrl, { method: 'POST', dispatcher, headers, body });
    if (answer.statusCode !== 200) throw new Error(`the provider answered ${answer.statusCode}`);
    await answer.body.dump();
  };
  const worker =
    backend.kind === 'redis'
      ? new Worker(bareQueue, send, {
          connection: { url: backend.url, maxRetriesPerRequest: null },
          ...(backend.prefix !== undefined && { prefix: backend.prefix }),
          concurrency,
        })
      : new Worker(
          bareQueue,
          send,
          {
            connection: {
              connectionString: backend.url,
              migrate: true,
              ...(backend.schema !== undefined && { schema: backend.schema }),
            },
            concurrency,
          },
          createPostgresBackend,
        );
  worker.on('failed', (_job, fault) => process.stderr.write(`failed: ${fault.message}\n`));
  await worker.waitUntilReady();
  process.once('SIGTERM', () => process.exit(0));
  process.stdout.write('ready\n');
}

/** The authentication template as Meta documents it, always with the same code. */
function messageTo(to: string): unknown {
  const parameters = [{ type: 'text', text: '123456' }];
  return {
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    to: to.slice(1),
    type: 'template',
    template: {
      name: 'verification_code',
      language: { code: 'en_US' },
      components: [
        { type: 'body', parameters },
        { type: 'button', sub_type: 'url', index: '0', parameters },
      ],
    },
  };
}
