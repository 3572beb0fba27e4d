export type { EmbeddedOptions, EmbeddedPostgres } from './embedded/embedded-postgres.ts';
export { embeddedPostgres, embeddedRefusal } from './embedded/embedded-postgres.ts';
