export { appEntry } from './paths.ts';
export { simulatedCredentials, simulatedTenant, type TenantShape } from './simulated-tenant.ts';
export { type PhoneMessage, type ProviderCall, type Simulator, startSimulator } from './simulator.ts';
export { startWorld, type World, type WorldOptions } from './world.ts';
