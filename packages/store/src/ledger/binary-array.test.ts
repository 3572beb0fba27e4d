import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type TestStore, testStore } from '../testing/test-store.ts';
import { type ArrayType, binaryArrays, binaryRows, type Element } from './binary-array.ts';

const long = 'x'.repeat(200);

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

describe('rows in binary', () => {
  const columns = [
    ['id', 'text'],
    ['at', 'bigint'],
    ['key', 'bytea'],
    ['detail', 'jsonb'],
    ['n', 'integer'],
  ] as const;
  let test: TestStore;
  beforeAll(async () => {
    test = await testStore();
    await test.admin.query(`create type sample as (${columns.map((column) => column.join(' ')).join(', ')})`);
  });
  afterAll(() => test.stop());

  const readBack = async (sent: readonly Record<string, Element>[]) => {
    const text = 'select id, at::float8 as at, key, detail, n from unnest($1::sample[])';
    return (await test.admin.query(text, [binaryRows(columns, sent)])).rows;
  };

  it('arrive as they are, in order', async () => {
    const sent = texts.map((id, index) => ({
      id,
      at: index % 2 === 0 ? 1_770_000_000_000 + index : null,
      key: index % 3 === 0 ? Buffer.alloc(index * 10_000, index) : null,
      detail: index % 4 === 0 ? JSON.stringify({ id }) : null,
      n: -index || 0,
    }));
    expect(await readBack(sent)).toEqual(
      sent.map(({ detail, ...row }) => ({ ...row, detail: detail === null ? null : JSON.parse(detail) })),
    );
  });

  it('may be none, or many', async () => {
    expect(await readBack([])).toEqual([]);
    const many = Array.from({ length: 3_000 }, (_, n) => ({
      id: `${n} ${long}`,
      at: n,
      key: null,
      detail: null,
      n,
    }));
    expect(await readBack(many)).toEqual(many);
  });

  it('are refused by Postgres where its type is another', async () => {
    const [id, ...others] = columns;
    const sent = [{ id: 'a', at: 1, key: null, detail: null, n: 1 }];
    const send = (wrong: readonly (readonly [string, ArrayType])[]) =>
      test.admin.query('select from unnest($1::sample[])', [binaryRows(wrong, sent)]);
    await expect(send(others)).rejects.toMatchObject({ code: '42804' });
    await expect(send([...others, id])).rejects.toMatchObject({ code: '42804' });
  });
});
