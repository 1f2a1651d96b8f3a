import type { PromiseName } from './configuration.js';
import { servedBy, type Answer } from './model.js';
import { acknowledged, type State } from './state.js';

/** What a read that begins and ends now would be wrong to return, if anything. Such reads owe the most: what must be seen only grows. */
type Promised = (state: State) => Answer | null;

/** What the levels promise. */
export const promises = {
  delivered: (state) => {
    const { writes, committed } = state;
    const isDelivered = writes.every(({ phase }) => phase === 'cleared' || phase === 'acknowledged');
    return isDelivered ? atLeast(state, committed, 'the event of every change has been delivered') : null;
  },
  'caught up': (state) => {
    const { primary, committed } = state;
    return primary.at === committed ? atLeast(state, committed, 'every change has been applied') : null;
  },
  acknowledged: (state) => {
    const least = acknowledged(state);
    return atLeast(state, least, `${least} was acknowledged`);
  },
  committed: (state) => atLeast(state, state.committed, `${state.committed} was committed`),
  certified: (state) => {
    const { certificate } = state.primary;
    return certificate === null ? null : atLeast(state, certificate, `the certificate ${certificate} stands beside it`);
  },
  'certified in the process': ({ tier, primary, committed }) => {
    if (tier === null || !tier.isOn || tier.held === 0) return null;
    const { held, certified, feed } = tier;
    if (held < certified)
      return { row: held, least: certified, because: `the process has heard the certificate ${certified}` };
    const isQuiet = feed.length === 0 && primary.at === committed;
    return isQuiet ? { row: held, least: committed, because: 'every change has been applied and heard' } : null;
  },
} satisfies Record<PromiseName, Promised>;

function atLeast({ primary }: State, least: number, because: string): Answer | null {
  const row = servedBy(primary);
  return row > 0 ? { row, least, because } : null;
}
