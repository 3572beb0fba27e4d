export type * from './provider.ts';
export { shelf } from './shelf.ts';
