// Writes docs/reference from the built packages; with --check it writes nothing and fails when a page is stale.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const target = join(root, 'docs/reference');
const folder = new URL('pages/', import.meta.url);
const check = process.argv.includes('--check');

/** Every module in pages/ exports `files()`: names under docs/reference with their content. */
const wanted = new Map();
for (const module of readdirSync(folder)
  .filter((name) => name.endsWith('.mjs'))
  .sort()) {
  const { files } = await import(new URL(module, folder).href);
  for (const [name, content] of Object.entries(await files()))
    wanted.set(name, content.endsWith('\n') ? content : `${content}\n`);
}

mkdirSync(target, { recursive: true });
const present = readdirSync(target);
const read = (name) => (present.includes(name) ? readFileSync(join(target, name), 'utf8') : undefined);
const stale = [...wanted].filter(([name, content]) => read(name) !== content).map(([name]) => name);
const left = present.filter((name) => !wanted.has(name));

if (!check) {
  for (const name of stale) writeFileSync(join(target, name), wanted.get(name));
  for (const name of left) rmSync(join(target, name));
}
const shown = (name) => relative(root, join(target, name));
for (const name of stale) console.log(`${check ? 'stale' : 'wrote'}: ${shown(name)}`);
for (const name of left) console.log(`${check ? 'nothing generates' : 'removed'}: ${shown(name)}`);
if (check && stale.length + left.length > 0) {
  console.log('Run `pnpm run docs` and commit the result.');
  process.exitCode = 1;
}
