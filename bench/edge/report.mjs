import { quantile } from '../lib/statistics.mjs';

const AIMS = { bare: 0.5, 'http-proxy': 1 };
const MAX_P99_MS = 15;

/** The table, whether each aim is met, and what the p99 is worth on this machine, which may be slower than the one that the aim is for. */
export function textOf(results) {
  const rows = results.map(({ name, label, samples }) => ({
    name,
    label,
    perSecond: medianOf(samples, 'perSecond'),
    p50: medianOf(samples, 'p50'),
    p99: medianOf(samples, 'p99'),
  }));
  const table = rows.map(
    ({ label, perSecond, p50, p99 }) =>
      `  ${label.padEnd(36)}${Math.round(perSecond).toLocaleString('en').padStart(8)}/s   p50 ${number(p50)} ms   p99 ${number(p99)} ms`,
  );
  return ['GET /v1/products/{id}, 64 connections, medians of the rounds', '', ...table, '', ...verdicts(rows)].join(
    '\n',
  );
}

function verdicts(rows) {
  const own = rows.find(({ name }) => name === 'larder');
  if (own === undefined) return [];
  const peers = rows.filter(({ name }) => name in AIMS);
  return [
    ...peers.map(({ name, label, perSecond }) => {
      const ratio = own.perSecond / perSecond;
      return `  ${ratio.toFixed(2)} of ${label} (at least ${AIMS[name]}): ${ratio >= AIMS[name] ? 'met' : 'not met'}`;
    }),
    `  p99 ${number(own.p99)} ms (under ${MAX_P99_MS}): ${own.p99 < MAX_P99_MS ? 'met' : 'not met'}`,
    ...peers.map(({ label, p99 }) => `    ${(own.p99 / p99).toFixed(2)} of that of ${label}, in the same rounds`),
  ];
}

const medianOf = (samples, field) =>
  quantile(
    samples.map((sample) => sample[field]),
    0.5,
  );
const number = (value) => value.toFixed(1).padStart(5);
