//! Named sets of inputs, each a file of the flow folder: `inputs/NAME.jsonl`, one line of JSON as `pf flow test --inputs`
//! and `pf run create --data` take it.

use flowdeck_contract::{Values, files::FileEntry, ids::FilePath};
use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local_scoped_with_cancellation};

use super::{
    field::FieldKind,
    form::{InputForm, InvalidInput},
};
use crate::{
    api::{ApiError, Disk, FlowFiles, Load, Precondition, Remote, Removed, Written},
    pages::{
        flow::FlowContext,
        parts::{Failure, LineField, form_style},
    },
    ui::{Button, ButtonKind, ButtonState, NextStep, Skeleton, Status},
};

stylance::import_crate_style!(style, "src/pages/flow/inputs/sets.module.css");

/// The folder that the sets are in.
const FOLDER: &str = "inputs/";
const ENDING: &str = ".jsonl";
/// Longer names aren't taken.
const LONGEST: usize = 60;

/// The name of the set that a file holds; `None` when it's no set.
fn name_of(path: &FilePath) -> Option<&str> {
    let name = path.as_str().strip_prefix(FOLDER)?.strip_suffix(ENDING)?;
    (!name.is_empty() && !name.contains('/')).then_some(name)
}

/// The file of the set of this name, or what is wrong with the name.
fn path_of(name: &str) -> Result<FilePath, &'static str> {
    const CHARACTERS: &str = "Use letters, digits, spaces, ‘-’ and ‘_’.";
    let name = name.trim();
    if name.is_empty() {
        return Err("Enter a name.");
    }
    if name.chars().count() > LONGEST {
        return Err("Use at most 60 characters.");
    }
    let fits = |letter: char| letter.is_alphanumeric() || " -_".contains(letter);
    if !name.chars().all(fits) {
        return Err(CHARACTERS);
    }
    FilePath::try_from(format!("{FOLDER}{name}{ENDING}")).map_err(|_| CHARACTERS)
}

/// The values of a file's first line.
fn read(text: &str) -> Option<Values> {
    serde_json::from_str(text.lines().find(|line| !line.trim().is_empty())?).ok()
}

fn write(values: &Values) -> Option<String> {
    Some(format!("{}\n", serde_json::to_string(values).ok()?))
}

/// What a save came to that wasn't done.
#[derive(Clone)]
enum Unsaved {
    /// There is a set of that name, which is to be replaced only when that's asked for.
    Exists(FilePath),
    Failed(ApiError),
}

/// The sets of the flow, and what saves another.
#[derive(Clone, Copy)]
struct Sets {
    context: FlowContext,
    form: InputForm,
    status: Status,
    list: Remote<Vec<FileEntry>>,
    unsaved: RwSignal<Option<Unsaved>>,
    is_busy: RwSignal<bool>,
    owner: StoredValue<Owner>,
}

impl Sets {
    fn files(self) -> FlowFiles {
        FlowFiles::new(self.context.api, self.context.flow())
    }

    fn spawn(self, future: impl Future<Output = ()> + 'static) {
        self.owner
            .get_value()
            .with(|| spawn_local_scoped_with_cancellation(future));
    }

    /// What is saved: secrets aren't.
    fn values(self) -> Result<Values, InvalidInput> {
        let values = self.form.values()?;
        let secrets = self.form.fields.with_untracked(|fields| {
            let secret = fields.iter().filter(|one| one.kind == FieldKind::Secret);
            secret
                .map(|field| field.name.as_str().to_owned())
                .collect::<Vec<_>>()
        });
        Ok(values
            .into_iter()
            .filter(|(name, _)| !secrets.contains(name))
            .collect())
    }

    /// Saves the inputs; a set of that name is replaced only where `replaces`, and only as it was seen.
    fn save(self, path: FilePath, replaces: bool) {
        let text = match self.values() {
            Ok(values) => write(&values).unwrap_or_default(),
            Err(invalid) => {
                self.form.tried.set(true);
                let text = format!("Input ‘{}’: {}", invalid.name, invalid.reason);
                let error = ApiError::local("InputUnusable", text);
                return self.unsaved.set(Some(Unsaved::Failed(error)));
            }
        };
        self.unsaved.set(None);
        self.is_busy.set(true);
        self.spawn(async move {
            let files = self.files();
            let precondition = match replaces {
                true => files.read(&path).await.map(|disk| disk.precondition()),
                false => Ok(Precondition::Absent),
            };
            let written = match precondition {
                Ok(precondition) => files.write(&path, &precondition, &text).await,
                Err(error) => Err(error),
            };
            self.is_busy.set(false);
            match written {
                Ok(Written::Done(_)) => {
                    self.status.announce(format!("Inputs saved in {path}."));
                    self.list.refresh();
                }
                Ok(Written::Refused) => self.unsaved.set(Some(Unsaved::Exists(path))),
                Err(error) => self.unsaved.set(Some(Unsaved::Failed(error))),
            }
        });
    }

    /// Fills the form with a set.
    fn fill(self, path: FilePath) {
        self.unsaved.set(None);
        self.spawn(async move {
            match self.files().read(&path).await {
                Ok(Disk::Text { text, .. }) => match read(&text) {
                    Some(values) => {
                        self.form.fill(&values);
                        self.status.announce("Inputs filled in.".to_owned());
                    }
                    None => self.fail(format!(
                        "The first line of {path} isn’t a JSON object. Correct it in raw file mode."
                    )),
                },
                Ok(Disk::Gone) => {
                    self.list.refresh();
                    self.fail(format!("{path} has been deleted."));
                }
                Err(error) => self.unsaved.set(Some(Unsaved::Failed(error))),
            }
        });
    }

    fn remove(self, entry: FileEntry) {
        self.unsaved.set(None);
        self.spawn(async move {
            match self.files().remove(&entry.path, &entry.etag).await {
                Ok(Removed::Done) => self.status.announce(format!("{} deleted.", entry.path)),
                Ok(Removed::Refused) => {
                    self.fail(format!(
                        "{} has changed. Look at it before you delete it.",
                        entry.path
                    ));
                }
                Err(error) => self.unsaved.set(Some(Unsaved::Failed(error))),
            }
            self.list.refresh();
        });
    }

    fn fail(self, text: String) {
        let error = ApiError::local("InputsUnusable", text);
        self.unsaved.set(Some(Unsaved::Failed(error)));
    }
}

/// The sets of the flow: to use, to delete, and to save another.
#[component]
pub fn InputSets() -> impl IntoView {
    let context = FlowContext::from_context();
    let list = Remote::new(move || {
        let flow = context.flow();
        async move {
            let tree = context.api.files(&flow).await?;
            let mut entries = tree.entries;
            entries.retain(|entry| name_of(&entry.path).is_some());
            Ok(entries)
        }
    });
    let sets = Sets {
        context,
        form: InputForm::from_context(),
        status: Status::from_context(),
        list,
        unsaved: RwSignal::new(None),
        is_busy: RwSignal::new(false),
        owner: StoredValue::new(Owner::current().unwrap_or_default()),
    };
    let shown = move || match list.state().get() {
        Load::Loading => view! { <Skeleton lines=2 label="Loading the saved inputs" /> }.into_any(),
        Load::Failed(error) => view! {
            <Failure
                title="Couldn’t load the saved inputs"
                error=error
                on_retry=move |()| list.retry()
            />
        }
        .into_any(),
        Load::Ready(entries) if entries.is_empty() => {
            view! { <p class=form_style::help>"No inputs are saved yet."</p> }.into_any()
        }
        Load::Ready(entries) => {
            let rows = entries
                .into_iter()
                .map(|entry| view! { <Row sets=sets entry=entry /> });
            view! { <ul class=style::list>{rows.collect_view()}</ul> }.into_any()
        }
    };
    view! {
        <div class=style::root>
            {shown} <NotSaved sets=sets /> <SaveForm sets=sets />
        </div>
    }
}

#[component]
fn Row(sets: Sets, entry: FileEntry) -> impl IntoView {
    let name = name_of(&entry.path).unwrap_or_default().to_owned();
    let path = entry.path.clone();
    view! {
        <li class=style::row>
            <span class=style::name>{name.clone()}</span>
            <Button label=format!("Use {name}") on_press=move |()| sets.fill(path.clone())>
                "Use"
            </Button>
            <Button
                kind=ButtonKind::Quiet
                label=format!("Delete {name}")
                on_press=move |()| sets.remove(entry.clone())
            >
                "Delete"
            </Button>
        </li>
    }
}

#[component]
fn NotSaved(sets: Sets) -> impl IntoView {
    move || match sets.unsaved.get()? {
        Unsaved::Failed(error) => Some(view! { <Failure title="That didn’t work" error=error /> }),
        Unsaved::Exists(path) => {
            let text = format!("{path} exists already. Replace it, or choose another name.");
            let error = ApiError::local("FileExists", text);
            let replace = NextStep::new("Replace it", move || sets.save(path.clone(), true));
            Some(
                view! { <Failure title="Couldn’t save the inputs" error=error steps=vec![replace] /> },
            )
        }
    }
}

#[component]
fn SaveForm(sets: Sets) -> impl IntoView {
    let name = RwSignal::new(String::new());
    let fault = RwSignal::new(None::<&'static str>);
    let save = move || match path_of(&name.get_untracked()) {
        Ok(path) => sets.save(path, false),
        Err(reason) => fault.set(Some(reason)),
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        save();
    };
    let state = Signal::derive(move || ButtonState::busy_while(sets.is_busy.get()));
    view! {
        <form class=style::save on:submit=submit>
            <label for="input-set-name">"Name"</label>
            <LineField id="input-set-name" about="input-set-about" text=name fault=fault />
            <Button state=state on_press=move |()| save()>
                "Save inputs"
            </Button>
            <div id="input-set-about" class=style::about>
                <p class=form_style::fault>{fault}</p>
                <p class=form_style::help>
                    "Saves what you entered in inputs/NAME.jsonl of the flow folder, without secrets."
                </p>
            </div>
        </form>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_is_a_file_and_back() {
        let path = path_of(" Two lighthouses_1 ").unwrap();
        assert_eq!(path.as_str(), "inputs/Two lighthouses_1.jsonl");
        assert_eq!(name_of(&path), Some("Two lighthouses_1"));
        for wrong in ["", "  ", "../x", "a/b", "a.b", ".", &"x".repeat(61)] {
            assert!(path_of(wrong).is_err(), "{wrong}");
        }
        for other in [
            "inputs/a.json",
            "a.jsonl",
            "inputs/a/b.jsonl",
            "inputs/.jsonl",
        ] {
            assert_eq!(
                name_of(&FilePath::try_from(other).unwrap()),
                None,
                "{other}"
            );
        }
    }

    #[test]
    fn values_are_kept_to_the_letter() {
        let line = "{\"a\":12345678901234567890.10,\"b\":[\"x\"]}";
        let values = read(&format!("\n{line}\nnot read")).unwrap();
        assert_eq!(write(&values).unwrap(), format!("{line}\n"));
        for text in ["", "\n", "[1]", "{"] {
            assert_eq!(read(text), None);
        }
    }
}
