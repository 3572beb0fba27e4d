import type { Random } from '../random.ts';
import { oddText, oddValue } from './odd-values.ts';

type Tree = Record<string, unknown> | unknown[];
const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null;

/** Bends a JSON document in one to four places, then perhaps its text. */
export function bendJson(document: unknown, random: Random): Buffer {
  const bent = structuredClone(document);
  for (let bends = random.int(0, 4); bends > 0; bends -= 1) bendOnce(bent, random);
  const text = JSON.stringify(bent);
  return random() < 0.25 ? bendText(text, random) : Buffer.from(text);
}

function bendOnce(document: unknown, random: Random): void {
  const trees = treesIn(document);
  if (trees.length === 0) return;
  const tree = random.pick(trees);
  const keys = Object.keys(tree);
  if (keys.length === 0) return;
  const key = random.pick(keys);
  const owner = tree as Record<string, unknown>;
  const value = owner[key];
  switch (random.int(0, 6)) {
    case 0:
      delete owner[key];
      break;
    case 1:
      delete owner[key];
      put(owner, oddText(random), value);
      break;
    case 2:
      put(owner, key, oddValue(random));
      break;
    case 3:
      put(owner, key, [value]);
      break;
    case 4:
      put(owner, key, { [key]: value });
      break;
    case 5:
      put(owner, '__proto__', { admin: true });
      break;
    case 6:
      if (Array.isArray(value) && value.length > 0)
        put(owner, key, Array<unknown>(random() < 0.02 ? 1_000 : random.int(2, 9)).fill(random.pick(value)));
      break;
  }
}

/** An own property whatever its name, as JSON.parse makes it: assigning `__proto__` would set the prototype. */
function put(owner: object, key: string, value: unknown): void {
  Object.defineProperty(owner, key, { value, enumerable: true, configurable: true, writable: true });
}

function treesIn(value: unknown): Tree[] {
  if (!isTree(value)) return [];
  return [value, ...Object.values(value).flatMap(treesIn)];
}

/** What no serialiser writes. */
function bendText(text: string, random: Random): Buffer {
  const at = random.int(0, text.length);
  switch (random.int(0, 8)) {
    case 0:
      return Buffer.from(text.slice(0, at));
    case 1:
      return Buffer.from(text.replace('{', '{"object":"x","entry":[],'));
    case 2:
      return Buffer.from(text.replace(/:"[^"]*"/, ':NaN'));
    case 3:
      return Buffer.from(text, 'utf16le');
    case 4:
      return Buffer.from(`\ufeff${text}`);
    case 5:
      return Buffer.from(`${'['.repeat(random.int(10, 20_000))}${text}`);
    case 6:
      return Buffer.from(text.replace(/"(sent|delivered|read|failed)"/g, '"\\ud800"'));
    case 7: {
      const bytes = Buffer.from(text);
      for (let flips = random.int(1, 9); flips > 0; flips -= 1)
        bytes[random.int(0, bytes.length - 1)] = random.int(0, 255);
      return bytes;
    }
    default:
      return Buffer.from(`${text}${text}`);
  }
}
