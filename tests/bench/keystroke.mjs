// Keystroke to paint in a flow.dag.yaml of 10,000 lines, checks on.

import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { signedIn, withBrowser } from './lib/browser.mjs';
import { withServer } from './lib/flowdeck.mjs';
import { median, progress, quantile, report } from './lib/report.mjs';

const LINES = 10_000;
const FILE = 'flow.dag.yaml';
/** A fast typist. */
const BETWEEN_KEYS = 80;
const TEXT = 'a comment that is typed into the middle of a very long flow while every check is on ';

progress(`typing into ${LINES} lines`);
await withServer({ flows: [], prepare: writeLongFlow }, (server) =>
  withBrowser(async (browser) => {
    const page = await (await signedIn(browser, server)).newPage();
    await page.addInitScript(notePaints);
    await page.goto(new URL(`flows/long?raw=1&file=${FILE}&line=${LINES / 2}`, server.base).href);
    const editor = page.getByRole('textbox', { name: FILE });
    await editor.waitFor();
    // The checks have looked at the file when they have found what is wrong with it.
    await page.getByText('NodeReferenceNotFound').first().waitFor();
    await editor.focus();
    await page.keyboard.press('End');
    await page.keyboard.type(' # ');
    await page.evaluate(() => globalThis.paints.splice(0));
    await page.keyboard.type(TEXT, { delay: BETWEEN_KEYS });
    const times = await page
      .waitForFunction((count) => globalThis.paints.length >= count && globalThis.paints, TEXT.length)
      .then((handle) => handle.jsonValue());
    report(`keystroke to paint in ${LINES} lines, median of ${times.length}`, median(times), 'ms');
    report(`keystroke to paint in ${LINES} lines, 95th percentile`, quantile(times, 0.95), 'ms');
  }),
);

/** Five lines a node; each takes the output of the one before, and the first that of one that is not there. */
function writeLongFlow(flows) {
  const node = (number) => [
    `- name: node_${number}`,
    '  type: python',
    '  source: {type: code, path: work.py}',
    '  inputs:',
    `    text: \${${number === 0 ? 'nowhere' : `node_${number - 1}`}.output}`,
  ];
  const head = ['inputs: {}', 'outputs: {}', 'nodes:'];
  const count = Math.ceil((LINES - head.length) / node(0).length);
  const lines = [...head, ...Array.from({ length: count }, (_, number) => node(number)).flat()];
  mkdirSync(path.join(flows, 'long'));
  writeFileSync(path.join(flows, 'long', FILE), `${lines.join('\n')}\n`);
}

/** In the page: for each key, the milliseconds from the key itself to the end of the frame that shows it. */
function notePaints() {
  globalThis.paints = [];
  const painted = new MessageChannel();
  const pressed = [];
  painted.port1.onmessage = () => globalThis.paints.push(...pressed.splice(0).map((at) => performance.now() - at));
  addEventListener(
    'keydown',
    (event) => {
      requestAnimationFrame(() => {
        pressed.push(event.timeStamp);
        painted.port2.postMessage(undefined);
      });
    },
    { capture: true },
  );
}
