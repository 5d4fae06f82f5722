//! Model servers that run on this machine, found at their usual ports when somebody asks. Nothing else is looked at, and
//! nothing is sent but a question for the list of models.

use std::{
    net::Ipv4Addr,
    time::{Duration, Instant},
};

use flowdeck_contract::connections::{ModelServer, ModelServerKind, ModelServers};
use serde::Deserialize;
use tokio::{sync::Mutex, time::timeout};

use crate::web::{Route, Web};

/// For the whole answer of one port. On this machine, a server that has a list has it at once.
const PATIENCE: Duration = Duration::from_secs(2);
/// What was found counts this long, so that nobody can make the server ask its neighbours all the time.
const REMEMBERED: Duration = Duration::from_secs(2);
/// As many names of models are shown.
const MOST_MODELS: usize = 200;
/// A longer name is no model's.
const LONGEST_NAME: usize = 200;

/// Looks for model servers.
#[derive(Debug)]
pub struct ModelServerSearch {
    web: Web,
    /// The ports to ask; `None` when nobody may look.
    ports: Option<[(ModelServerKind, u16); 4]>,
    last: Mutex<Option<(Instant, ModelServers)>>,
}

impl ModelServerSearch {
    /// Looks only where that is allowed.
    #[must_use]
    pub fn new(allowed: bool) -> Self {
        let ports = ModelServerKind::ALL.map(|kind| (kind, kind.port()));
        Self::at(allowed.then_some(ports))
    }

    fn at(ports: Option<[(ModelServerKind, u16); 4]>) -> Self {
        Self {
            web: Web::default(),
            ports,
            last: Mutex::new(None),
        }
    }

    /// Those that answer with a list of models.
    pub async fn find(&self) -> ModelServers {
        let Some([one, two, three, four]) = self.ports else {
            return ModelServers {
                servers: Vec::new(),
                is_off: true,
            };
        };
        // One search at a time: who waits gets what the other one found.
        let mut last = self.last.lock().await;
        if let Some((at, found)) = &*last
            && at.elapsed() < REMEMBERED
        {
            return found.clone();
        }
        let answers = tokio::join!(
            self.ask(one),
            self.ask(two),
            self.ask(three),
            self.ask(four)
        );
        let answers = [answers.0, answers.1, answers.2, answers.3];
        let found = ModelServers {
            servers: answers.into_iter().flatten().collect(),
            is_off: false,
        };
        *last = Some((Instant::now(), found.clone()));
        found
    }

    async fn ask(&self, (kind, port): (ModelServerKind, u16)) -> Option<ModelServer> {
        let client = self.web.client(Route::Direct).ok()?;
        let address = format!("http://{}:{port}/v1/models", Ipv4Addr::LOCALHOST);
        let answer = timeout(PATIENCE, Web::send(client.get(address)))
            .await
            .ok()?
            .ok()?;
        if !answer.status.is_success() {
            return None;
        }
        let list: ModelList = answer.json()?;
        let is_name = |name: &String| {
            !name.is_empty() && name.len() <= LONGEST_NAME && !name.contains(char::is_control)
        };
        let models = list.data.into_iter().map(|model| model.id).filter(is_name);
        Some(ModelServer {
            kind,
            base_url: kind.base_url().to_owned(),
            models: models.take(MOST_MODELS).collect(),
        })
    }
}

/// The list of models, as `OpenAI`'s service has it.
#[derive(Deserialize)]
struct ModelList {
    data: Vec<Model>,
}

#[derive(Deserialize)]
struct Model {
    id: String,
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };

    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::TcpListener,
    };

    use super::*;

    /// A server on loopback that gives each request this answer, or none; and how often it was asked.
    async fn server(answer: Option<&'static str>) -> (u16, Arc<AtomicUsize>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        tokio::spawn(async move {
            let mut silent = Vec::new();
            while let Ok((mut stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::SeqCst);
                let mut request = [0; 1024];
                let read = stream.read(&mut request).await.unwrap_or(0);
                let text = String::from_utf8_lossy(&request[..read]).to_lowercase();
                assert!(!text.contains("authorization"), "{text}");
                match answer {
                    Some(answer) => drop(stream.write_all(answer.as_bytes()).await),
                    None => silent.push(stream),
                }
            }
        });
        (port, asked)
    }

    fn http(status: &str, body: &str) -> &'static str {
        let length = body.len();
        let text = format!(
            "HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
        );
        Box::leak(text.into_boxed_str())
    }

    #[tokio::test]
    async fn only_what_lists_models_is_found_and_nobody_waits_for_the_rest() {
        let list = r#"{"object": "list", "data": [{"id": "llama3.2:1b"}, {"id": ""}, {"id": "a\u0007b"}]}"#;
        let (good, asked) = server(Some(http("200 OK", list))).await;
        let (page, _) = server(Some(http("200 OK", "<html>data</html>"))).await;
        let (missing, _) = server(Some(http("404 Not Found", list))).await;
        let (silent, _) = server(None).await;
        let ports = [good, page, missing, silent];
        let mut ports = ports.into_iter();
        let search = ModelServerSearch::at(Some(
            ModelServerKind::ALL.map(|kind| (kind, ports.next().unwrap())),
        ));
        let began = Instant::now();
        let found = search.find().await;
        assert!(began.elapsed() < Duration::from_secs(10));
        let expected = ModelServer {
            kind: ModelServerKind::Ollama,
            base_url: "http://localhost:11434/v1".to_owned(),
            models: vec!["llama3.2:1b".to_owned()],
        };
        assert_eq!(found.servers, [expected]);
        assert_eq!(search.find().await, found);
        assert_eq!(asked.load(Ordering::SeqCst), 1, "asked again at once");
    }

    #[tokio::test]
    async fn nobody_looks_where_that_is_switched_off() {
        let found = ModelServerSearch::new(false).find().await;
        assert!(found.is_off && found.servers.is_empty());
    }
}
