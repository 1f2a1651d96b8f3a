import { collectDefaultMetrics, Registry } from 'prom-client';

/** The process has one heap and one event loop, however many apps run in it: they are measured once. */
let measured: Registry | undefined;

/** A registry for one app, with the metrics of the process in it. */
export function createRegistry(): Registry {
  if (measured === undefined) {
    measured = new Registry();
    collectDefaultMetrics({ register: measured });
  }
  const registry = new Registry();
  for (const metric of measured.getMetricsAsArray()) registry.registerMetric(metric as never);
  return registry;
}
