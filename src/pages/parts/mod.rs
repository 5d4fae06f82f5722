//! What several pages share and knows the product: headings, failures, the words for states.

mod by_hand;
mod bytes;
mod capacity;
mod changed_lines;
mod comparison;
pub(crate) mod connection;
mod diff;
mod download;
mod failure;
mod flow_type;
mod heading;
mod list_shape;
mod markdown;
mod other_form;
mod output_value;
mod picture;
mod picture_source;
mod session_failure;
mod slow_phase;
mod state_word;
mod timeline;

pub use by_hand::ByHand;
pub use bytes::bytes;
pub use capacity::capacity;
pub use changed_lines::ChangedLines;
pub use comparison::Comparison;
pub use download::Download;
pub(crate) use download::{SaveFile, save as save_file};
pub use failure::{Failure, tell_failure, tell_failure_with};
pub use flow_type::{TypeChip, type_label};
pub use heading::PageHeading;
pub use list_shape::ListShape;
pub use markdown::Markdown;
pub(crate) use other_form::OtherForm;
pub use output_value::OutputValue;
pub(crate) use picture::Pictures;
pub use picture::{PictureView, RunValue};
pub use picture_source::{ChoosePicture, PictureRefused, PictureSource};
pub use session_failure::SessionFailureBody;
pub use slow_phase::SlowPhase;
pub use state_word::{LeftLayer, StateWord, Tint};
pub use timeline::Lives;

stylance::import_crate_style!(pub(crate) cards_style, "src/pages/parts/cards.module.css");
stylance::import_crate_style!(pub(crate) form_style, "src/pages/parts/form.module.css");
stylance::import_crate_style!(pub(crate) table_style, "src/pages/parts/table.module.css");
