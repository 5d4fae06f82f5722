//! Reads a prompt flow's `flow.dag.yaml`, says what promptflow would say about it and where, and
//! changes single things in it;
//! it may not know about sessions, HTTP, files or the browser.

mod check;
pub mod cli;
mod edit;
mod entry;
mod examine;
pub mod image;
mod lint;
mod mend;
mod model;
mod outline;
mod place;
mod problem;
mod read;
mod report;
mod requirements;
mod secrets;
mod shorten;
mod suggest;
mod tools;
mod yaml;

pub use edit::{EditError, set_environment_image, set_environment_requirements};
pub use entry::{entry_file, take_inputs_of_entry};
pub use mend::mended;
pub use model::{
    Activate, Assignment, Environment, EnvironmentVariable, Flow, FlowInput, FlowKind, FlowOutput,
    FlowType, LongDefault, Node, NodeInput, NodeType, Source, ValueType, Variants,
};
pub use report::{FileNames, Finding, Fix, Report, Severity};
pub use requirements::{
    DecodeError, FeedAddress, LineKind, PINNED_BASE_PACKAGE, REQUIREMENT_FILE_MISSING,
    RUNTIME_PACKAGES, RequirementLine, check_requirement_files, check_requirements, decode,
    hashed_packages, is_plain, is_private, keeping_base, normalised_name, requirement_file_missing,
    requirement_lines, snapshot,
};
pub use suggest::nearest;

use examine::examine;

/// Checks the text of a `flow.dag.yaml`. Any text has an answer.
#[must_use]
pub fn check(text: &str) -> Report {
    examine(text, None)
}

/// [`check`], which also warns of source and requirements files that the flow folder has not.
#[must_use]
pub fn check_in(text: &str, files: &FileNames) -> Report {
    examine(text, Some(files))
}
