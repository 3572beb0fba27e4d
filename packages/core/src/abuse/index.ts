export * from './abuse-rule.ts';
export * from './judge.ts';
export * from './judge-checks.ts';
export * from './number-facts.ts';
export * from './spend.ts';
export * from './traffic.ts';
