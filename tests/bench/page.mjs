// Bytes and time to a usable flow page, nothing cached.

import { signedIn, withBrowser } from './lib/browser.mjs';
import { withServer } from './lib/flowdeck.mjs';
import { median, progress, report } from './lib/report.mjs';

const TIMES = 7;

progress(`opening the flow page ${TIMES} times`);
await withServer({}, (server) =>
  withBrowser(async (browser) => {
    const loads = [];
    for (let time = 0; time < TIMES; time += 1) loads.push(await load(browser, server));
    const of = (key) => median(loads.map((load) => load[key]));
    report('flow page: bytes over the network, no editor', of('bytes') / 1024, 'KiB');
    report('flow page: usable after', of('milliseconds'), 'ms');
  }),
);

async function load(browser, server) {
  const context = await signedIn(browser, server);
  try {
    const page = await context.newPage();
    const network = await context.newCDPSession(page);
    let bytes = 0;
    network.on('Network.loadingFinished', ({ encodedDataLength }) => (bytes += encodedDataLength));
    await network.send('Network.enable');
    await page.addInitScript(noteWhenUsable);
    await page.goto(new URL('flows/greeting', server.base).href);
    const milliseconds = await page.waitForFunction(() => globalThis.usableAfter).then((handle) => handle.jsonValue());
    return { bytes, milliseconds };
  } finally {
    await context.close();
  }
}

/** In the page: usable is when the session can be started and the inputs can be typed into, and that was painted. */
function noteWhenUsable() {
  const look = () => {
    const buttons = [...document.querySelectorAll('button')];
    const start = buttons.find((button) => button.textContent.trim() === 'Start compute session');
    const input = document.querySelector('main textarea, main input');
    if (start && start.getAttribute('aria-disabled') !== 'true' && input) {
      requestAnimationFrame(() => setTimeout(() => (globalThis.usableAfter = performance.now())));
    } else {
      requestAnimationFrame(look);
    }
  };
  requestAnimationFrame(look);
}
