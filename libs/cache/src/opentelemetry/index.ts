export { openTelemetryListener, type OpenTelemetryOptions } from './open-telemetry-listener.js';
