// A slow line, and what comes over it.

/** 100 ms to the server and back, 1.6 Mbit/s. */
const SLOW = { offline: false, latency: 100, downloadThroughput: 1_600_000 / 8, uploadThroughput: 750_000 / 8 };

/** Puts `page` behind a slow line and counts what it asks for from now on, headers included. */
export async function overSlowLine(page) {
  const network = await page.context().newCDPSession(page);
  const all = new Map();
  network.on('Network.requestWillBeSent', ({ requestId, request: { url } }) => {
    if (!url.startsWith('data:')) all.set(requestId, { url, bytes: 0 });
  });
  const add = (requestId, bytes) => {
    const loaded = all.get(requestId);
    if (loaded) loaded.bytes += bytes;
  };
  network.on('Network.responseReceived', ({ requestId, response }) => add(requestId, response.encodedDataLength));
  network.on('Network.dataReceived', ({ requestId, encodedDataLength }) => add(requestId, encodedDataLength));
  network.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const loaded = all.get(requestId);
    if (loaded) loaded.bytes = encodedDataLength;
  });
  await network.send('Network.enable');
  await network.send('Network.emulateNetworkConditions', SLOW);
  return () => {
    // A font comes when it comes: nothing waits for it.
    const counted = [...all.values()].filter(({ url }) => !url.endsWith('.woff2'));
    return { requests: counted.length, bytes: counted.reduce((sum, { bytes }) => sum + bytes, 0) };
  };
}
