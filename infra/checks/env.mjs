// The environment is read in each app's config.ts and nowhere else. What else may name it, and why, stands here.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const allowed = [
  /^apps\/[^/]+\/src\/config\.ts$/,
  // Tests, and what only tests and measurements load.
  /\.test\.ts$|\/src\/(?:testing|conformance)\/|^packages\/(?:testkit|e2e|bench)\//,
  // Hands its own environment down to the Postgres it starts, and reads nothing from it.
  /^packages\/store\/src\/embedded\/postmaster\.ts$/,
];

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const sources = ['packages', 'apps'].flatMap((tier) =>
  readdirSync(join(root, tier)).flatMap((name) => {
    const folder = `${tier}/${name}/src`;
    const files = readdirSync(join(root, folder), { recursive: true });
    return files.filter((file) => /\.tsx?$/.test(file)).map((file) => `${folder}/${file}`);
  }),
);

const guilty = sources
  .filter((file) => !allowed.some((pattern) => pattern.test(file)))
  .flatMap((file) =>
    readFileSync(join(root, file), 'utf8')
      .split('\n')
      .flatMap((line, index) => (/\bprocess\.env\b/.test(line) ? [`${file}:${index + 1}`] : [])),
  );

for (const place of guilty) console.log(`${place} reads process.env; take it from the app's config.ts`);
process.exitCode = guilty.length > 0 ? 1 : 0;
