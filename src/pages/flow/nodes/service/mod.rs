//! What a node's card sets in the flow's file: the connection and model of the service that it calls, and its default variant.
//!
//! `fields` is pure: which fields there are, and what can be chosen. `saving` writes; the rest are views.

mod connection;
pub(in crate::pages::flow) mod fields;
mod model;
pub(in crate::pages::flow) mod saving;
mod variants;

use flowdeck_contract::{
    connections::{ConnectionType, ConnectionView},
    shown::Name,
};
use flowdeck_flow::{Node, NodeEdit, NodeEditError, NodeKey};
use leptos::prelude::*;

use self::{
    connection::ConnectionSelect,
    fields::{ConnectionField, ModelField, Place, connections, models},
    model::ModelInput,
    saving::{Refused, Saving},
    variants::NodeVariants,
};
use super::node::ShownNode;
use crate::{
    pages::{
        flow::{FlowContext, needs::FlowConnections},
        parts::Failure,
    },
    ui::{Button, Each, Notice, NoticeKind},
};

stylance::import_crate_style!(style, "src/pages/flow/nodes/service/service.module.css");

/// Sets a value of a node in a text; see [`flowdeck_flow::set_node_value`].
pub(crate) type SetNodeValue = fn(&str, &str, NodeKey<'_>, &str) -> Result<NodeEdit, NodeEditError>;

/// The fields of the node's card.
#[component]
pub(crate) fn NodeService() -> impl IntoView {
    let context = FlowContext::from_context();
    let ShownNode(node) = expect_context();
    let known = FlowConnections::of(context);
    let saving = Saving::new(context);
    let fields = Memo::new(move |_| {
        let needs = known.needs.get().unwrap_or_default();
        node.with(|node| node.as_ref().map(|node| connections(node, &needs)))
            .unwrap_or_default()
    });
    let has_variants = Memo::new(move |_| {
        node.with(|node| node.as_ref().is_some_and(|node| node.variants.is_some()))
    });
    let is_any = Memo::new(move |_| fields.with(|fields| !fields.is_empty()));
    Effect::new(move |_| {
        if is_any.get() {
            known.choosing();
        }
    });
    let view = Memo::new(move |_| fields.with(|fields| named(known, fields.first()?)));
    let kind = Memo::new(move |_| view.with(|view| view.as_ref().map(|view| view.kind)));
    let models = Memo::new(move |_| {
        if !is_any.get() {
            return Vec::new();
        }
        node.with(|node| of_models(node.as_ref(), kind.get()))
    });
    let shown = move || {
        let name = node.with_untracked(|node| node.as_ref().map(|node| node.name.clone()));
        let name = Name::from(name.unwrap_or_default());
        let (of, of_models) = (name.clone(), name);
        view! {
            <div class=style::fields>
                <Each
                    each=move || fields.with(|fields| labels(fields))
                    key=|label| label.clone()
                    let(label)
                >
                    {
                        let field = at(fields, label);
                        view! { <ConnectionSelect node=of.clone() field=field saving=saving /> }
                    }
                </Each>
                <Each
                    each=move || models.with(|fields| labels(fields))
                    key=|label| label.clone()
                    let(label)
                >
                    {
                        let field = at(models, label);
                        view! {
                            <ModelInput
                                node=of_models.clone()
                                field=field
                                connection=view
                                saving=saving
                            />
                        }
                    }
                </Each>
            </div>
            <NotSaved saving=saving />
        }
    };
    view! {
        <Show when=move || has_variants.get()>
            <NodeVariants />
        </Show>
        <Show when=move || is_any.get()>{shown}</Show>
    }
}

/// The connection that a field names, where the project has it.
fn named(known: FlowConnections, field: &ConnectionField) -> Option<ConnectionView> {
    let list = known.list.get()?;
    let mut all = list.connections.into_iter();
    all.find(|view| view.name.as_str() == field.name)
}

fn of_models(node: Option<&Node>, kind: Option<ConnectionType>) -> Vec<ModelField> {
    node.map(|node| models(node, kind)).unwrap_or_default()
}

/// A field of a node's card.
trait Field: Clone + PartialEq + Send + Sync + 'static {
    /// The value that it changes.
    fn place(&self) -> &Place;
}

impl Field for ConnectionField {
    fn place(&self) -> &Place {
        &self.place
    }
}

impl Field for ModelField {
    fn place(&self) -> &Place {
        &self.place
    }
}

fn labels(fields: &[impl Field]) -> Vec<String> {
    let labels = fields.iter().map(|field| field.place().label().to_owned());
    labels.collect()
}

fn at<F: Field>(fields: Memo<Vec<F>>, label: String) -> Memo<Option<F>> {
    Memo::new(move |_| {
        fields.with(|fields| {
            let mut fields = fields.iter();
            fields.find(|field| field.place().label() == label).cloned()
        })
    })
}

/// Why the last choice isn't in the file.
#[component]
pub(in crate::pages::flow) fn NotSaved(saving: Saving) -> impl IntoView {
    let context = FlowContext::from_context();
    move || {
        Some(match saving.refused.get()? {
            Refused::Failed(error) => {
                view! { <Failure title="Couldn’t save your choice" error=error /> }.into_any()
            }
            Refused::ByHand { reason, path, line } => {
                let open = move |()| context.open_file(path.clone(), Some(line));
                view! {
                    <div role="alert">
                        <Notice kind=NoticeKind::Error title="Couldn’t save your choice">
                            <p>{reason}</p>
                            <div>
                                <Button on_press=open>"Open in raw file mode"</Button>
                            </div>
                        </Notice>
                    </div>
                }
                .into_any()
            }
        })
    }
}
