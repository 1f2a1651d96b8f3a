/** Asks one address over some connections for some seconds, and tells how it went. */
import autocannon from 'autocannon';

const { url, headers, connections, duration } = JSON.parse(process.argv[2]);
const { requests, latency, errors, timeouts, non2xx } = await autocannon({ url, headers, connections, duration });
process.send({ perSecond: requests.average, p50: latency.p50, p99: latency.p99, failed: errors + timeouts + non2xx });
process.disconnect();
