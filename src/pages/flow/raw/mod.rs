//! Raw file mode: the flow's files in tabs of a code editor.
//!
//! The flow page calls [`Doorway::provide`] once, before its parts are made, and shows [`RawMode`] while the address
//! asks for it; all but the doorway loads only then. `document`, `tabs`, `draft` and `pace` are pure and hold the rules; `workbench` and the `impl`s of
//! [`Workbench`] in `opening`, `saving`, `watching`, `keeping`, `elsewhere`, `checking`, `checker`, `sources` and `language` carry them out; the rest are views. Only
//! `ffi` and `language_ffi` know the editor's JavaScript.

mod checker;
mod checking;
mod compare;
mod dock;
mod document;
mod doorway;
mod draft;
mod drafts;
mod elsewhere;
mod feeds;
mod ffi;
mod keeping;
mod language;
mod language_ffi;
mod line_ends;
mod missing;
mod mode;
mod notices;
mod opening;
mod pace;
mod packages;
mod panel;
mod problems;
mod requirements;
mod save_button;
mod saves;
mod saving;
mod sources;
mod status_bar;
mod tab_bar;
mod tabs;
mod this_tab;
mod watching;
mod workbench;

pub(crate) use checker::{Checker, checker};
pub(crate) use dock::DockTabs;
pub use doorway::Doorway;
pub use mode::RawMode;
