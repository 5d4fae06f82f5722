// The module's face: `src/raw/ffi.rs` declares the same for Rust.
export { Editor } from "./editor.ts";
