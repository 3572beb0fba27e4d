export * from './api.ts';
export * from './context.ts';
export * from './end-user.ts';
export * from './evidence.ts';
export * from './faults.ts';
export * from './otp-job.ts';
export * from './problems.ts';
export * from './tenant-config.ts';
