//! What changed in the flow's files between the two runs, as far as the runs say.

use leptos::prelude::*;

use super::{
    differ::{self, FileChange},
    side::{Files, Side},
    style,
};
use crate::{
    pages::{flow::section::Section, parts::Comparison},
    ui::Skeleton,
};

/// The files that differ.
#[component]
pub(super) fn FilesCompared(first: Side, second: Side, names: [String; 2]) -> impl IntoView {
    let content = move || {
        match (first.files.get(), second.files.get()) {
        (Files::Known(one), Files::Known(two)) => {
            let changes = differ::files(&one, &two);
            let incomplete = one.incomplete || two.incomplete;
            view! { <Changes changes=changes incomplete=incomplete names=names.clone() /> }.into_any()
        }
        (Files::Loading, _) | (_, Files::Loading) => {
            view! { <Skeleton lines=3 label="Loading the files" /> }.into_any()
        }
        (Files::Failed(error), _) | (_, Files::Failed(error)) => {
            let text = format!("Can’t say what changed in the files. {error}");
            view! { <p class=style::muted>{text}</p> }.into_any()
        }
        (Files::NotKept, _) | (_, Files::NotKept) => view! {
            <p class=style::muted>
                "Can’t say what changed in the files. At least one of the runs is from a version that didn’t remember the flow’s files, or it ended before it read them."
            </p>
        }
        .into_any(),
    }
    };
    view! { <Section title="Changed files" actions=|| ()>{content}</Section> }
}

#[component]
fn Changes(
    changes: Vec<(String, FileChange)>,
    incomplete: bool,
    names: [String; 2],
) -> impl IntoView {
    let none = changes.is_empty() && !incomplete;
    let items = changes.into_iter().map(|(path, change)| {
        let (word, texts) = match change {
            FileChange::Removed => (format!("only in {}", names[0]), None),
            FileChange::Added => (format!("only in {}", names[1]), None),
            FileChange::Changed(texts) => ("changed".to_owned(), texts),
            FileChange::Unknown => ("may have changed: too large to compare".to_owned(), None),
        };
        let [old_name, new_name] = names.clone();
        let label = format!("Differences of {path}");
        view! {
            <div class=style::text>
                <h3>{path} " " <span class=style::difference>{word}</span></h3>
                {texts.map(|(old, new)| {
                    view! { <Comparison label=label old=old old_name=old_name new=new new_name=new_name /> }
                })}
            </div>
        }
    });
    view! {
        {items.collect_view()}
        {none.then(|| view! { <p class=style::muted>"No file changed between the runs."</p> })}
        {incomplete.then(|| view! {
            <p class=style::muted>
                "Not all files are compared: the folder has too many, or some can’t be read."
            </p>
        })}
    }
}
