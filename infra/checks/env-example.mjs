// .env.example names every variable of the api, the worker and the command line, and gives each default as it is.
import { readFileSync } from 'node:fs';
import { describeConfig } from '@otp-relay/runtime';
import { apiSettings } from '../../apps/api/dist/config.js';
import { cliSettings } from '../../apps/cli/dist/config.js';
import { workerSettings } from '../../apps/worker/dist/config.js';

const text = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8');
// What follows belongs to programs that do not share these settings.
const [ours] = text.split(/^## (?:simulator|docker-compose)/m);
const shown = new Map(
  [...ours.matchAll(/^#? ?([A-Z][A-Z0-9_]*)=(.*)$/gm)].map(([, name, value]) => [name, value]),
);

const known = new Map(
  [apiSettings, workerSettings, cliSettings].flatMap(describeConfig).map((row) => [row.name, row]),
);
const problems = [
  ...[...known.keys()].filter((name) => !shown.has(name)).map((name) => `${name} is missing`),
  ...[...shown.keys()].filter((name) => !known.has(name)).map((name) => `${name} is read by nobody`),
  ...[...known.values()]
    .filter((row) => row.default !== undefined && shown.has(row.name) && shown.get(row.name) !== row.default)
    .map((row) => `${row.name} defaults to ${row.default}, not ${shown.get(row.name)}`),
];
for (const problem of problems) console.log(`.env.example: ${problem}`);
process.exitCode = problems.length > 0 ? 1 : 0;
