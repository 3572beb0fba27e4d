import { createLogger, metrics } from '@otp-relay/runtime';
import { buildServer } from '../../../apps/api/dist/build-server.js';
import { apiSettings } from '../../../apps/api/dist/config.js';
import { routes } from '../../../apps/api/dist/routes.js';
import { code, page, table } from '../markdown.mjs';

/** Stands in for what the server needs to answer: describing itself touches none of it. */
const untouched = new Proxy(
  {},
  {
    get: (_, name) => {
      throw new Error(`describing the API touched ${String(name)}`);
    },
  },
);

async function openApi() {
  const ports = ['engine', 'store', 'producer', 'pepper', 'health'];
  const server = await buildServer({
    ...Object.fromEntries(ports.map((port) => [port, untouched])),
    metrics: metrics(),
    settings: apiSettings.parse({}),
    log: createLogger({ name: 'docs', level: 'silent' }),
  });
  const document = server.swagger();
  await server.close();
  return document;
}

const access = {
  send: 'API key, scope `send`',
  read: 'API key, scope `read`',
  metrics: 'metrics token',
  public: 'anyone',
};
const anchor = ({ method, url }) => `${[method].flat().join(' ')} ${url}`;

const answers = ({ schema }) =>
  table(
    ['answer', 'when'],
    Object.entries(schema.response ?? {}).map(([status, { description }]) => [status, description]),
  );

const listed = routes.filter(({ schema }) => schema.summary);

const section = (route) => [
  `## ${anchor(route)}`,
  route.schema.description ?? `${route.schema.summary}.`,
  route.schema.response && answers(route),
];

export const files = async () => ({
  'api.md': page(
    'HTTP API',
    "`apps/api`'s route table",
    'The same, machine-readable: [openapi.json](openapi.json), served at `/openapi.json`. Errors: [problems](problems.md). Fields of a request: [jobs](jobs.md), without `v` and `tenant`.',
    table(
      ['route', 'for', 'does'],
      listed.map((route) => [
        code(anchor(route)),
        access[route.access] ?? route.access,
        route.schema.summary,
      ]),
    ),
    ...listed.flatMap(section),
  ),
  'openapi.json': JSON.stringify(await openApi(), null, 2),
});
