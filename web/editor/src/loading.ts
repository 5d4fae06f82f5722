// Loads what comes right after the text is shown.

/** Search, the margin of findings, and YAML. */
export type Tools = typeof import("./tools.ts");

/** In milliseconds, before they are requested again: browsers end every request while a machine's network changes. */
const PAUSES = [0, 100, 700, 1500];

/** Loads the tools, which don't delay the text; `null` when they can't be loaded now. */
export async function loadTools(): Promise<Tools | null> {
  await painted();
  return insist(() => import("./tools.ts"));
}

/** Loads something, and again after each pause; `null` when it can't be loaded now. The text can be edited all the same. */
export async function insist<T>(load: () => Promise<T>): Promise<T | null> {
  for (const pause of PAUSES) {
    await after(pause);
    try {
      return await load();
    } catch {
      // Once more.
    }
  }
  return null;
}

/** Ends once what was just shown is painted. A page that nobody sees is never painted, so that it doesn't wait long. */
function painted(): Promise<void> {
  const paint = new Promise<void>((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  return Promise.race([paint, after(250)]);
}

function after(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
