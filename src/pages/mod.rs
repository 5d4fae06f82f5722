//! The pages, one folder each. A page may not know another page: they meet in `routes`.

pub mod flow;
mod flows;
pub mod parts;
mod sign_in;
mod unknown;

pub use flow::FlowPage;
pub use flows::FlowsPage;
pub use sign_in::SignInPage;
pub use unknown::UnknownPage;
