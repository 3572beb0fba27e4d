import { type ArrayType, binaryArrays, type Element } from './binary-array.ts';

/** Columns of a table by their Postgres types, in the order they travel. */
export type Columns = Readonly<Record<string, ArrayType>>;

/** One row for a set of columns; `jsonb` travels as text. */
export type RowOf<C extends Columns> = { readonly [Name in keyof C]: Element };

const namesOf = (columns: Columns): string => Object.keys(columns).join(', ');

/** `unnest($1::text[], $2::bigint[], …)` as `r(id, at, …, n)`: many rows, numbered, in a statement whose text never changes. */
export function unnest(columns: Columns, firstParameter = 1): string {
  const arrays = Object.values(columns).map((type, index) => `$${firstParameter + index}::${type}[]`);
  return `unnest(${arrays.join(', ')}) with ordinality as r(${namesOf(columns)}, n)`;
}

/** `insert into table (…) select … from unnest(…)`, to which conditions and an order by `n` can be added. */
export const insertInto = (table: string, columns: Columns, firstParameter = 1): string =>
  `insert into ${table} (${namesOf(columns)}) select ${namesOf(columns)} from ${unnest(columns, firstParameter)}`;

/** The parameters of {@link unnest}: one array per column. */
export const arraysOf = <C extends Columns>(columns: C, rows: readonly RowOf<C>[]): Buffer[] =>
  binaryArrays(
    Object.values(columns),
    Object.keys(columns).map((name) => rows.map((row) => row[name])),
  );

export const widthOf = (columns: Columns): number => Object.keys(columns).length;
