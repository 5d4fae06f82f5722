//! *Test connection*: one real call of a connection's service, whose words are shown without the secrets.

mod call;
mod guard;

use std::{sync::Arc, time::Instant};

use flowdeck_connections::{Connections, Masks, Stored, Variables};
use flowdeck_contract::{
    Millis,
    connections::{AuthMode, ConnectionType, Secret, TestResult},
};
use serde_json::Value;

use self::call::Call;
use crate::web::{Answer, Web, WebError, in_a_line, is_loopback};

/// As many names of models are shown.
const MOST_MODELS: usize = 200;

/// Calls services of connections.
#[derive(Clone, Debug)]
pub struct ConnectionTests {
    web: Web,
    /// Whether services on this machine and in private networks may be called.
    private: bool,
}

impl ConnectionTests {
    /// Calls services; those in private networks only where `private` allows it.
    #[must_use]
    pub fn new(private: bool) -> Self {
        Self {
            web: Web::default(),
            private,
        }
    }

    /// Calls the service of a connection once. `token` is for one that signs in with an identity; `None` when no
    /// identity is meant for it.
    pub async fn test(
        &self,
        connections: &Arc<Connections>,
        stored: &Stored,
        variables: &Variables,
        token: Result<Option<Secret>, String>,
        now: impl Fn() -> Millis,
    ) -> TestResult {
        let given = token.as_ref().ok().and_then(Option::as_ref);
        let masks = connections.masks_of_run(given.map_or(&[], std::slice::from_ref), variables);
        let outcome = self.outcome(connections, stored, variables, token, &masks);
        let (outcome, latency) = outcome.await;
        let (passed, status, message, models) = match outcome {
            Ok(told) => told,
            Err(message) => (false, None, message, Vec::new()),
        };
        TestResult {
            at: now(),
            passed,
            status,
            latency_ms: latency,
            message: masks.text(&message).into_owned(),
            models,
        }
    }

    async fn outcome(
        &self,
        connections: &Arc<Connections>,
        stored: &Stored,
        variables: &Variables,
        token: Result<Option<Secret>, String>,
        masks: &Masks,
    ) -> (Result<Told, String>, Option<u64>) {
        let call = match prepared(connections, stored, variables, token) {
            Ok(call) => call,
            Err(message) => return (Err(message), None),
        };
        if let Err(message) = guard::check(call.address(), self.private).await {
            return (Err(message), None);
        }
        let host = call.address().authority().to_owned();
        let client = self.web.client(match is_loopback(&host) {
            true => crate::web::Route::Direct,
            false => crate::web::Route::Usual,
        });
        let began = Instant::now();
        let answer = match client {
            Ok(client) => Web::send(call.request(client)).await,
            Err(error) => Err(error),
        };
        let took = u64::try_from(began.elapsed().as_millis()).ok();
        match answer {
            Ok(answer) => (Ok(told(&answer, took, masks)), took),
            Err(error) => (Err(unanswered(&host, &error)), took),
        }
    }
}

/// Whether it passed, with which status, in which words, with which models.
type Told = (bool, Option<u16>, String, Vec<String>);

fn prepared(
    connections: &Arc<Connections>,
    stored: &Stored,
    variables: &Variables,
    token: Result<Option<Secret>, String>,
) -> Result<Call, String> {
    let missing = stored.missing();
    if !missing.is_empty() {
        let fields = missing.join(", ");
        return Err(format!("Enter a value for {fields}, then test again."));
    }
    if stored.kind() == ConnectionType::Custom {
        return Err(
            "A custom connection has no service of its own, so there’s nothing to call. Run a flow that uses it."
                .to_owned(),
        );
    }
    let token = token?;
    if AuthMode::of(stored.configs()) == AuthMode::MeidToken && token.is_none() {
        return Err(
            "No managed identity of this server is meant for this service. Ask the administrator for one, or set the connection’s auth mode to ‘key’."
                .to_owned(),
        );
    }
    let fields = connections.fields(stored, variables);
    let fields = fields.map_err(|error| match error.remedy() {
        Some(remedy) => format!("{error} {remedy}"),
        None => error.to_string(),
    })?;
    Ok(Call::of(stored.kind(), &fields)?.with_token(token.as_ref()))
}

fn told(answer: &Answer, took: Option<u64>, masks: &Masks) -> Told {
    let status = answer.status;
    let took = took.map_or_else(String::new, |took| format!(" in {took} ms"));
    let body: Option<Value> = answer.json();
    let own = body
        .as_ref()
        .and_then(words)
        .map(|text| in_a_line(&masks.text(&text)));
    let own = own.map_or_else(String::new, |own| format!(" It says: ‘{own}’."));
    let message = match status.as_u16() {
        200..=299 => format!("The service answered {status}{took}."),
        401 | 403 => format!(
            "The service answered {status}{took}.{own} Check the key, and that it belongs to this address."
        ),
        404 => format!("The service answered {status}{took}.{own} Check the address."),
        429 => format!(
            "The service answered {status}{took}.{own} The key works, but its limit is reached. Try again later."
        ),
        300..=399 => format!(
            "The service answered {status}{took}, a redirect, which isn’t followed with a key. Enter the address that it leads to."
        ),
        _ => format!("The service answered {status}{took}.{own}"),
    };
    let models = match status.is_success() {
        true => body.as_ref().map(models).unwrap_or_default(),
        false => Vec::new(),
    };
    (status.is_success(), Some(status.as_u16()), message, models)
}

/// What a service says in an error.
fn words(body: &Value) -> Option<String> {
    let places = [
        "/error/message",
        "/message",
        "/detail",
        "/error",
        "/0/error/message",
    ];
    let said = places
        .iter()
        .find_map(|place| body.pointer(place)?.as_str());
    said.map(str::to_owned)
}

fn models(body: &Value) -> Vec<String> {
    let list = body.get("data").and_then(Value::as_array);
    let ids = list
        .into_iter()
        .flatten()
        .filter_map(|model| model.get("id")?.as_str());
    ids.take(MOST_MODELS).map(str::to_owned).collect()
}

fn unanswered(host: &str, error: &WebError) -> String {
    let remedy = match is_loopback(host) {
        true => "Check that the service runs on the server’s machine, at this port.",
        false => "Check the address, and that the server’s machine can reach it.",
    };
    format!("{host} didn’t answer: {error}. {remedy}")
}
