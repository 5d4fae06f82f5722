//! A requirements file that is not there yet, and making one.

use flowdeck_contract::ids::FilePath;
use leptos::prelude::*;

use super::workbench::Workbench;
use crate::{
    api::{ApiError, Disk, Precondition, Written},
    lazy,
    pages::parts::tell_failure,
    ui::{Button, ButtonKind, ButtonState, Notice, NoticeKind},
};

/// Stands in the place of a file that is not there.
#[component]
pub(super) fn MissingFile(path: FilePath) -> impl IntoView {
    let workbench = Workbench::from_context();
    if !untrack(|| workbench.is_requirements(&path)) {
        return view! {
            <Notice kind=NoticeKind::Warning title=format!("{path} doesn’t exist")>
                <p>"It was deleted or renamed, or the address is wrong. Select a file in Files."</p>
            </Notice>
        }
        .into_any();
    }
    let making = RwSignal::new(false);
    let state = Signal::derive(move || {
        if making.get() {
            ButtonState::Busy
        } else {
            ButtonState::Ready
        }
    });
    let label = format!("Create {path}");
    let title = format!("{path} doesn’t exist yet");
    let make = move |()| {
        making.set(true);
        let path = path.clone();
        workbench.spawn(async move {
            workbench.make_requirements(&path).await;
            making.try_set(false);
        });
    };
    view! {
        <Notice kind=NoticeKind::Info title=title>
            <p>
                "List the Python packages that the flow needs, one per line. flow.dag.yaml names the file as environment.python_requirements_txt."
            </p>
            <div>
                <Button kind=ButtonKind::Primary state=state on_press=make>
                    {label}
                </Button>
            </div>
        </Notice>
    }
    .into_any()
}

impl Workbench {
    /// Makes an empty file that is missing and opens it.
    pub(super) async fn create(&self, path: &FilePath) {
        if self.write_empty(path).await {
            self.flow.open_file(path.clone(), Some(1));
        }
    }

    /// Whether the file is there then.
    async fn write_empty(&self, path: &FilePath) -> bool {
        match self
            .flow_files()
            .write(path, &Precondition::Absent, "")
            .await
        {
            Ok(Written::Done(entry)) => {
                self.listing.put(entry);
                self.status.announce(format!("{path} added."));
                true
            }
            // Somebody was faster: theirs is shown.
            Ok(Written::Refused) => true,
            Err(error) => {
                tell_failure(self.status, &format!("Couldn’t add {path}"), &error);
                false
            }
        }
    }

    /// Makes the requirements file, shows it, and lets the definition name it.
    async fn make_requirements(&self, path: &FilePath) {
        if !self.write_empty(path).await {
            return;
        }
        self.retry(path);
        self.focus_editor_soon();
        let named = match lazy::checker().await {
            Ok(checker) => checker.name_requirements(*self, path).await,
            Err(_) => Err(ApiError::unreachable()),
        };
        if let Err(error) = named {
            let title = format!("The flow’s definition doesn’t name {path}");
            tell_failure(self.status, &title, &error);
        }
    }

    /// Writes the path of the requirements file into the definition, unless a file is named there.
    pub(super) async fn name_requirements(&self, path: &FilePath) -> Result<(), ApiError> {
        if untrack(|| self.checks.requirements.get()).is_some() {
            return Ok(());
        }
        let Some(definition) = untrack(|| self.definition()) else {
            return Ok(());
        };
        let files = self.flow_files();
        let Disk::Text { etag, text } = files.read(&definition).await? else {
            return Ok(());
        };
        let text = flowdeck_flow::set_environment_requirements(&text, path.as_str())
            .map_err(|reason| not_named(format!("{definition} didn’t change. {reason}")))?;
        match files
            .write(&definition, &Precondition::Is(etag), &text)
            .await?
        {
            Written::Done(_) => Ok(()),
            Written::Refused => Err(not_named(format!(
                "Another program changed {definition} at the same time, so it wasn’t updated."
            ))),
        }
    }
}

/// A file `requirements.txt` counts without being named, so that nothing is lost here.
fn not_named(message: String) -> ApiError {
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
