// The worker: loads the language engine, and answers one question after the other.
import init, { Engine } from "flowdeck-language-worker";
import type { Answer, Said, Told } from "./protocol.ts";

/** The engine's file beside this one; `build.mjs` says its name. */
declare const LANGUAGE_MODULE: string;

const loaded = init({ module_or_path: new URL(LANGUAGE_MODULE, import.meta.url) }).then(() => new Engine());
// Whoever asks is told; nobody may have asked yet.
loaded.catch(() => {});

const say = (said: Said) => postMessage(said);

addEventListener("message", ({ data }: MessageEvent<Told>) => {
  // Promises that wait for the same one go on in their order.
  loaded.then((engine) => take(engine, data)).catch((error: unknown) => say({ failed: String(error) }));
});

function take(engine: Engine, told: Told): void {
  if ("know" in told) {
    engine.know(told.know);
  } else if ("path" in told) {
    if (told.text === null) engine.forget(told.path);
    else engine.write(told.path, told.text);
  } else {
    const answer = engine.ask(told.file, JSON.stringify(told.request));
    say({ id: told.id, answer: answer === undefined ? null : (JSON.parse(answer) as Answer) });
  }
}
