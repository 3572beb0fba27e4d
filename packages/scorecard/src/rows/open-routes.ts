import { type ApiRoute, filled, readRoutes } from '../routes/read-routes.ts';
import { openTwoApis, type TwoApis } from '../routes/two-apis.ts';
import type { Figure, Row, RowContext } from '../row.ts';

/** Row 22: every route of the table, and what is mounted beside it, asked by nobody in every disguise nobody has. */
export const openRoutes: Row = {
  rows: [22],
  title: 'routes that answer without credentials',
  quick: true,
  async run(context) {
    const stage = await openTwoApis({
      env: { OTP_BOARD_PASSWORD: 'a-password-of-the-board', OTP_METRICS_TOKEN: 'a-token-for-the-metrics' },
    });
    try {
      return [await measure(stage, context)];
    } finally {
      await stage.close();
    }
  },
};

/** What may answer everybody: health, keys to seal with and to check evidence with, the documentation. */
const open = new Set([
  '/',
  '/healthz',
  '/readyz',
  '/openapi.json',
  '/.well-known/jwks.json',
  '/.well-known/evidence-keys.json',
]);
/** A webhook is for everybody to call, and believes only who signs: unsigned it is refused as a credential is. */
const isWebhook = ({ url }: ApiRoute): boolean => url.startsWith('/webhooks/');

/** Bull Board mounts its own, and names them nowhere: those its page asks for, and what is under them. */
const board = [
  '',
  '/',
  '/api/queues',
  '/api/redis/stats',
  '/queue/otp',
  '/queue/otp/1',
  '/static/x',
  '/api/queues/otp/1/retry',
].map(
  (path): ApiRoute => ({
    method: 'GET',
    url: `/board${path}`,
    access: 'board',
    params: [],
    query: [],
    bodies: [],
  }),
);

const verbs = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

const strangers: Readonly<Record<string, string | undefined>> = {
  nobody: undefined,
  empty: '',
  'an empty bearer': 'Bearer ',
  undefined: 'Bearer undefined',
  null: 'Bearer null',
  'a key of the right shape': `Bearer otp_live_${'0'.repeat(26)}_${'0'.repeat(32)}`,
  'a test key of the right shape': `Bearer otp_test_${'1'.repeat(26)}_${'z'.repeat(32)}`,
  'no operator': `Bearer ${'a'.repeat(64)}`,
  'an empty password': `Basic ${Buffer.from('operator:').toString('base64')}`,
  'a wrong password': `Basic ${Buffer.from('operator:password').toString('base64')}`,
};

async function measure({ world, urls }: TwoApis, { short, log }: RowContext): Promise<Figure> {
  const routes = [...(await readRoutes(world.apiUrl, world.env)), ...board];
  const answered: string[] = [];
  let calls = 0;
  const guarded = [
    ...new Set(
      routes.filter(({ url, access }) => !(open.has(url) && access === 'public')).map(({ url }) => url),
    ),
  ];
  for (const [n, url] of guarded.entries()) {
    const own = routes.filter((route) => route.url === url);
    for (const verb of verbs)
      for (const [who, authorization] of Object.entries(strangers)) {
        // In the short form every stranger tries the route's own methods, and nobody the others.
        if (short && who !== 'nobody' && !own.some(({ method }) => method === verb)) continue;
        const path = filled(url, ['acme', 'x', 'y']);
        const status = await statusOf(`${urls[n % 2]}${path}`, verb, authorization);
        calls += 1;
        if (!isRefusal(status, own)) answered.push(`${verb} ${url} answered ${status} to ${who}`);
      }
  }
  const exposed = routes.filter(
    (route) => route.access === 'public' && !open.has(route.url) && !isWebhook(route),
  );
  answered.push(...exposed.map(({ url }) => `${url} is public and nobody agreed to it`));
  for (const line of answered.slice(0, 10)) log(line);
  return {
    row: 22,
    figure: 'routes that answer without credentials',
    value: answered.length,
    target: '0 besides health, webhooks, JWKS, login',
    pass: answered.length === 0 && guarded.length > 20,
    ...(short && { bounded: true }),
    detail: `${calls} calls on ${guarded.length} paths by ${Object.keys(strangers).length} strangers at two api processes; open to all: ${[...open].join(', ')}, webhooks by signature${answered.length > 0 ? `; ${answered.slice(0, 5).join('; ')}` : ''}`,
  };
}

/** Nothing there, not this way, or not you. A preflight is answered by nobody here either. */
function isRefusal(status: number, own: readonly ApiRoute[]): boolean {
  if (status === 401 || status === 404 || status === 405) return true;
  // A handshake without its secret.
  return own.some(isWebhook) && (status === 403 || status === 400);
}

async function statusOf(url: string, method: string, authorization: string | undefined): Promise<number> {
  const hasBody = method === 'POST' || method === 'PUT' || method === 'PATCH';
  const response = await fetch(url, {
    method,
    redirect: 'manual',
    headers: {
      ...(authorization !== undefined && { authorization }),
      ...(hasBody && { 'content-type': 'application/json' }),
    },
    ...(hasBody && { body: '{}' }),
  });
  await response.arrayBuffer();
  return response.status;
}
