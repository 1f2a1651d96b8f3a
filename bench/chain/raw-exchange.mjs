/** Where the raw chain publishes. */
export const RAW_EXCHANGE = 'bench.raw';
