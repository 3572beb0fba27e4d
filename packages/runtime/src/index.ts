export { ConfigFault, type ConfigProblem } from './config-fault.ts';
export { createLogger, type Logger, type LoggerSettings, type LogLevel, logLevels } from './create-logger.ts';
export { type ConfigRow, type ConfigSchema, describeConfig } from './describe-config.ts';
export { boolean, integer, keyRing, milliseconds, port, secretKey, url } from './fields.ts';
export { type CheckResult, type HealthCheck, type HealthReport, health } from './health.ts';
export { type Env, loadConfig, maskConfig } from './load-config.ts';
export { maskText } from './mask-line.ts';
export { bounded, type Labels, type MetricSettings, type Metrics, metrics } from './metrics.ts';
export { type ProcessLike, type Shutdown, shutdown } from './shutdown.ts';
