//! Where the cursor is, what the file is, and how it stands to the disk, in a line below all.

use leptos::prelude::*;

use super::{
    checking::summary,
    document::Status,
    ffi::HINT_ID,
    line_ends::LineEnds,
    workbench::{FileState, Workbench},
};

stylance::import_crate_style!(style, "src/pages/flow/raw/status_bar.module.css");

/// The line.
#[component]
pub(super) fn StatusBar() -> impl IntoView {
    let workbench = Workbench::from_context();
    let shown = workbench.shown();
    let place = move || {
        let (path, place) = workbench.cursor.get()?;
        let is_shown = shown.get().is_some_and(|shown| shown == path);
        is_shown.then(|| format!("Ln {}, Col {}", place.line, place.column))
    };
    let language = move || shown.get().map(|path| language(path.as_str()));
    let ends = Memo::new(move |_| {
        let path = shown.get()?;
        workbench.files.with(|files| match files.get(&path)? {
            FileState::Open(open) => LineEnds::of(open.document.disk().text()),
            _ => None,
        })
    });
    let problems = move || {
        let path = shown.get()?;
        workbench.findings_of(&path).map(|found| summary(&found))
    };
    let saved = move || {
        let status = shown.get().and_then(|path| workbench.status_of(&path));
        status.map(|status| match status {
            Status::Clean => "Saved",
            Status::Dirty => "Unsaved edits",
            Status::Saving { .. } => "Saving…",
            Status::SaveFailed(_) => "Not saved",
            Status::Diverged { .. } => "Changed on disk",
        })
    };
    view! {
        <p class=style::bar>
            <span>{saved}</span>
            <span>{problems}</span>
            <span id=HINT_ID class=style::hint>
                "Tab indents; Esc, then Tab leaves the editor"
            </span>
            <span>{place}</span>
            <span>{move || ends.get().map(LineEnds::word)}</span>
            <span>{language}</span>
        </p>
    }
}

/// What a file is written in, by its name.
fn language(path: &str) -> &'static str {
    let name = path.rsplit('/').next().unwrap_or_default();
    let (_, ending) = name.rsplit_once('.').unwrap_or_default();
    match ending.to_ascii_lowercase().as_str() {
        "yaml" | "yml" => "YAML",
        "py" => "Python",
        "jinja2" | "jinja" | "j2" => "Jinja",
        "json" | "jsonl" | "ipynb" => "JSON",
        "md" | "markdown" => "Markdown",
        "prompty" => "Prompty",
        _ => "Plain text",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_known_by_the_end_of_the_name() {
        assert_eq!(language("flow.dag.yaml"), "YAML");
        assert_eq!(language("a.py/Chat.JINJA2"), "Jinja");
        assert_eq!(language("a.py/LICENSE"), "Plain text");
        assert_eq!(language(""), "Plain text");
    }
}
