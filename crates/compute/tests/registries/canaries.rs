//! Secrets of every kind, and every place that they must not reach.

use std::{
    fs, io,
    path::Path,
    sync::{Arc, Mutex},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use flowdeck_compute::{
    Identity, StartSession,
    identity::{CredentialSource, HostPattern},
};
use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;

use crate::{
    azure::{AZURE_TOKEN, Azure, HEADER, REFRESH_TOKEN},
    preflight::{Stage, settings},
    real::{Access, PULLER, RealRegistry},
    support::ended,
};

const IN_FILE: &str = "canary-in-file";
const IN_STORE: &str = "canary-in-store";

/// Everything that is logged, at every level, by every part.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

fn is_clean(place: &str, content: &[u8]) {
    let basic = STANDARD.encode(format!("puller:{IN_STORE}"));
    let secrets = [
        AZURE_TOKEN,
        REFRESH_TOKEN,
        HEADER,
        IN_FILE,
        IN_STORE,
        &basic,
        "eyJ0eXAi",
    ];
    let text = String::from_utf8_lossy(content);
    for secret in secrets {
        assert!(!text.contains(secret), "{secret} stands in {place}: {text}");
    }
}

fn all_files(folder: &Path, seen: &mut impl FnMut(&Path)) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        match entry.file_type().unwrap() {
            kind if kind.is_dir() => all_files(&entry.path(), seen),
            kind if kind.is_file() => seen(&entry.path()),
            _ => {}
        }
    }
}

#[tokio::test]
async fn no_secret_reaches_a_log_an_event_an_error_an_answer_or_the_disk() {
    let Some(azure) = Azure::start().await else {
        return;
    };
    let Some(registry) = RealRegistry::start(&Access::Passwords(PULLER)) else {
        return;
    };
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(log.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("credential");
    fs::write(&file, IN_FILE).unwrap();
    let in_file = Identity {
        name: "in-file".to_owned(),
        description: None,
        client_id: Some("puller".to_owned()),
        source: Some(CredentialSource::File(file)),
        hosts: vec![HostPattern::try_from(&*registry.host).unwrap()],
    };
    is_clean(
        "what an identity is debugged as",
        format!("{in_file:?}").as_bytes(),
    );
    let identities = vec![azure.puller(), azure.stranger(), in_file];
    let endpoint = azure.app_service();
    is_clean(
        "what an endpoint is debugged as",
        format!("{endpoint:?}").as_bytes(),
    );
    let stage = Stage::open(endpoint, identities).await;
    let store = stage.home.root().join("docker");
    fs::create_dir(&store).unwrap();
    let auth = json!({"auths": {&*registry.host: {"auth": STANDARD.encode(format!("puller:{IN_STORE}"))}}});
    fs::write(store.join("config.json"), auth.to_string()).unwrap();

    let mut events = stage.compute.subscribe();
    let azures = azure.image();
    let theirs = format!("{}/team/app:1", registry.host);
    for (image, identity) in [
        (&azures, Some("puller")),
        (&azures, Some("stranger")),
        (&theirs, Some("in-file")),
        (&theirs, None),
    ] {
        let checks = stage.checks(image, identity).await;
        is_clean("the preflight", format!("{checks:?}").as_bytes());
        let start = StartSession {
            settings: settings(image, identity),
            ..StartSession::default()
        };
        let operation = stage.compute.start(&stage.flow, start).await.unwrap();
        ended(&stage.compute, &operation).await;
        let operation = stage.compute.stop(&stage.flow).await.unwrap();
        ended(&stage.compute, &operation).await;
    }
    while let Ok(event) = events.try_recv() {
        is_clean("an event", format!("{event:?}").as_bytes());
    }
    is_clean(
        "the options",
        format!("{:?}", stage.compute.options()).as_bytes(),
    );
    is_clean(
        "the catalog",
        format!("{:?}", stage.compute.catalog()).as_bytes(),
    );
    is_clean(
        "this process’s arguments",
        &fs::read("/proc/self/cmdline").unwrap(),
    );
    let data = stage.home.data();
    let mut count = 0;
    all_files(&data, &mut |file| {
        count += 1;
        is_clean(&file.display().to_string(), &fs::read(file).unwrap());
    });
    assert!(count > 1, "the store and the session's log were looked at");
    stage.compute.close().await;
    let logged = log.0.lock().unwrap().clone();
    assert!(
        String::from_utf8_lossy(&logged).contains("hyper"),
        "the log holds what others log"
    );
    is_clean("the log", &logged);
}
