import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
/** What plays other people or measures; none of it is in an installation. */
const notShipped = /^(?:apps\/simulator|packages\/(?:bench|e2e|scorecard|testkit))\//;

/** Sources of the product that mention `Math.random`, by path; comments count too. */
export function predictableSources(): readonly string[] {
  return ['apps', 'packages']
    .flatMap((folder) => readdirSync(join(root, folder)).map((name) => join(root, folder, name, 'src')))
    .flatMap(sourcesIn)
    .filter((path) => readFileSync(path, 'utf8').includes('Math.random'))
    .map((path) => relative(root, path).replaceAll('\\', '/'))
    .filter((path) => !notShipped.test(path));
}

function sourcesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.tsx?$/.test(name) && !/\.test\.tsx?$/.test(name))
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}
