//! The history of sessions: derived from every change of a record, in one place, so that nothing is left out. Pure
//! except for who asked, which the task knows.

mod by;
mod follow;
mod usual;

pub(crate) use self::{
    by::as_asker,
    follow::{Followed, follow},
    usual::{Way, median, step, took},
};
pub use by::{asked_by, asker};
