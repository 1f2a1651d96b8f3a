export { ConfigError, readEnvironment } from './config/read-environment.js';
export { realOrTwin } from './config/real-or-twin.js';
export {
  addresses,
  flag,
  operationsVariables,
  rabbitVariables,
  redisVariables,
  secret,
  serverVariables,
  serviceTlsVariables,
} from './config/variables.js';
export { redisSettings } from './config/redis-settings.js';
export { serviceTls } from './config/service-tls.js';
export { DomainError } from './errors/domain-error.js';
export { issuesOf } from './errors/issues.js';
export { createLogger } from './log/create-logger.js';
export { scrubText } from './log/scrub.js';
export { Health } from './operations/health.js';
export { OperationsServer } from './operations/operations-server.js';
export { OperationsModule } from './operations/operations.module.js';
export { Answer, answer, changed, type CacheReport, type Freshness } from './rpc/answer.js';
export type { CallContext, Caller, OutgoingCall } from './rpc/caller.js';
export { RemoteError } from './rpc/client/remote-error.js';
export { RpcClient, type RpcClientOptions } from './rpc/client/rpc-client.js';
export {
  defineProcedure,
  type InputOf,
  type OutputOf,
  type ParsedInputOf,
  type Policy,
  type Procedure,
} from './rpc/procedure.js';
export { Call, Input } from './rpc/server/call-parameters.js';
export { Handles } from './rpc/server/handles.decorator.js';
export { RefusalInterceptor } from './rpc/server/refusal.interceptor.js';
export { RpcServerModule } from './rpc/server/rpc-server.module.js';
export { startRpcServer, type RunningRpcServer } from './rpc/server/start-rpc-server.js';
export { runService } from './service/run-service.js';
export type { RunningService } from './service/running-service.js';
