import { randomInt } from 'node:crypto';
import { freePort, waitFor } from '@otp-relay/testkit';
import { Redis } from 'ioredis';
import type { Figure, Row, RowContext } from '../row.ts';
import { act, addBadJob } from '../secrecy/act.ts';
import { disguisesOf, foundIn } from '../secrecy/disguises.ts';
import { type Listener, listen } from '../secrecy/listen.ts';
import { boardPages, type Places, postgresFiles, redisFiles } from '../secrecy/read-places.ts';
import { openStage, type Stage } from '../stage/open-stage.ts';

const boardPassword = 'scorecard-board-password';

/** Row 17: codes that occur nowhere by chance are sent, resent, guessed wrong and right; then everything is searched. */
export const hiddenCodes: Row = {
  rows: [17],
  title: 'codes searched for in every place, in every encoding',
  quick: true,
  async run(context) {
    const hook = await listen();
    const opsPort = String(await freePort());
    const stage = await openStage({
      workers: 1,
      tenant: {
        whatsappMs: 1_000,
        smsMs: 1_000,
        more: {
          // Made codes that are as odd as brought ones.
          codes: { length: 10, alphabet: 'letters_digits' },
          limits: { recipient: null, ip: null, device: null, tenant: null },
          webhooks: [{ id: 'hook', url: hook.url }],
        },
      },
      env: {
        OTP_BOARD_PASSWORD: boardPassword,
        LOG_LEVEL: 'debug',
        OTP_OUTGOING_NETWORKS: '127.0.0.0/8',
        OTP_OPS_PORT: opsPort,
      },
    });
    try {
      return [await measure(context, stage, hook, opsPort)];
    } finally {
      await stage.close();
      await hook.close();
    }
  },
};

/** Letters that spell nothing; drawn anew each time, so that no file of ours can hold it. */
const canary = (): string => Array.from({ length: 10 }, () => 'QXZVKJW79'[randomInt(9)]).join('');

async function measure(
  { seed, short, log }: RowContext,
  stage: Stage,
  hook: Listener,
  opsPort: string,
): Promise<Figure> {
  const { world, redis, database } = stage;
  const told: Buffer[] = [];
  // `monitor` opens a connection of its own beside this one.
  const asking = new Redis(redis.url);
  const watcher = await asking.monitor();
  watcher.on('monitor', (_at: string, args: string[]) => void told.push(Buffer.from(JSON.stringify(args))));

  const brought = canary();
  const guessed = canary();
  await addBadJob(stage);
  const acts = await act(stage, { seed, people: short ? 24 : 200, brought, guessed });
  log(`${acts.ids.length} verifications; searching`);
  await waitFor('events to be told', () => hook.heard().length > acts.ids.length, { timeoutMs: 15_000 });
  const metrics = await Promise.all(
    [`${world.apiUrl}/metrics`, `http://127.0.0.1:${opsPort}/metrics`].map(async (url) =>
      (await fetch(url)).text(),
    ),
  );
  watcher.disconnect();
  asking.disconnect();

  const places: Places = {
    ...(await redisFiles(redis.url)),
    'redis as watched by MONITOR': Buffer.concat(told),
    ...(await postgresFiles(database)),
    ...(await boardPages(stage, boardPassword)),
    logs: Buffer.from([world.api(), ...world.workers].flatMap(({ lines }) => lines).join('\n')),
    metrics: Buffer.from(metrics.join('\n')),
    'outgoing webhooks': Buffer.from(hook.heard().join('\n')),
    answers: Buffer.from(acts.answers.join('\n')),
  };
  return figureOf(places, { brought, guessed, made: acts.made }, acts.ids, world.tenantId);
}

interface Codes {
  readonly brought: string;
  readonly guessed: string;
  readonly made: readonly string[];
}

function figureOf(
  places: Places,
  { brought, guessed, made }: Codes,
  ids: readonly string[],
  tenantId: string,
): Figure {
  const hits: string[] = [];
  for (const [what, codes] of Object.entries({
    brought: [brought],
    guessed: [guessed],
    made: made.slice(0, 5),
  }))
    for (const disguises of codes.map(disguisesOf))
      for (const [place, bytes] of Object.entries(places))
        hits.push(...foundIn(bytes, disguises).map((form) => `a ${what} code in ${place} (${form})`));
  // A place that holds nothing of what happened was not searched. The board hides tenants: it shows why the bad job failed.
  const marks = [
    ...ids,
    ...ids.map((id) => id.replace('vrf_', 'att_')),
    tenantId,
    'otp_',
    'OTP_INVALID_REQUEST',
  ];
  const unread = Object.entries(places).flatMap(([place, bytes]) =>
    marks.some((mark) => bytes.includes(mark)) ? [] : [place],
  );
  const megabytes = Object.values(places).reduce((sum, bytes) => sum + bytes.length, 0) / 2 ** 20;
  return {
    row: 17,
    figure: 'plaintext codes in stores, logs, metrics, pages, webhooks and answers',
    value: `${hits.length} hits`,
    target: '0 hits in any encoding',
    pass: hits.length === 0 && unread.length === 0 && made.length > 0,
    detail: [
      `${ids.length} verifications, ${Object.keys(places).length} places, ${Math.round(megabytes)} MB, ${disguisesOf(brought).length} forms per code`,
      ...(unread.length > 0 ? [`holds nothing of ours: ${unread.join(', ')}`] : []),
      ...[...new Set(hits)].slice(0, 8),
    ].join('; '),
  };
}
