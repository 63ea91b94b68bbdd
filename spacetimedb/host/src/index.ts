/** Runs a SpacetimeDB module in this process, with the HTTP and WebSocket API of the real server. */
export { startHost, type StartedHost, type StartHostOptions } from './node/start-host.ts';
export { generateBindings, type GenerateBindingsOptions } from './node/generate-bindings.ts';
export { bundleModule, BundleError } from './node/module/bundle.ts';
export { ModulePanic } from './engine/abi/module-instance.ts';
export { ModuleDefError } from './engine/schema/errors.ts';
export { MigrationRejectedError } from './engine/database/migrate-database.ts';
export { StorageError } from './node/storage/storage-error.ts';
export { SigningKeyError } from './node/auth/keys.ts';
export { ManualTime, type TimeSource } from './engine/database/time-source.ts';
export { PortInUseError } from './node/http/server.ts';
export type { LogLevel, LogRecord, ReducerOutcome, SqlResult } from './engine/database-api.ts';
export { SqlError } from './engine/sql/sql-error.ts';
export type { HostLimits } from './engine/limits.ts';
export type { TrustProxy } from './node/http/client-address.ts';
export type { AllowPublish } from './node/http/host-api.ts';
export { UsageError, parseDatabaseName, parseLimits, parsePort, parseTrustProxy } from './cli/arguments.ts';
export { failInOneLine, stopOnSignals } from './cli/process.ts';
