//! What compute needs of a flow folder: its definition, its requirements file, what its environment is made of, and a
//! copy with what it includes from elsewhere. Never writes into the folder.

#![cfg_attr(not(test), deny(clippy::disallowed_methods))]

mod checked;
mod definition;
mod fingerprint;
mod includes;
mod requirements;

pub use checked::{CheckedRequirements, check_flow_requirements, check_requirements};
pub(crate) use definition::{Definition, DefinitionError};
pub(crate) use fingerprint::Fingerprint;
pub(crate) use includes::{materialise, passing_folder};
pub(crate) use requirements::{Prepared, for_install, prepared, source};
