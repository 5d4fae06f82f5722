//! A connection's form, wherever it's shown: on its own page, and on the page of a flow that lacks it.
//!
//! `entries`, `rows` and `services` are pure: what was entered, and what is wrong with it. `form` stores and tests; the
//! rest are views.

mod changed;
mod entries;
#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod entries_tests;
#[cfg(test)]
pub(crate) mod example;
mod fields;
mod form;
mod limit;
mod outcome;
mod row_fields;
mod rows;
mod secret_field;
mod services;
mod type_field;
mod view;

pub(crate) use form::{Saved, Start};
pub(crate) use services::Choice;
pub(crate) use view::ConnectionForm;

stylance::import_crate_style!(style, "src/pages/parts/connection/connection.module.css");
