/** Asks for some paths in turns over some connections for some seconds, and tells how it went. */
import autocannon from 'autocannon';

const { url, headers, paths, connections, duration } = JSON.parse(process.argv[2]);
const asked = paths.map((path) => ({ path }));
const { requests, latency, errors, timeouts, non2xx } = await autocannon({
  ...{ url, headers, connections, duration },
  requests: asked,
});
process.send({ perSecond: requests.average, p50: latency.p50, p99: latency.p99, failed: errors + timeouts + non2xx });
process.disconnect();
