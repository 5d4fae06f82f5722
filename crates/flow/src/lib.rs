//! Reads a prompt flow's `flow.dag.yaml`, says what promptflow would say about it and where, and
//! changes single things in it;
//! it may not know about sessions, HTTP, files or the browser.

mod chat;
mod check;
pub mod cli;
mod document;
mod edit;
mod entry;
mod examine;
mod graph;
pub mod image;
pub mod keys;
mod lint;
mod mend;
mod model;
mod outline;
mod parameters;
mod place;
mod problem;
mod prompty;
mod read;
mod report;
mod requirements;
mod secrets;
mod shorten;
mod sources;
mod suggest;
mod tools;
mod yaml;

pub use chat::{Chat, HistoryShape, NoChat, Streaming};
pub use document::{Document, Element};
pub use edit::{
    EditError, NodeEdit, NodeEditError, NodeKey, PathUse, path_uses, rename_paths,
    set_environment_image, set_environment_requirements, set_flow_name, set_node_value,
};
pub use entry::{
    INIT, ToolParameter, entry_file, take_inputs_of_entry, tool_parameter_places, tool_parameters,
};
pub use graph::{Carried, Edge, Graph, Use, Vertex};
pub use mend::mended;
pub use model::{
    Activate, Assignment, Environment, EnvironmentVariable, Flow, FlowInput, FlowKind, FlowOutput,
    FlowType, LongDefault, MessageFormat, Node, NodeInput, NodeType, Source, ValueType, Variants,
};
pub use parameters::{ToolInput, ToolOf, package_tools};
pub use prompty::{ModelConnection, ModelService};
pub use read::Link;
pub use report::{FileNames, Finding, Fix, Report, Severity};
pub use requirements::{
    DecodeError, FeedAddress, LineKind, PINNED_BASE_PACKAGE, REQUIREMENT_FILE_MISSING,
    RUNTIME_PACKAGES, RequirementLine, check_requirement_files, check_requirements, decode,
    hashed_packages, is_plain, is_private, keeping_base, normalised_name, requirement_file_missing,
    requirement_lines, snapshot,
};
pub use secrets::is_secret;
pub use sources::{NamedPlace, Sources, check_file, check_secrets, is_checked, template_variables};
pub use suggest::nearest;
pub use tools::model_parameters;
pub use yaml::{Position, Span};

use examine::{Around, examine, examine_prompty};

/// Checks the text of a `flow.dag.yaml`. Any text has an answer.
#[must_use]
pub fn check(text: &str) -> Report {
    examine(text, Around::default())
}

/// Checks the file that defines a flow: a prompty by its name, else a `flow.dag.yaml` or `flow.flex.yaml`. Any text has an
/// answer.
#[must_use]
pub fn check_definition(file: &str, text: &str) -> Report {
    match file.ends_with(".prompty") {
        true => examine_prompty(text),
        false => check(text),
    }
}

/// [`check`], which also finds source and requirements files that the flow folder lacks. What a run fails at is an error
/// here.
#[must_use]
pub fn check_in(text: &str, files: &FileNames) -> Report {
    check_with(text, Some(files), &Sources::default())
}

/// [`check_in`], which also reads the files that nodes name, as far as `sources` has them.
///
/// The parameters of Python tools and the variables of templates are compared with the inputs of nodes. Without `files`, no
/// file is missing.
#[must_use]
pub fn check_with(text: &str, files: Option<&FileNames>, sources: &Sources) -> Report {
    examine(
        text,
        Around {
            files,
            sources: Some(sources),
        },
    )
}
