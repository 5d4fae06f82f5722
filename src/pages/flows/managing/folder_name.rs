//! The folder of a flow that is to be made. Until a person names one, it goes by the flow's name.

use flowdeck_contract::{
    flows::FlowSummary,
    ids::{FlowId, InvalidId},
};
use leptos::{html, prelude::*};

use crate::{
    api::ApiError,
    pages::parts::form_style,
    ui::{focus_when_shown, lowercase, unique_id},
};

/// A folder name for a flow of this name that no flow has: `My flow` gives `my-flow`, or `my-flow-2`.
pub(super) fn suggested(name: &str, end: &str, flows: &[FlowSummary]) -> String {
    let mut stem = String::new();
    for c in lowercase(name.trim()).chars() {
        match c {
            c if c.is_alphanumeric() || c == '_' || c == '.' && !stem.is_empty() => stem.push(c),
            _ if stem.is_empty() || stem.ends_with('-') => {}
            _ => stem.push('-'),
        }
    }
    let stem = match stem.trim_end_matches(['-', '.']) {
        "" => "new-flow",
        stem => stem,
    };
    let is_free = |name: &String| !flows.iter().any(|flow| flow.id.as_str() == name);
    (1..)
        .map(|number| match number {
            1 => format!("{stem}{end}"),
            number => format!("{stem}-{number}{end}"),
        })
        .find(is_free)
        .unwrap_or_default()
}

/// Name and folder of a flow that is to be made. Cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct Naming {
    pub(super) name: RwSignal<String>,
    folder: RwSignal<String>,
    fault: RwSignal<Option<String>>,
}

impl Naming {
    pub(super) fn new(name: String, folder: String) -> Self {
        Self {
            name: RwSignal::new(name),
            folder: RwSignal::new(folder),
            fault: RwSignal::new(None),
        }
    }

    /// Takes another name, and the folder that goes by it.
    pub(super) fn suggest(self, name: String, folder: String) {
        self.name.set(name);
        self.folder.set(folder);
        self.fault.set(None);
    }

    /// The folder, or nothing when it can't be one; the field then says why.
    pub(super) fn checked(self) -> Option<FlowId> {
        checked(self.folder, self.fault)
    }

    /// The name; none where nothing is entered.
    pub(super) fn given_name(self) -> Option<String> {
        let name = self.name.get_untracked().trim().to_owned();
        (!name.is_empty()).then_some(name)
    }

    pub(super) fn refused(self, error: &ApiError) {
        self.fault.set(Some(error.with_remedy()));
    }
}

/// The folder that is entered, or nothing when it can't be one; `fault` then says why.
pub(super) fn checked(folder: RwSignal<String>, fault: RwSignal<Option<String>>) -> Option<FlowId> {
    match FlowId::try_from(folder.get_untracked()) {
        Ok(folder) => Some(folder),
        Err(wrong) => {
            fault.set(Some(explain(&wrong)));
            None
        }
    }
}

fn explain(fault: &InvalidId) -> String {
    match fault {
        InvalidId::Empty => "Enter a folder name.".to_owned(),
        InvalidId::Escapes => "Enter a name inside the flows folder, such as my-flow.".to_owned(),
        fault => format!("This name can’t be used: {fault}."),
    }
}

/// The fields for a flow's name and its folder.
#[component]
pub(super) fn NameFields(
    naming: Naming,
    /// Whether the fields take the first focus of their dialog.
    #[prop(optional)]
    first_focus: bool,
    /// Hears of another name that is entered.
    #[prop(into)]
    on_name: Callback<String>,
    /// Hears that a folder is entered.
    #[prop(into)]
    on_folder: Callback<()>,
) -> impl IntoView {
    let Naming {
        name,
        folder,
        fault,
    } = naming;
    let id = unique_id("flow-name");
    let field = NodeRef::<html::Input>::new();
    if first_focus {
        // They come once the templates are here, in a dialog that is open already.
        focus_when_shown(field);
    }
    view! {
        <div class=form_style::field>
            <label for=id.clone() class=form_style::label>"Name"</label>
            <input
                id=id
                type="text"
                node_ref=field
                autocomplete="off"
                maxlength="200"
                prop:value=name
                on:input=move |event| {
                    name.set(event_target_value(&event));
                    on_name.run(event_target_value(&event));
                }
            />
        </div>
        <FolderField label="Folder in the flows folder" folder=folder fault=fault on_folder=on_folder />
    }
}

/// The field for a flow's folder.
#[component]
pub(super) fn FolderField(
    label: &'static str,
    folder: RwSignal<String>,
    /// What is wrong with it.
    fault: RwSignal<Option<String>>,
    /// Stands below it.
    #[prop(optional_no_strip)]
    help: Option<&'static str>,
    /// Hears that a folder is entered.
    #[prop(optional, into)]
    on_folder: Option<Callback<()>>,
) -> impl IntoView {
    let id = unique_id("flow-folder");
    let fault_id = format!("{id}-fault");
    view! {
        <div class=form_style::field>
            <label for=id.clone() class=form_style::label>{label}</label>
            <input
                id=id
                type="text"
                autocomplete="off"
                spellcheck="false"
                aria-invalid=move || fault.with(Option::is_some).then_some("true")
                aria-describedby=fault_id.clone()
                prop:value=folder
                on:input=move |event| {
                    folder.set(event_target_value(&event));
                    fault.set(None);
                    if let Some(on_folder) = on_folder {
                        on_folder.run(());
                    }
                }
            />
            {help.map(|help| view! { <p class=form_style::help>{help}</p> })}
            <p id=fault_id class=form_style::fault>{fault}</p>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::flows::samples::flow;

    #[test]
    fn a_folder_goes_by_the_name_and_is_free() {
        let flows = [flow("my-flow"), flow("my-flow-2")];
        for (name, folder) in [
            ("My flow", "my-flow-3"),
            ("  Größe & Gewicht! ", "größe-gewicht"),
            ("../x", "x"),
            (".hidden", "hidden"),
            ("v1.2", "v1.2"),
            ("???", "new-flow"),
        ] {
            assert_eq!(suggested(name, "", &flows), folder, "{name}");
        }
        assert_eq!(suggested("a/b", ".prompty", &flows), "a-b.prompty");
    }
}
