//! What became of sessions: derived from every change of a record, in one place, so that nothing can happen untold. Pure
//! but for who asks, which the task says.

mod by;
mod follow;
mod usual;

pub(crate) use self::{
    by::{as_asker, asker},
    follow::{Followed, follow},
    usual::{Way, median, step, took},
};
pub use by::asked_by;
