//! Takes what was changed back into the flow's files: the messages into the template that rendered them, the model and its
//! parameters into the node's inputs.

use std::sync::Arc;

use flowdeck_contract::{ids::FilePath, shown::Name};
use flowdeck_flow::{Assignment, Node, NodeType};
use leptos::{prelude::*, task::spawn_local_scoped_with_cancellation};

use super::{
    bench::Bench,
    copy_back::{ByHand, Said, copied},
    draft::{Asked, Draft},
    own,
    template::{Template, Written},
};
use crate::{
    pages::{
        flow::{
            definition::{Definition, use_definition},
            nodes::service::{NotSaved, fields::Place, saving::Saving},
        },
        parts::{Comparison, Failure, form_style},
    },
    ui::{Button, ButtonKind, CopyButton, Notice, NoticeKind},
};

/// What of the fields differs from what was recorded, and where it goes.
#[component]
pub(super) fn CopyBack() -> impl IntoView {
    let bench = Bench::from_context();
    let definition = use_definition(bench.context);
    let changes = Memo::new(move |_| {
        let recorded = bench
            .recorded
            .with_value(|recorded| Draft::read(recorded.call.inputs.as_ref()).ok())?;
        let draft = bench.draft.get();
        let changes = Changes::between(&recorded, &draft);
        changes.is_any().then_some(changes)
    });
    let node = Memo::new(move |_| {
        let name = bench
            .recorded
            .with_value(|recorded| recorded.node.clone())?;
        definition.with(|known| node_of(known.as_ref(), &name))
    });
    let file = Memo::new(move |_| match node.get() {
        Some(node) => of_node(&node),
        None => {
            let is_prompty = bench.context.flow().prompty().is_some();
            bench.context.definition_path().filter(|_| is_prompty)
        }
    });
    let content = move || {
        let changes = changes.get()?;
        let messages = changes.said.clone().map(|said| match file.get() {
            Some(path) => view! { <ToTemplate path=path said=said /> }.into_any(),
            None => view! { <ByPerson why="Code made these messages, so there is no template to write them to." said=said /> }
                .into_any(),
        });
        let values = (!changes.values.is_empty()).then(|| match node.get() {
            Some(node) => view! { <ToNode node=node values=changes.values.clone() /> }.into_any(),
            None => view! {
                <p class=form_style::help>"Change the model and its parameters in the flow’s file by hand. They don’t stand at a node."</p>
            }
            .into_any(),
        });
        Some(view! {
            <section class=own::fields aria-label="Copy back">
                <h3>"Copy back"</h3>
                {messages}
                {values}
            </section>
        })
    };
    view! { {content} }
}

/// The node as the flow's file has it now, where it calls the model by itself.
fn node_of(known: Option<&Arc<Definition>>, name: &str) -> Option<Node> {
    let mut nodes = known?.flow()?.nodes.iter();
    let node = nodes.find(|node| node.name == name)?;
    (node.node_type == Some(NodeType::Llm)).then(|| node.clone())
}

fn of_node(node: &Node) -> Option<FilePath> {
    let path = node.source.as_ref()?.path.as_deref()?;
    FilePath::try_from(path.trim_start_matches("./")).ok()
}

/// What differs from what was recorded.
#[derive(Clone, Debug, PartialEq)]
struct Changes {
    /// The messages before and after.
    said: Option<(Vec<Said>, Vec<Said>)>,
    /// The values that were set, each with whether it's a text; nothing for one that was taken away.
    values: Vec<(String, String, bool)>,
}

impl Changes {
    fn between(before: &Draft, after: &Draft) -> Self {
        let said = (said(&before.asked), said(&after.asked));
        let model =
            (before.model != after.model).then(|| ("model".to_owned(), after.model.clone(), true));
        let parameters = after.parameters.iter().filter(|parameter| {
            let was = before
                .parameters
                .iter()
                .find(|was| was.name == parameter.name);
            was.is_none_or(|was| was.text != parameter.text) && parameter.value().is_ok()
        });
        let parameters =
            parameters.map(|one| (one.name.clone(), one.text.trim().to_owned(), one.is_text));
        Self {
            said: Some(said).filter(|(before, after)| before != after),
            values: model.into_iter().chain(parameters).collect(),
        }
    }

    fn is_any(&self) -> bool {
        self.said.is_some() || !self.values.is_empty()
    }
}

fn said(asked: &Asked) -> Vec<Said> {
    match asked {
        Asked::Messages(messages) => messages
            .iter()
            .map(|message| (message.role.clone(), message.content.text().to_owned()))
            .collect(),
        Asked::Prompt(prompt) => vec![("prompt".to_owned(), prompt.text().to_owned())],
    }
}

/// Shows what would change in the template, and writes it.
#[component]
fn ToTemplate(path: FilePath, said: (Vec<Said>, Vec<Said>)) -> impl IntoView {
    let bench = Bench::from_context();
    let template = Template::new(bench.context, path.clone());
    let shown = RwSignal::new(None::<Result<Written, Refusal>>);
    let (before, after) = said.clone();
    let look = Callback::new(move |()| {
        let (before, after) = (before.clone(), after.clone());
        spawn_local_scoped_with_cancellation(async move {
            let read = template.read().await;
            shown.set(Some(match read {
                Err(error) => Err(Refusal::Failed(error)),
                Ok(disk) => template
                    .changed(&disk, |body| copied(body, &before, &after))
                    .map_err(Refusal::ByHand),
            }));
        });
    });
    let word = format!("Copy messages to {path}…");
    let name = path.to_string();
    let by_hand = StoredValue::new(said);
    let content = move || {
        Some(match shown.get()? {
            Ok(written) => {
                let (old, new) = (written.before.clone(), written.after.clone());
                let save = move |()| template.save(written.clone(), look, shown);
                view! {
                    <Comparison
                        label=format!("Changes of {name}")
                        old=old
                        old_name=format!("{name} now")
                        new=new
                        new_name="With your change"
                    />
                    <div class=form_style::row>
                        <Button kind=ButtonKind::Primary on_press=save>{format!("Save {name}")}</Button>
                        <Button on_press=move |()| shown.set(None)>"Cancel"</Button>
                    </div>
                }
                .into_any()
            }
            Err(Refusal::ByHand(why)) => {
                view! { <ByPerson why=why.words() said=by_hand.get_value() path=path.clone() /> }
                    .into_any()
            }
            Err(Refusal::Failed(error)) => view! {
                <Failure title=format!("Couldn’t copy to {name}") error=error on_retry=look />
            }
            .into_any(),
        })
    };
    view! {
        <div>
            <Button on_press=look>{word}</Button>
        </div>
        {content}
    }
}

/// Why a template isn't changed.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Refusal {
    /// A person has to.
    ByHand(ByHand),
    /// It couldn't be read or written.
    Failed(crate::api::ApiError),
}

/// Both texts of each message that differs, to be put in by hand.
#[component]
fn ByPerson(
    /// Why.
    why: &'static str,
    said: (Vec<Said>, Vec<Said>),
    /// The file that they go to, where there is one.
    #[prop(optional)]
    path: Option<FilePath>,
) -> impl IntoView {
    let context = Bench::from_context().context;
    let (before, after) = said;
    let changed = after
        .into_iter()
        .enumerate()
        .filter(|(at, said)| before.get(*at) != Some(said));
    let texts = changed.map(|(at, (_, text))| {
        let old = before.get(at).map(|(_, text)| text.clone());
        let what = format!("message {}", at + 1);
        view! {
            <Comparison
                label=format!("Changes of {what}")
                old=old.unwrap_or_default()
                old_name="Recorded"
                new=text.clone()
                new_name="Changed"
            />
            <div>
                <CopyButton text=Signal::stored(text) what=what />
            </div>
        }
    });
    let texts = texts.collect_view();
    let open = path.map(|path| {
        let word = format!("Open {path}");
        view! {
            <div>
                <Button on_press=move |()| context.open_file(path.clone(), None)>{word}</Button>
            </div>
        }
    });
    view! {
        <Notice kind=NoticeKind::Info title="Put this change in by hand">
            <p>{why}</p>
            {open}
        </Notice>
        {texts}
    }
}

/// Writes the values into the node's inputs, each with a way back.
#[component]
fn ToNode(node: Node, values: Vec<(String, String, bool)>) -> impl IntoView {
    let saving = Saving::new(Bench::from_context().context);
    let name = Name::from(node.name.as_str());
    let rows = values.into_iter().map(|(key, value, is_text)| {
        let key = of_file(&node, key);
        let comes_from_flow = node
            .inputs
            .iter()
            .any(|input| input.name == key && !matches!(input.value, Assignment::Literal { .. }));
        if comes_from_flow {
            let words = format!("The flow sets {key} of {name}. Change it in raw file mode.");
            return view! { <p class=form_style::help>{words}</p> }.into_any();
        }
        if value.is_empty() {
            let words = format!("Remove {key} of {name} in raw file mode.");
            return view! { <p class=form_style::help>{words}</p> }.into_any();
        }
        let place = match is_text {
            true => Place::Input(key.clone()),
            false => Place::InputJson(key.clone()),
        };
        let word = format!("Save {key} = {value} at {name}");
        let name = name.clone();
        let save = move |()| saving.choose(name.clone(), place.clone(), value.clone());
        view! {
            <div>
                <Button on_press=save>{word}</Button>
            </div>
        }
        .into_any()
    });
    view! {
        {rows.collect_view()}
        <NotSaved saving=saving />
    }
}

/// What the file calls a parameter: Azure's nodes name a deployment.
fn of_file(node: &Node, key: String) -> String {
    let has = |name: &str| node.inputs.iter().any(|input| input.name == name);
    match key == "model" && has("deployment_name") {
        true => "deployment_name".to_owned(),
        false => key,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flowdeck_contract::Exact;
    use serde_json::json;

    #[test]
    fn only_what_differs_is_copied() {
        let inputs = json!({"model": "m", "messages": [{"role": "user", "content": "a"}], "temperature": 0.2});
        let before = Draft::read(Some(&Exact::from(inputs))).unwrap();
        let mut after = before.clone();
        assert!(!Changes::between(&before, &after).is_any());
        after.model = "n".to_owned();
        for parameter in &mut after.parameters {
            match parameter.name.as_str() {
                "temperature" => parameter.text = "0.7".to_owned(),
                "user" => parameter.text = "7".to_owned(),
                "seed" => parameter.text = "no number".to_owned(),
                _ => {}
            }
        }
        let changes = Changes::between(&before, &after);
        let expected = [
            ("model", "n", true),
            ("temperature", "0.7", false),
            ("user", "7", true),
        ];
        let expected =
            expected.map(|(name, value, is_text)| (name.to_owned(), value.to_owned(), is_text));
        assert_eq!((changes.said, changes.values), (None, expected.to_vec()));
    }
}
