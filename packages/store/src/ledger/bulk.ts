import { type ArrayType, binaryArrays, binaryRows, type Element } from './binary-array.ts';

/** Columns of a table by their Postgres types, in the order they travel. */
export type Columns = Readonly<Record<string, ArrayType>>;

/** One row for a set of columns; `jsonb` travels as text. */
export type RowOf<T extends Columns | RowType> = {
  readonly [Name in keyof (T extends RowType<infer C> ? C : T)]: Element;
};

const namesOf = (columns: Columns): string => Object.keys(columns).join(', ');

/** `unnest($1::text[], $2::bigint[], …)` as `r(id, at, …, n)`: many rows, numbered, in a statement whose text never changes. */
export function unnest(columns: Columns, firstParameter = 1): string {
  const arrays = Object.values(columns).map((type, index) => `$${firstParameter + index}::${type}[]`);
  return `unnest(${arrays.join(', ')}) with ordinality as r(${namesOf(columns)}, n)`;
}

/** The parameters of {@link unnest}: one array per column. */
export const arraysOf = <C extends Columns>(columns: C, rows: readonly RowOf<C>[]): Buffer[] =>
  binaryArrays(
    Object.values(columns),
    Object.keys(columns).map((name) => rows.map((row) => row[name])),
  );

/**
 * Rows of many columns travel as one array of a composite type that the schema has for them (`0016-rows-as-rows`): an array
 * per column costs Postgres more than a microsecond each, however short it is (docs/adr/0022).
 */
export interface RowType<C extends Columns = Columns> {
  /** In schema `otp`; its attributes are `columns`, in order. A column more is another type: older processes still run. */
  readonly name: string;
  readonly columns: C;
  readonly entries: readonly (readonly [name: string, type: ArrayType])[];
}

export const rowType = <C extends Columns>(name: string, columns: C): RowType<C> => ({
  name,
  columns,
  entries: Object.entries(columns),
});

/** `unnest($1::otp.new_event[])` as `r(verification_id, …, n)`: many rows, numbered. */
export const rowsFrom = ({ name, columns }: RowType, parameter = 1): string =>
  `unnest($${parameter}::otp.${name}[]) with ordinality as r(${namesOf(columns)}, n)`;

/** `insert into table (…) select … from unnest(…)`, to which conditions and an order by `n` can be added. */
export const insertInto = (table: string, type: RowType, parameter = 1): string =>
  `insert into ${table} (${namesOf(type.columns)}) select ${namesOf(type.columns)} from ${rowsFrom(type, parameter)}`;

/** The parameter of {@link rowsFrom}. */
export const recordsOf = <C extends Columns>({ entries }: RowType<C>, rows: readonly RowOf<C>[]): Buffer =>
  binaryRows(entries, rows);

export const widthOf = (columns: Columns): number => Object.keys(columns).length;
