export { type TestDatabase, testDatabase } from './postgres.ts';
export { startPostgres } from './postgres-server.ts';
