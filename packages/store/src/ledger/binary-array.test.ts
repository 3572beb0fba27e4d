import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type TestStore, testStore } from '../testing/test-store.ts';
import { type ArrayType, binaryArrays, type Element } from './binary-array.ts';

const long = 'x'.repeat(200);

describe('arrays in binary', () => {
  let test: TestStore;
  beforeAll(async () => {
    test = await testStore();
  });
  afterAll(() => test.stop());

  /** What Postgres makes of them, as it would print them. */
  async function readBack(type: ArrayType, elements: readonly Element[]): Promise<readonly unknown[]> {
    const [array] = binaryArrays([type], [elements]);
    const as = type === 'jsonb' ? 'jsonb' : type === 'bytea' ? 'bytea' : 'text';
    const { rows } = await test.admin.query(
      `select x::${as} as x from unnest($1::${type}[]) with ordinality as r(x, n) order by n`,
      [array],
    );
    return rows.map(({ x }) => x);
  }

  const texts = [
    '',
    'acme',
    'NULL',
    'a"b\\c{d},e',
    'é',
    '日本語 👋',
    `${long}é`,
    long,
    '\u0001\t\n',
    null,
    ' ',
  ] as const;
  const numbers = [0, 1, -1, 127, 128, 65_536, 2 ** 31 - 1, -(2 ** 31), null] as const;
  const instants = [...numbers, 2 ** 31, 2 ** 32, 1_770_000_000_000, -1_770_000_000_000] as const;
  const extremes = [Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER] as const;

  it('carry texts as they are', async () => {
    expect(await readBack('text', texts)).toEqual(texts);
  });

  it('carry whole numbers', async () => {
    const printed = (values: readonly (number | null)[]) =>
      values.map((it) => (it === null ? null : String(it)));
    expect(await readBack('integer', numbers)).toEqual(printed(numbers));
    expect(await readBack('bigint', [...instants, ...extremes])).toEqual(printed([...instants, ...extremes]));
    expect(await readBack('bigint', ['42'])).toEqual(['42']);
  });

  it.each([1.5, Number.NaN, 2 ** 60, 'many'])('refuse %p among whole numbers', (value) => {
    expect(() => binaryArrays(['bigint'], [[value]])).toThrow(RangeError);
  });

  it('carry bytes and JSON', async () => {
    const bytes = [Buffer.from([0, 1, 255]), Buffer.alloc(0), null, Buffer.alloc(70_000, 7)];
    expect(await readBack('bytea', bytes)).toEqual(bytes);
    expect(await readBack('jsonb', ['{"a":"\\"é\\""}', 'null', '[]', null])).toEqual([
      { a: '"é"' },
      null,
      [],
      null,
    ]);
  });

  it('may be empty, and many', async () => {
    expect(await readBack('text', [])).toEqual([]);
    const many = Array.from({ length: 5_000 }, (_, index) => `${index} ${long}`);
    expect(await readBack('text', many)).toEqual(many);
  });

  it('are independent of the ones made next', async () => {
    const [first] = binaryArrays(['text'], [['first']]);
    binaryArrays(['text'], [['other', 'and longer']]);
    const { rows } = await test.admin.query('select $1::text[] as it', [first]);
    expect(rows).toEqual([{ it: ['first'] }]);
  });

  it('stand in their columns’ places', async () => {
    const [ids, empty, at] = binaryArrays(['text', 'jsonb', 'bigint'], [['a', 'b'], [], [1, 2]]);
    const { rows } = await test.admin.query(
      'select $1::text[] as ids, $2::jsonb[] as empty, $3::bigint[]::text as at',
      [ids, empty, at],
    );
    expect(rows).toEqual([{ ids: ['a', 'b'], empty: [], at: '{1,2}' }]);
  });

  it('are refused by Postgres where a text is none', async () => {
    await expect(readBack('text', ['a\0b'])).rejects.toMatchObject({ code: '22021' });
    expect(await readBack('text', ['half \ud800'])).toEqual(['half \ufffd']);
  });
});
