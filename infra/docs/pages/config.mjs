import { describeConfig } from '@otp-relay/runtime';
import { apiSettings } from '../../../apps/api/dist/config.js';
import { cliSettings } from '../../../apps/cli/dist/config.js';
import { workerSettings } from '../../../apps/worker/dist/config.js';
import { code, page, table } from '../markdown.mjs';

const apps = { api: apiSettings, worker: workerSettings, cli: cliSettings };
const described = Object.entries(apps).map(([app, schema]) => ({ app, rows: describeConfig(schema) }));

const inEvery = (name) => described.every(({ rows }) => rows.some((row) => row.name === name));
const shared = described[0].rows.filter(({ name }) => inEvery(name));

const rowOf = ({ name, type, required, default: preset, secret, description, example }) => [
  code(name),
  type + (secret ? ', secret' : ''),
  required ? 'required' : code(preset),
  description,
  code(example),
];
const settings = (rows) => table(['variable', 'type', 'default', 'meaning', 'example'], rows.map(rowOf));

export const files = () => ({
  'config.md': page(
    'Configuration',
    "each app's `config.ts`",
    'Environment variables, read once at the start. Whatever is wrong is told at once, by name and with an example; secrets are never shown.',
    '## Every process',
    settings(shared),
    ...described.flatMap(({ app, rows }) => [
      `## apps/${app}`,
      settings(rows.filter(({ name }) => !inEvery(name))),
    ]),
  ),
});
