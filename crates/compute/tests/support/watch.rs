//! What the Docker daemon shows everybody of the containers that it makes.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::SystemTime,
};

use bollard::{Docker, query_parameters::EventsOptionsBuilder};
use futures_util::StreamExt as _;
use tokio::task::JoinHandle;

use super::{
    Home,
    docker::{Daemon, mark},
};

/// Looks at every container of a data folder as soon as it is made, also at those that are soon gone.
pub(crate) struct Watch {
    seen: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl Watch {
    pub(crate) async fn begin(daemon: &Daemon, home: &Home) -> Self {
        let docker = Docker::connect_with_host(&daemon.host).unwrap();
        let docker = docker.negotiate_version().await.unwrap();
        let now = SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs();
        let filters = HashMap::from([
            ("type", vec!["container".to_owned()]),
            ("event", vec!["create".to_owned()]),
            ("label", vec![format!("flowdeck.data={}", mark(home))]),
        ]);
        let options = EventsOptionsBuilder::new()
            .since(&now.to_string())
            .filters(&filters)
            .build();
        let seen = Arc::<Mutex<Vec<String>>>::default();
        let sees = Arc::clone(&seen);
        let task = tokio::spawn(async move {
            let mut events = Box::pin(docker.events(Some(options)));
            while let Some(event) = events.next().await {
                let id = event.unwrap().actor.unwrap().id.unwrap();
                let shown = match docker.inspect_container(&id, None).await {
                    Ok(shown) => serde_json::to_string(&shown).unwrap(),
                    Err(error) => panic!("{id} was gone before it was seen: {error}"),
                };
                sees.lock().unwrap().push(shown);
            }
        });
        Self { seen, task }
    }

    /// Each container as `docker inspect` shows it.
    pub(crate) fn seen(self) -> Vec<String> {
        assert!(!self.task.is_finished(), "it still watches");
        self.task.abort();
        std::mem::take(&mut *self.seen.lock().unwrap())
    }
}
