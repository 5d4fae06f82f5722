//! Answers that the page asked for before the app was there: the script in `index.html` keeps each by its path until it
//! is taken, once.

use gloo_net::http::Response;
use js_sys::{Promise, Reflect};
use leptos::prelude::window;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::AbortController;

/// Where the script keeps them.
const KEPT: &str = "flowdeckAhead";

/// An answer that is on its way.
pub(super) struct Ahead {
    answer: Promise,
    /// Ends its request.
    pub(super) abort: AbortController,
}

impl Ahead {
    /// Takes the answer to a request for `url`, an absolute path.
    pub(super) fn take(url: &str) -> Option<Self> {
        let kept = Reflect::get(&window(), &KEPT.into()).ok()?;
        let url = JsValue::from_str(url);
        let found = Reflect::get(&kept, &url).ok()?;
        let answer = Reflect::get(&found, &"answer".into()).ok()?;
        let abort = Reflect::get(&found, &"abort".into()).ok()?;
        // Both are the script's own.
        let kept = kept.dyn_into::<js_sys::Object>().ok()?;
        Reflect::delete_property(&kept, &url).ok()?;
        Some(Self {
            answer: answer.dyn_into().ok()?,
            abort: abort.dyn_into().ok()?,
        })
    }

    /// The answer; `None` when there is none, as after a failure of the network.
    pub(super) async fn response(self) -> Option<Response> {
        let answer = JsFuture::from(self.answer).await.ok()?;
        Some(answer.dyn_into::<web_sys::Response>().ok()?.into())
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use flowdeck_contract::{
        connections::ConnectionName,
        ids::{FilePath, FlowId, ProjectName, SessionId},
        paths,
        sign_ins::{KEY_FRAGMENT, KEY_HEADER},
    };

    use super::*;

    const PAGE: &str = include_str!("../../index.html");

    /// What an expression of the script is worth for the flow or session `NAME`.
    fn worth(expression: &str) -> String {
        let term = |term: &str| match term {
            "project" => "api/projects/default".to_owned(),
            "flow" => worth("project + '/flows/' + name"),
            "name" => "NAME".to_owned(),
            text => text.trim_matches('\'').to_owned(),
        };
        expression.split(" + ").map(term).collect()
    }

    #[test]
    fn the_script_asks_at_the_addresses_of_the_contract() {
        let project = ProjectName::try_from("default").unwrap();
        let flow = FlowId::try_from("NAME").unwrap();
        let session = SessionId::try_from("NAME").unwrap();
        let connection = ConnectionName::try_from("NAME").unwrap();
        for (expression, address) in [
            ("'api/projects/default'", paths::project(&project)),
            ("project + '/events'", paths::project_events(&project)),
            (
                "project + '/sessions/events'",
                paths::all_sessions_events(&project),
            ),
            (
                "project + '/sessions/' + name + '/events'",
                paths::session_by_id_events(&project, &session),
            ),
            ("project + '/flows/' + name", paths::flow(&project, &flow)),
            ("flow + '/events'", paths::flow_events(&project, &flow)),
            ("flow + '/files'", paths::files(&project, &flow)),
            ("project + '/connections'", paths::connections(&project)),
            (
                "project + '/connections/' + name",
                paths::connection(&project, &connection),
            ),
            ("'api/sign-ins'", paths::SIGN_INS.to_owned()),
        ] {
            assert!(PAGE.contains(expression), "{expression}");
            assert_eq!(worth(expression), address);
        }
        let file = FilePath::try_from("flow.dag.yaml").unwrap();
        let folder = paths::files(&project, &flow);
        assert_eq!(
            paths::file(&project, &flow, &file),
            format!("{folder}/flow.dag.yaml")
        );
    }

    #[test]
    fn the_script_finds_the_key_and_keeps_answers_where_the_app_looks() {
        for text in [
            format!("'{KEY_HEADER}': key"),
            format!("startsWith('{KEY_FRAGMENT}')"),
            format!("globalThis.{KEPT}"),
            "base + 'flowdeck.key'".to_owned(),
        ] {
            assert!(PAGE.contains(&text), "{text}");
        }
    }
}
