export { lateSends } from './late-sends.ts';
export { describeWorld } from './on-both-backends.ts';
export { appEntry, nodeFlags } from './paths.ts';
export { phoneBook } from './phones.ts';
export { simulatedCredentials, simulatedTenant, type TenantShape } from './simulated-tenant.ts';
export { type PhoneMessage, type ProviderCall, type Simulator, startSimulator } from './simulator.ts';
export { startWorld, type World, type WorldOptions } from './world.ts';
