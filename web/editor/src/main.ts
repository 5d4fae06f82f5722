// The module's face: `src/pages/flow/raw/ffi.rs` declares the same for Rust.
import { Editor } from "./editor.ts";
import type { PackageSource } from "./packages.ts";

/**
 * @param describedBy the id of an element that says how the keyboard leaves the editor
 * @param changed the person changed a file's text
 * @param save the person asked to save
 * @param packages names of packages for a requirements file, or the versions of one
 * @param moved the cursor is at another place, or another file is shown; line and column count from 1
 */
export function createEditor(
  host: HTMLElement,
  describedBy: string,
  changed: (path: string, modified: boolean) => void,
  save: () => void,
  packages: PackageSource,
  moved: (path: string, line: number, column: number) => void,
): Editor {
  return new Editor(host, describedBy, { changed, save, packages, moved });
}
