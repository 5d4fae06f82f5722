//! Reads server-sent events.

use axum::{
    body::{Body, BodyDataStream},
    http::{Method, StatusCode},
};
use futures_util::StreamExt;
use serde_json::{Value, json};

use crate::world::World;

/// One open stream.
pub(crate) struct Events {
    body: BodyDataStream,
    text: String,
}

/// One event: its id and its data.
#[derive(Debug)]
pub(crate) struct Event {
    pub(crate) id: String,
    pub(crate) data: Value,
}

impl Events {
    pub(crate) async fn open(world: &World, path: &str, last: Option<&str>) -> Self {
        let mut request = World::signed_in(Method::GET, path);
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let response = world.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self {
            body: response.into_body().into_data_stream(),
            text: String::new(),
        }
    }

    /// The next event; `None` when the stream ends.
    pub(crate) async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let field = |name: &str| {
                    event
                        .lines()
                        .find_map(|line| line.strip_prefix(name))
                        .map(|text| text.trim_start().to_owned())
                };
                let parsed = field("data:").map(|data| Event {
                    id: field("id:").unwrap_or_default(),
                    data: named(serde_json::from_str(&data).unwrap()),
                });
                self.text = rest.to_owned();
                if parsed.is_some() {
                    return parsed;
                }
                continue;
            }
            let bytes = self.body.next().await?.unwrap();
            self.text.push_str(std::str::from_utf8(&bytes).unwrap());
        }
    }

    /// The next event of a type.
    pub(crate) async fn until(&mut self, kind: &str) -> Event {
        loop {
            let event = self.next().await.unwrap();
            if event.data["type"] == kind {
                return event;
            }
        }
    }

    /// Waits until the flow's session stands so.
    pub(crate) async fn until_session(&mut self, state: &str) -> Value {
        loop {
            let session = self.next_session().await;
            if session["state"] == state {
                return session;
            }
        }
    }

    /// The session as the next event that has it says it stands.
    pub(crate) async fn next_session(&mut self) -> Value {
        loop {
            let Event { data, .. } = self.next().await.unwrap();
            match data["type"].as_str() {
                Some("snapshot") => return data["value"]["session"].clone(),
                Some("session") => return data["value"].clone(),
                _ => {}
            }
        }
    }
}

/// An event's name and value under keys of their own, which reads better in assertions than one key that varies.
fn named(data: Value) -> Value {
    match data {
        Value::Object(only) => {
            let (name, value) = only.into_iter().next().unwrap();
            json!({ "type": name, "value": value })
        }
        name => json!({ "type": name }),
    }
}
