// What each page loads until it is usable, and how long that takes at 100 ms and 1.6 Mbit/s: nothing cached, and again.

import { signedIn, withBrowser } from './lib/browser.mjs';
import { withServer } from './lib/flowdeck.mjs';
import { overSlowLine } from './lib/network.mjs';
import { median, progress, report } from './lib/report.mjs';

const TIMES = 5;

/** In the page: whether what it is for can be used. */
const PAGES = [
  { name: 'all flows', address: '', usable: () => document.querySelector('main a[href*="flows/greeting"]') !== null },
  {
    name: 'flow page',
    address: 'flows/greeting',
    usable: () => {
      const buttons = [...document.querySelectorAll('button')];
      const start = buttons.find((button) => button.textContent.trim() === 'Start compute session');
      const isReady = start && start.getAttribute('aria-disabled') !== 'true';
      return Boolean(isReady && document.querySelector('main textarea, main input'));
    },
  },
  {
    name: 'compute sessions',
    address: 'sessions',
    usable: () => document.querySelector('main table, main #no-sessions') !== null,
  },
];

/** With the app cached, as after its flow's page. */
const RAW = {
  name: 'raw file mode',
  address: 'flows/greeting?raw=1',
  usable: () => (document.querySelector('.cm-content')?.textContent ?? '').includes('nodes'),
};

await withServer({}, (server) =>
  withBrowser(async (browser) => {
    for (const page of PAGES) {
      progress(`opening ${page.name} ${TIMES} times`);
      tell(page.name, await times(browser, server, page));
    }
    progress(`opening ${RAW.name} ${TIMES} times`);
    const flow = PAGES.find(({ name }) => name === 'flow page');
    tell(`${RAW.name} after the flow page`, await times(browser, server, RAW, flow));
  }),
);

function tell(name, loads) {
  const of = (key) => median(loads.map((load) => load[key]));
  report(`${name}: requests`, of('requests'), '');
  report(`${name}: bytes over the network`, of('bytes') / 1000, 'KB');
  report(`${name}: usable after, cold`, of('cold'), 'ms');
  report(`${name}: usable after, warm`, of('warm'), 'ms');
}

async function times(browser, server, page, before) {
  const loads = [];
  for (let time = 0; time < TIMES; time += 1) {
    const context = await signedIn(browser, server);
    try {
      if (before) await open(context, server, before);
      const cold = await open(context, server, page);
      const warm = await open(context, server, page);
      loads.push({ requests: cold.requests, bytes: cold.bytes, cold: cold.milliseconds, warm: warm.milliseconds });
    } finally {
      await context.close();
    }
  }
  return loads;
}

async function open(context, server, { address, usable }) {
  const page = await context.newPage();
  const loaded = await overSlowLine(page);
  await page.addInitScript(`globalThis.isUsable = ${usable};`);
  await page.addInitScript(noteWhen);
  await page.goto(new URL(address, server.base).href);
  const milliseconds = await page.waitForFunction(() => globalThis.usableAfter).then((handle) => handle.jsonValue());
  const counted = loaded();
  await page.close();
  return { ...counted, milliseconds };
}

/** In the page: notes when it is usable and that was painted. */
function noteWhen() {
  const look = () => {
    if (globalThis.isUsable?.()) {
      requestAnimationFrame(() => setTimeout(() => (globalThis.usableAfter = performance.now())));
    } else {
      requestAnimationFrame(look);
    }
  };
  requestAnimationFrame(look);
}
