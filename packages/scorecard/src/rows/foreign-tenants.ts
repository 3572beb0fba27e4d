import { setTimeout as delay } from 'node:timers/promises';
import { apiKeyScopes, issueApiKey } from '@otp-relay/engine';
import { type Random, seeded } from '../random.ts';
import { type ForeignCall, foreignCalls, type Request } from '../routes/foreign-calls.ts';
import { makeOtherTenant, type OtherTenant, otherMarkers } from '../routes/other-tenant.ts';
import { type ApiRoute, readRoutes } from '../routes/read-routes.ts';
import { hashRows, idsOf } from '../routes/tenant-rows.ts';
import { openTwoApis, type TwoApis } from '../routes/two-apis.ts';
import type { Figure, Row, RowContext } from '../row.ts';

/** Row 21: one tenant's key, every route of the table, every method, every id of another tenant, at two api processes. */
export const foreignTenants: Row = {
  rows: [21],
  title: "one tenant's key with the ids of another one",
  quick: true,
  async run(context) {
    const stage = await openTwoApis({
      tenant: { more: { limits: { recipient: null, tenant: null } } },
    });
    try {
      return [await measure(stage, context)];
    } finally {
      await stage.close();
    }
  },
};

const atOnce = 10;
/** In the short form: of the calls that name an id in query or body; those that name one in the path are all made. */
const mostBesidePath = 150;

interface Answer {
  readonly status: number;
  readonly code: string;
  readonly text: string;
}

async function measure(stage: TwoApis, { seed, short, budgetMs, log }: RowContext): Promise<Figure> {
  const { world, database } = stage;
  const until = Date.now() + budgetMs * 0.7;
  const other = await makeOtherTenant(stage);
  const keys = await attackers(stage);
  const routes = (await readRoutes(world.apiUrl, world.env)).filter(
    ({ access }) => access !== 'public' && access !== 'metrics',
  );
  const ids = (await idsOf(database, other.id, short ? 1 : 2)).filter((id) => id !== other.id);
  // What no call names, no answer may hold: what a call names, its own tenant may have stored since.
  const markers = [
    ...(await idsOf(database, other.id, 10)).filter((id) => id !== other.id && !ids.includes(id)),
    ...otherMarkers,
  ];
  const calls = routes.flatMap((route) => foreignCalls(route, { own: world.tenantId, other: other.id, ids }));
  const random = seeded(seed);
  const [inPath, beside] = [calls.filter(({ inPath }) => inPath), calls.filter(({ inPath }) => !inPath)];
  // Those in the path come first: they are all made, however slow the machine.
  const order = [
    ...shuffled(inPath, random),
    ...shuffled(beside, random).slice(0, short ? mostBesidePath : beside.length),
  ];
  const [harmless, harmful] = [order.filter((call) => !changesOwn(call)), order.filter(changesOwn)];
  const before = await hashRows(database, other.id);
  const wrongs: string[] = [];
  let made = 0;
  const attack = async (call: ForeignCall): Promise<void> => {
    const url = stage.urls[made % 2] ?? '';
    const key = keys[made % keys.length] ?? '';
    made += 1;
    const answer = await ask(url, key, call.foreign);
    const control = await ask(url, key, call.control);
    for (const wrong of judge(answer, control, markers))
      wrongs.push(`${call.foreign.method} ${call.foreign.path}: ${wrong}`);
  };
  await eachOf(harmless, atOnce, until, attack);
  // What changes the caller's own tenant comes last and one by one: else the calls would get in each other's way.
  await eachOf(harmful, 1, until, attack);
  const after = await hashRows(database, other.id);
  const changed = [...before].filter(([table, hash]) => after.get(table) !== hash).map(([table]) => table);
  wrongs.push(...changed.map((table) => `rows of ${table} were changed`));
  const blind = await unopened(stage, routes, other, ids);
  for (const wrong of wrongs.slice(0, 10)) log(wrong);
  return {
    row: 21,
    figure: 'reads or writes of another tenant over every route × method × id',
    value: wrongs.length,
    target: '0',
    pass: wrongs.length === 0 && blind.length === 0 && made === order.length,
    bounded: short,
    detail: [
      `${made} of ${calls.length} calls, each beside one that names what nobody has, on ${routes.length} routes with ${ids.length} ids at two api processes; the other tenant's rows compared in ${before.size} tables`,
      ...(blind.length > 0
        ? [`its own key opens nothing either on ${blind.join(', ')}: not proven there`]
        : []),
      ...wrongs.slice(0, 5),
    ].join('; '),
  };
}

const changesOwn = ({ route }: ForeignCall): boolean => route.access === 'operator' && route.method !== 'GET';

/** So many at a time, in order, until the time is up. */
async function eachOf<T>(
  items: readonly T[],
  atOnce: number,
  until: number,
  use: (item: T) => Promise<void>,
): Promise<void> {
  const left = items.values();
  const work = async (): Promise<void> => {
    for (const item of left) {
      if (Date.now() >= until) return;
      await use(item);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

/** What an answer gives away: anything of the other tenant, or that there is such an id at all. */
function* judge(answer: Answer, control: Answer, markers: readonly string[]): Generator<string> {
  const leak = markers.find((marker) => answer.text.includes(marker));
  if (leak !== undefined) yield `the answer holds ${leak}`;
  const same =
    answer.code === control.code && (answer.status === control.status || (isDone(answer) && isDone(control)));
  if (!same)
    yield `answered ${answer.status} ${answer.code}, and ${control.status} ${control.code} for what nobody has`;
  if (answer.status >= 500) yield `answered ${answer.status}`;
}

/** A request that is joined is answered 200, its first 201: that is the caller's own. */
const isDone = ({ status }: Answer): boolean => status === 200 || status === 201;

/** Keys of the attacking tenant: everything it may have, and a test key. */
async function attackers({ world }: TwoApis): Promise<readonly string[]> {
  const { store, pepper } = world.house;
  const make = async (mode: 'live' | 'test'): Promise<string> => {
    const scopes = apiKeyScopes.filter((scope) => mode === 'live' || scope !== 'admin');
    const issued = await issueApiKey(store, pepper, { tenantId: world.tenantId, name: mode, mode, scopes });
    return issued.secret.reveal();
  };
  return [await make('live'), await make('live'), await make('test')];
}

/**
 * Routes with a name in their path that answer 404 to the owner too, whatever id: there the attack would have found nothing even
 * if the door stood open. Asked last, since the owner's calls do change things.
 */
async function unopened(
  { urls }: TwoApis,
  routes: readonly ApiRoute[],
  other: OtherTenant,
  ids: readonly string[],
): Promise<readonly string[]> {
  const blind: string[] = [];
  for (const route of [...routes].sort((a, b) => rank(a) - rank(b))) {
    if (route.params.length === 0) continue;
    const calls = foreignCalls(route, { own: other.id, other: other.id, ids });
    let opened = false;
    for (const { foreign } of calls) {
      const { status } = await ask(urls[0], other.key, foreign);
      opened = status !== 404 && status !== 401 && status !== 403;
      if (opened) break;
    }
    if (!opened) blind.push(`${route.method} ${route.url}`);
  }
  return blind;
}

/** Reading, then what leaves the tenant as it is, then what does not; the owner's own key goes last. */
const rank = ({ method, url }: ApiRoute): number =>
  method === 'DELETE' && url.includes('/keys') ? 9 : ['GET', 'POST', 'DELETE', 'PUT'].indexOf(method);

/** Turned away for lack of room or by a limit is no answer: it is asked again. */
async function ask(url: string, key: string, request: Request): Promise<Answer> {
  for (let tries = 1; ; tries += 1) {
    const answer = await askOnce(url, key, request);
    if ((answer.status !== 503 && answer.status !== 429) || tries === 10) return answer;
    await delay(100 * tries);
  }
}

async function askOnce(url: string, key: string, { method, path, body }: Request): Promise<Answer> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, code: /"code":"(OTP_[A-Z_]+)"/.exec(text)?.[1] ?? '', text };
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  const copy = [...items];
  for (let at = copy.length - 1; at > 0; at -= 1) {
    const pick = random.int(0, at);
    const [one, two] = [copy[at], copy[pick]];
    if (one !== undefined && two !== undefined) [copy[at], copy[pick]] = [two, one];
  }
  return copy;
}
