import { SingleBar } from 'cli-progress';
import { ROWS } from '../rows/index.mjs';
import { chartOf } from './chart.mjs';
import { judge, readable } from './figures.mjs';
import { describeMachine } from './machine.mjs';
import { runRow, stepsOf } from './run-row.mjs';
import { aimLine, tableOf } from './table.mjs';

/** Runs the rows that are wanted, prints a table for each as it ends and all aims at the end, and returns everything. */
export async function runAll({ server, directory, quick, rows: wanted, entries, profile, print }) {
  const rows = ROWS.filter(({ name }) => !wanted || wanted.includes(name));
  if (rows.length === 0) throw new Error(`The rows are ${ROWS.map(({ name }) => name).join(', ')}`);
  const machine = await describeMachine(server, directory);
  print(machineLine(machine));
  const started = performance.now();
  const results = [];
  for (const row of rows) {
    const rowStarted = performance.now();
    const bar = new SingleBar({ format: '{bar} {percentage}% {title}', hideCursor: true, clearOnComplete: true });
    bar.start(stepsOf(row, { quick }), 0, { title: row.title });
    const outcomes = await runRow(row, { server, quick, entries, profile, onStep: () => bar.increment() });
    bar.stop();
    const result = {
      name: row.name,
      title: row.title,
      seconds: Math.round((performance.now() - rowStarted) / 1_000),
      metrics: metricsOf(row, entries),
      outcomes,
      aims: judge(row, outcomes),
    };
    results.push(result);
    print(`\n${tableOf(result)}`);
  }
  const seconds = Math.round((performance.now() - started) / 1_000);
  print(`\nAims\n${summaryOf(results)}\n\n${timesOf(results)}; ${seconds} s in all`);
  const charts = Object.fromEntries(results.map((result) => [result.name, chartOf(result)]));
  return { machine, seconds, entries, rows: results, charts };
}

function metricsOf(row, entries) {
  return Object.fromEntries(
    Object.entries(row.metrics).map(([name, metric]) => [
      name,
      { ...metric, label: metric.label.replace('{entries}', readable(entries)) },
    ]),
  );
}

function machineLine({ node, redis, cpus, cpu, loadBefore, packages }) {
  const versions = Object.entries(packages).map(([name, version]) => `${name} ${version}`);
  return `Node ${node}, Redis ${redis}, ${cpus} x ${cpu}, load ${loadBefore} before; ${versions.join(', ')}`;
}

function summaryOf(results) {
  return results
    .flatMap(({ title, aims }) => aims.filter(({ verdict }) => verdict !== null).map((aim) => ({ title, aim })))
    .map(({ title, aim }) => `  ${title}\n  ${aimLine(aim)}`)
    .join('\n');
}

function timesOf(results) {
  return results.map(({ name, seconds }) => `${name} ${seconds} s`).join(', ');
}
