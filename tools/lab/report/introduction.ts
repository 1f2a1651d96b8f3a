import { FAULT_NAMES, FAULTS, isFaultName } from '../faults.js';
import type { RunResult } from '../run.js';
import { allKept } from '../verdict.js';
import { html, type Html } from './html.js';

/** What was done and how to read it, for somebody who has never heard of it. */
export function introduction(run: RunResult): Html {
  const reads = run.rows.reduce((sum, { findings }) => sum + findings.reads, 0);
  const writes = run.rows.reduce((sum, { findings }) => sum + findings.writes, 0);
  const violated = allKept(run.rows)
    ? html`<span class="kept">Every promise was kept.</span>`
    : html`<span class="broken">A promise was broken; the tables say which.</span>`;
  return html`<header>
    <h1>How old do cached answers get when things break?</h1>
    <p>
      ${violated} ${run.rows.length} caches, ${reads.toLocaleString('en')} reads and ${writes.toLocaleString('en')}
      writes in ${run.seconds} s; ${Object.keys(run.faults).length} kinds of fault; seed ${run.seed};
      ${run.date.slice(0, 16).replace('T', ' ')} UTC; Node ${run.node}.
    </p>
    <h2>What was done</h2>
    <p>
      A cache keeps copies of what is in a database, and copies grow old. Here, one cache after the other was put in
      front of the same database, with a Redis and its replica, a RabbitMQ broker, and the services that carry news of
      changes from the one to the other. Readers in two processes asked for ${run.rows[0]?.keys ?? 0} hot rows as fast
      as they were answered; writers changed these rows about a hundred times a second. Meanwhile parts of the system
      were frozen, killed, cut off and starved, for each cache after the same plan.
    </p>
    <p>
      Of each read it was put down when it began and which version it returned; of each write when the database had
      confirmed it and when the cache's writer had its answer, all by one clock. Versions of a row only rise. So every
      answer that was too old can be told afterwards, and none is accused without reason: ages are counted from the
      confirmed commit to the beginning of the read.
    </p>
    <h2>How to read it</h2>
    <ul>
      <li>
        There is one table for each promise that a cache may give. All caches are in each table; those that give the
        promise are marked, and the others show what their users get instead.
      </li>
      <li>
        Rates are per million. <em>0 (&lt; 7.5)</em> means that none was seen, and that by the number of reads fewer
        than 7.5 in a million are to be expected, with 95 % confidence. It is not proof of more.
      </li>
      <li>
        A <em>hit</em> is an answer that was read from the database before the question was asked; a <em>load</em> one
        read after it.
      </li>
      <li>
        A write that its cache never acknowledged is no lie: the writer was told that readers may see the old version
        for a while.
      </li>
    </ul>
    ${faultList(run)}
  </header>`;
}

function faultList({ faults }: RunResult): Html {
  const names = Object.keys(faults).filter(isFaultName);
  if (names.length === 0) return html`<p>Nothing was broken in this run.</p>`;
  return html`<h2>What was broken</h2>
    <p class="legend">
      <span><i class="key store"></i>the store of entries</span> <span><i class="key path"></i>the path of events</span>
    </p>
    <ul class="faults">
      ${names.map((name) => html`<li><i class="key ${FAULTS[name].lane}"></i>${FAULT_NAMES.indexOf(name) + 1} <code>${name}</code>: ${faults[name] ?? ''}</li>`)}
    </ul>`;
}
