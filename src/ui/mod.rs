//! Generic widgets: each could stand in any web app. They may not know the contract, the client, or any page.

mod breakable;
mod button;
mod clock;
mod copy_button;
mod dialog;
mod disclosure;
mod drawer;
mod each;
mod focus;
mod fold;
mod help_link;
mod icon;
mod id;
mod json;
mod json_tree;
mod letters;
mod log_view;
mod menu_button;
mod notice;
mod open_while_asked;
mod overflow;
mod reference;
mod scroll_table;
mod skeleton;
mod status;
mod switch;
mod tabs;
pub mod time;

#[cfg(all(test, target_arch = "wasm32"))]
mod browser_tests;

pub use breakable::breakable;
pub use button::{Button, ButtonKind, ButtonState};
pub use clock::{Ago, Clock, Elapsed, local_time};
pub use copy_button::CopyButton;
pub use dialog::{Dialog, DialogKind};
pub use disclosure::Disclosure;
pub use drawer::{Drawer, DrawerButton, DrawerState};
pub use each::Each;
pub use focus::{focus_when_shown, is_dialog_open, is_typing};
pub use fold::Fold;
pub use help_link::HelpLink;
pub use icon::Icon;
pub use id::unique_id;
pub use json::{JsonText, pretty};
pub(crate) use letters::{begins_with, lowercase};
pub use log_view::LogView;
pub use menu_button::{MenuButton, MenuItem};
pub use notice::{NextSteps, Notice, NoticeKind};
pub(crate) use open_while_asked::open_while_asked;
pub use reference::Reference;
pub use scroll_table::ScrollTable;
pub use skeleton::Skeleton;
pub use status::{About, Lasts, NextStep, Status, StatusRegion, Tone, Trouble};
pub use switch::Switch;
pub use tabs::{Tab, Tabs};
