// Once before all tests: makes the base environment that every server of the run shares.

import { addFlow } from './flows.ts';
import { Deck } from './deck.ts';

export default async function prepare(): Promise<void> {
  const deck = new Deck();
  try {
    addFlow(deck.flows, 'warm-up', { 'flow.dag.yaml': 'inputs: {}\noutputs: {}\nnodes: []\n' });
    await deck.start();
    await deck.api.startSession('warm-up');
  } finally {
    await deck.close();
    deck.remove();
  }
}
