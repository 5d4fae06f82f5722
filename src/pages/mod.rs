//! The pages, one folder each. A page may not know another page: they meet in `routes`.

mod connections;
pub mod flow;
mod flows;
pub mod parts;
mod sessions;
mod sign_in;
mod sign_ins;
mod unknown;
mod upgrade;

pub use connections::{ConnectionPage, ConnectionsPage};
pub(crate) use connections::{ImportForm, NewNameForm};
pub use flow::FlowAtAddress;
pub(crate) use flows::FlowDialogs;
pub use flows::FlowsPage;
pub use sessions::{SessionPage, SessionsPage};
pub use sign_in::SignInPage;
pub(crate) use sign_in::{SignInWith, sign_in_with};
pub use sign_ins::SignInsPage;
pub use unknown::UnknownPage;
pub use upgrade::{UpgradePage, UpgradeReview};
