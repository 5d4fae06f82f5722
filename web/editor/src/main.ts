// The module's face: `src/pages/flow/raw/ffi.rs` declares the same for Rust.
import { Editor } from "./editor.ts";

/**
 * @param describedBy the id of an element that says how the keyboard leaves the editor
 * @param changed the person changed a file's text
 * @param save the person asked to save
 */
export function createEditor(
  host: HTMLElement,
  describedBy: string,
  changed: (path: string, modified: boolean) => void,
  save: () => void,
): Editor {
  return new Editor(host, describedBy, { changed, save });
}
