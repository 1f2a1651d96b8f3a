const AIM = 1.5;

const ROWS = [
  ['cart lines lost of 50 added at once', ({ lost }) => String(lost)],
  ['quantity after 40 adds and 20 takes at once, off by', ({ drift }) => String(drift)],
  ['sessions back after a logout, of 10', ({ resurrected }) => String(resurrected)],
  ['two devices sign in at once: both see both carts', ({ merged }) => (merged ? 'yes' : 'no')],
  ['a sign-in tried again doubles the cart', ({ doubled }) => (doubled ? 'yes' : 'no')],
  ['commands that write, in 100 reads', ({ writes }) => String(writes)],
  ['validations a second, 64 in flight', ({ rate }) => Math.round(rate).toLocaleString('en')],
  ['plain GETs a second beside them', ({ plain }) => Math.round(plain).toLocaleString('en')],
  ['their share of those GETs', ({ rate, plain }) => (rate / plain).toFixed(2)],
  ['p50 of a validation, in plain GETs', ({ ratio }) => ratio.toFixed(2)],
];

/** A table with a column for each contestant, and the aim. */
export function textOf(results) {
  const rows = [
    ['', ...results.map(({ label }) => label)],
    ...ROWS.map(([name, cell]) => [name, ...results.map(cell)]),
  ];
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const pad = (text, column) => (column === 0 ? text.padEnd(widths[0]) : text.padStart(widths[column]));
  const lines = rows.map((row) => row.map(pad).join('   '));
  const { ratio } = results[0];
  return [
    ...lines,
    '',
    `  p50 at most ${AIM} plain GETs: ${ratio.toFixed(2)} - ${ratio <= AIM ? 'met' : 'not met'}`,
  ].join('\n');
}

/** What ours lost or wrote too often. */
export function faultsOf({ lost, drift, resurrected, merged, doubled, writes }) {
  const faults = [
    [lost > 0, `lost ${lost} cart lines`],
    [drift > 0, `a quantity is off by ${drift}`],
    [resurrected > 0, `${resurrected} sessions came back`],
    [!merged, 'the carts of two devices were not merged'],
    [doubled, 'a sign-in that was tried again doubled the cart'],
    [writes > 2, `100 reads wrote ${writes} times`],
  ];
  return faults.filter(([failed]) => failed).map(([, text]) => text);
}
