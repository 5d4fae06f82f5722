//! Model servers on the server's machine: found when somebody asks, and offered as connections that are filled in.

use flowdeck_contract::connections::{ConnectionView, ModelServer, ModelServers};
use leptos::{prelude::*, task::spawn_local_scoped_with_cancellation};

use super::{Listed, style};
use crate::{
    api::{Api, ApiError},
    nav::Link,
    pages::parts::Failure,
    routes::{NewConnection, Route},
    ui::{Button, ButtonState, Status},
};

/// The search, in progress or ended. Cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct Finding {
    is_busy: RwSignal<bool>,
    outcome: RwSignal<Option<Result<ModelServers, ApiError>>>,
    api: Api,
    status: Status,
    owner: StoredValue<Owner>,
}

impl Finding {
    pub(super) fn provide() {
        provide_context(Self {
            is_busy: RwSignal::new(false),
            outcome: RwSignal::new(None),
            api: Api::from_context(),
            status: Status::from_context(),
            owner: StoredValue::new(Owner::current().unwrap_or_default()),
        });
    }

    fn look(self) {
        self.is_busy.set(true);
        self.owner.get_value().with(|| {
            spawn_local_scoped_with_cancellation(async move {
                let found = self.api.model_servers().await;
                if let Ok(found) = &found {
                    self.status.announce(words(found));
                }
                self.outcome.set(Some(found));
                self.is_busy.set(false);
            });
        });
    }
}

#[component]
pub(super) fn FindButton() -> impl IntoView {
    let finding = expect_context::<Finding>();
    let state = Signal::derive(move || ButtonState::busy_while(finding.is_busy.get()));
    view! {
        <Button state=state on_press=move |()| finding.look()>
            "Find model servers"
        </Button>
    }
}

/// What was found, once somebody has asked.
#[component]
pub(super) fn FoundServers(
    /// The connections that there are.
    listed: Listed,
) -> impl IntoView {
    let finding = expect_context::<Finding>();
    move || {
        let content = match finding.outcome.get()? {
            Err(error) => {
                let retry = move |()| finding.look();
                view! {
                    <Failure title="Couldn’t look for model servers" error=error on_retry=retry />
                }
                .into_any()
            }
            Ok(found) => {
                let text = words(&found);
                let rows = found.servers.into_iter();
                let rows = rows.map(|server| view! { <Row server=server listed=listed /> });
                let rows: Vec<_> = rows.collect();
                view! {
                    <section class=style::deleted aria-labelledby="model-servers">
                        <h2 id="model-servers">"Model servers on the server’s machine"</h2>
                        <p>{text}</p>
                        <ul>{rows}</ul>
                    </section>
                }
                .into_any()
            }
        };
        Some(content)
    }
}

#[component]
fn Row(server: ModelServer, listed: Listed) -> impl IntoView {
    let name = server.kind.name();
    let facts = facts(&server);
    let way = move || match named(&server, &listed.all()) {
        Some(known) => {
            let to = Route::Connection(known.clone());
            view! { <Link to=to>{format!("Open connection {known}")}</Link> }
        }
        None => {
            let to = Route::NewConnection(NewConnection {
                name: None,
                kind: Some(name.to_owned()),
            });
            view! { <Link to=to>{format!("Add connection to {name}")}</Link> }
        }
    };
    view! {
        <li class=style::deleted_row>
            <span>{facts}</span>
            {way}
        </li>
    }
}

/// Its name, address and models.
fn facts(server: &ModelServer) -> String {
    let models = match server.models.as_slice() {
        [] => "no models yet".to_owned(),
        [one] => one.clone(),
        [one, two] => format!("{one}, {two}"),
        [one, two, rest @ ..] => format!("{one}, {two} and {} more", rest.len()),
    };
    format!("{} at {} ({models})", server.kind.name(), server.base_url)
}

/// The connection that leads to it already.
fn named(server: &ModelServer, known: &[ConnectionView]) -> Option<String> {
    let leads_there = |view: &&ConnectionView| {
        view.configs.get("base_url").map(String::as_str) == Some(server.base_url.as_str())
    };
    Some(known.iter().find(leads_there)?.name.to_string())
}

fn words(found: &ModelServers) -> String {
    match (found.is_off, found.servers.len()) {
        (true, _) => {
            "The administrator’s configuration doesn’t allow looking for model servers.".to_owned()
        }
        (false, 0) => {
            "No model server answers at a usual port: Ollama at 11434, LM Studio at 1234, vLLM at 8000, llama.cpp at 8080."
                .to_owned()
        }
        (false, 1) => "1 model server found.".to_owned(),
        (false, count) => format!("{count} model servers found."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::parts::connection::example;
    use flowdeck_contract::connections::{ConnectionType, ModelServerKind};

    fn server(models: &[&str]) -> ModelServer {
        ModelServer {
            kind: ModelServerKind::Ollama,
            base_url: "http://localhost:11434/v1".to_owned(),
            models: models.iter().map(|model| (*model).to_owned()).collect(),
        }
    }

    #[test]
    fn a_server_is_told_by_its_models_and_by_the_connection_that_leads_to_it() {
        for (models, told) in [
            (&[][..], "no models yet"),
            (&["a"], "a"),
            (&["a", "b"], "a, b"),
            (&["a", "b", "c", "d"], "a, b and 2 more"),
        ] {
            let facts = facts(&server(models));
            assert_eq!(
                facts,
                format!("Ollama at http://localhost:11434/v1 ({told})")
            );
        }
        let configs = [("base_url", "http://localhost:11434/v1")];
        let mut view = example::connection(ConnectionType::OpenAI, &configs, &[]);
        let name = view.name.to_string();
        assert_eq!(named(&server(&[]), &[view.clone()]), Some(name));
        view.configs.clear();
        assert_eq!(named(&server(&[]), &[view]), None);
    }

    #[test]
    fn what_was_found_is_said_in_a_sentence() {
        let found = |count, is_off| {
            words(&ModelServers {
                servers: vec![server(&[]); count],
                is_off,
            })
        };
        assert!(found(0, true).contains("doesn’t allow"));
        assert!(found(0, false).contains("11434"));
        assert_eq!(found(1, false), "1 model server found.");
        assert_eq!(found(2, false), "2 model servers found.");
    }
}
