//! What the flows page says when there is no flow yet.

use flowdeck_contract::flows::Searched;
use leptos::prelude::*;

use super::searched::folders;
use crate::{
    api::{Api, Remote},
    ui::{CopyButton, Skeleton},
};

stylance::import_crate_style!(style, "src/pages/flows/empty.module.css");

const TREE: &str = "my-flow/
├── flow.dag.yaml      inputs, nodes, outputs
├── hello.py           the code of a Python node
├── greeting.jinja2    the text of a prompt node
└── requirements.txt   packages to install, if any";

const YAML: &str = "inputs:
  name:
    type: string
    default: world
nodes:
- name: greeting
  type: prompt
  source:
    type: code
    path: greeting.jinja2
  inputs:
    name: ${inputs.name}
outputs:
  text:
    type: string
    reference: ${greeting.output}
";

/// Explains what a flow folder is and where one goes.
#[component]
pub(super) fn FirstRun(searched: Memo<Searched>) -> impl IntoView {
    let api = Api::from_context();
    let project = Remote::new(move || async move { api.project_info().await });
    let place = move || {
        project.get().map_or_else(
            || view! { <Skeleton lines=1 label="Loading the flows folder" /> }.into_any(),
            |project| {
                let folder = project.flows_folder.clone();
                view! {
                    <div class=style::place>
                        <code>{project.flows_folder}</code>
                        <CopyButton text=Signal::stored(folder) what="folder" />
                    </div>
                }
                .into_any()
            },
        )
    };
    view! {
        <section class=style::root aria-labelledby="first-run">
            <h2 id="first-run">"No flows yet"</h2>
            <p>
                "A flow is a folder with a " <code>"flow.dag.yaml"</code>
                " file. Add one to the flows folder, and it appears here:"
            </p>
            {place}
            <p>{move || format!("Searched {}. None of them holds a flow.dag.yaml or a flow.flex.yaml.", folders(searched.get()))}</p>
            <div class=style::samples>
                <figure>
                    <figcaption>"A flow folder"</figcaption>
                    <pre class=style::code tabindex="0" aria-label="Files of a flow folder">{TREE}</pre>
                </figure>
                <figure>
                    <figcaption class=style::caption>
                        <span>"A small " <code>"flow.dag.yaml"</code></span>
                        <CopyButton text=Signal::stored(YAML.to_owned()) what="flow.dag.yaml" />
                    </figcaption>
                    <pre class=style::code tabindex="0" aria-label="A small flow.dag.yaml">{YAML}</pre>
                </figure>
            </div>
        </section>
    }
}
