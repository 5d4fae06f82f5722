//! The assistant that brings a flow from a runtime of a compute instance to a compute session, in the address.

use flowdeck_contract::{address::encode, ids::FlowId};

use super::Query;

/// The assistant, as far as the person got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upgrade {
    /// The runtime that is left behind.
    pub runtime: String,
    /// The flow that is brought over, once it is chosen.
    pub flow: Option<FlowId>,
    /// What becomes of the runtime's image; `None` for what fits the server.
    pub image: Option<UpgradeImage>,
}

/// What becomes of a runtime's image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UpgradeImage {
    /// The flow's definition names it.
    Take,
    /// The definition is left as it is in that.
    LeaveOut,
}

impl UpgradeImage {
    const ALL: [UpgradeImage; 2] = [UpgradeImage::Take, UpgradeImage::LeaveOut];

    fn word(self) -> &'static str {
        match self {
            UpgradeImage::Take => "runtime",
            UpgradeImage::LeaveOut => "none",
        }
    }
}

impl Upgrade {
    /// The assistant for `runtime`, as it first opens.
    #[must_use]
    pub fn of(runtime: impl Into<String>) -> Self {
        Self {
            runtime: runtime.into(),
            flow: None,
            image: None,
        }
    }

    pub(super) fn path(&self) -> String {
        let mut query = Query::default();
        if let Some(flow) = &self.flow {
            query.push("flow", flow.as_str());
        }
        if let Some(image) = self.image {
            query.push("image", image.word());
        }
        format!("upgrade/{}{}", encode(&self.runtime), query.0)
    }

    pub(super) fn read(runtime: String, query: impl Fn(&str) -> Option<String>) -> Self {
        let image = query("image");
        Self {
            runtime,
            flow: query("flow").and_then(|flow| FlowId::try_from(flow).ok()),
            image: image.and_then(|word| {
                let mut choices = UpgradeImage::ALL.into_iter();
                choices.find(|choice| choice.word() == word)
            }),
        }
    }
}
