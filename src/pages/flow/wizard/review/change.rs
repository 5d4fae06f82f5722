//! What applying changes in the flow's definition file.

use flowdeck_contract::ids::FilePath;
use leptos::prelude::*;

use super::super::model::Wizard;
use crate::{
    api::{ApiError, Disk, FlowFiles, Precondition, Written},
    pages::parts::ChangedLines as LinesThatChange,
};

/// What would become of the definition file.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::pages::flow::wizard) enum DefinitionChange {
    /// It names this image already, or none is wanted.
    None,
    /// From one text to another.
    Text {
        path: FilePath,
        old: String,
        new: String,
    },
    /// It cannot be changed, as a sentence.
    Refused(String),
}

impl DefinitionChange {
    /// For `image` to be what the file asks for.
    pub(in crate::pages::flow::wizard) fn to_image(wizard: Wizard, image: Option<&str>) -> Self {
        match Self::of_file(wizard, image) {
            Ok(change) => change,
            // A file that cannot be changed may stay as it was when the wizard was opened.
            Err(_) if wizard.image_in_file.get_value().as_deref() == image => Self::None,
            Err(reason) => Self::Refused(reason),
        }
    }

    fn of_file(wizard: Wizard, image: Option<&str>) -> Result<Self, String> {
        let detail = untrack(|| wizard.flow.detail.get());
        let known = detail.and_then(|detail| {
            let path = FilePath::try_from(detail.definition_path).ok()?;
            Some((path, detail.yaml?))
        });
        let (path, old) = known.ok_or("The flow’s definition file is missing or isn’t text.")?;
        let new = flowdeck_flow::set_environment_image(&old, image)
            .map_err(|reason| format!("Can’t change {path}. {reason}"))?;
        Ok(if new == old {
            Self::None
        } else {
            Self::Text { path, old, new }
        })
    }

    /// Writes it, unless the file is no longer what was shown.
    pub(in crate::pages::flow::wizard) async fn write(
        self,
        wizard: Wizard,
    ) -> Result<(), ApiError> {
        let (path, old, new) = match self {
            DefinitionChange::None => return Ok(()),
            DefinitionChange::Refused(reason) => return Err(refused(reason)),
            DefinitionChange::Text { path, old, new } => (path, old, new),
        };
        let files = FlowFiles::new(wizard.flow.api, wizard.flow.flow());
        let changed = || {
            refused(format!(
                "{path} changed after the review. Nothing was saved. Go back and review it again."
            ))
        };
        match files.read(&path).await? {
            Disk::Text { etag, text } if *text == *old => {
                match files.write(&path, &Precondition::Is(etag), &new).await? {
                    Written::Done(_) => Ok(()),
                    Written::Refused => Err(changed()),
                }
            }
            _ => Err(changed()),
        }
    }
}

fn refused(message: String) -> ApiError {
    ApiError {
        status: None,
        code: "DefinitionNotWritten".into(),
        message,
        remedy: None,
        request_id: None,
        request: None,
        install_fault: None,
    }
}

/// The lines of the definition file that change.
#[component]
pub(super) fn ChangedLines(path: FilePath, old: String, new: String) -> impl IntoView {
    view! {
        <p>"Changes to " <code>{path.to_string()}</code></p>
        <LinesThatChange label="Lines that change" old=old new=new />
    }
}
