// What answers questions about the flow while one edits it. It loads after the text is shown; the engine behind it runs in a
// worker, so that no key waits for it.
import type { Extension, Text } from "@codemirror/state";
import type { Language } from "../language.ts";
import { Client } from "./client.ts";
import { completion } from "./completion.ts";
import { edits } from "./edits.ts";
import { fixes } from "./fixes.ts";
import { Flow, type Host, type Open } from "./flow.ts";
import { hover } from "./hover.ts";
import { navigation } from "./navigate.ts";
import { supportTheme } from "./theme.ts";
// What both need comes with the tools, which each file gets: fewer chunks.
import "../tools.ts";

/** The worker's file beside this one; `build.mjs` says its name. */
declare const LANGUAGE_WORKER: string;

export interface Support {
  /** What a file in `language` has besides what that gives. */
  extension(path: string, language: Language): Extension;
  /** Takes what is known of the flow: the JSON of a `Workspace`, with the texts of files that aren't open. */
  know(workspace: string): void;
  /** Ends the worker. */
  stop(): void;
}

export function start(host: Host, open: Open): Support {
  const client = new Client(
    () => new Worker(new URL(LANGUAGE_WORKER, import.meta.url), { type: "module" }),
    () => new Map(Array.from(host.states(), ([path, { doc }]): [string, Text] => [path, doc])),
  );
  const flow = new Flow(client, host, open);
  return {
    extension: (path, language) => [
      flow.extension(path),
      // A text without a language may list packages, which have a completion of their own.
      language === "text" ? [] : completion(client, path),
      hover(client, path),
      navigation(flow, path),
      edits(flow, path, language),
      fixes,
      supportTheme,
    ],
    know(workspace) {
      client.know(workspace);
      whenIdle(() => client.prepare());
    },
    stop: () => client.stop(),
  };
}

/** Not before the page has done what it's about to do. Not every browser says when that is. */
function whenIdle(run: () => void): void {
  if ("requestIdleCallback" in window) requestIdleCallback(run, { timeout: 2000 });
  else setTimeout(run, 200);
}
