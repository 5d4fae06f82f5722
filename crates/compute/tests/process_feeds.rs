//! Private feeds with real uv and a real index: the token opens the feed and is found nowhere else.

#![allow(clippy::unwrap_used, reason = "its functions are for tests alone")]

mod support;

use std::{fs, path::Path};

use flowdeck_compute::{
    Compute, ComputeConfig, Identity,
    identity::{CredentialSource, HostPattern},
};
use flowdeck_contract::{
    azure::OperationStatus,
    feeds::FeedOutcome,
    ids::FlowId,
    session::SessionState,
    settings::{ComputeChoice, SessionSettings},
};
use support::{
    Home, TWO_NODES, ended, eventually,
    feed::{PrivateFeed, status_of},
    with,
};

const CANARY: &str = "canary-6b1f0c-token";

/// `token` is what the file of the identity `builder` holds.
fn identities(home: &Home, feed: &PrivateFeed, token: &str) -> Vec<Identity> {
    let file = home.root().join("builder.token");
    fs::write(&file, token).unwrap();
    let identity = |name: &str, source: Option<CredentialSource>, host: &str| Identity {
        name: name.to_owned(),
        description: None,
        client_id: Some("builder".to_owned()),
        source,
        hosts: vec![HostPattern::try_from(host).unwrap()],
    };
    let source = || Some(CredentialSource::File(file.clone()));
    vec![
        identity("builder", source(), feed.host()),
        identity("elsewhere", source(), "feeds.example"),
        identity("empty", None, feed.host()),
    ]
}

fn identity(name: Option<&str>) -> SessionSettings {
    SessionSettings {
        compute: ComputeChoice::Serverless {
            vm_size: None,
            identity: name.map(str::to_owned),
        },
        ..SessionSettings::default()
    }
}

async fn open(home: &Home, feed: &PrivateFeed, token: &str) -> Compute {
    let mut config: ComputeConfig = home.config(0);
    config.catalog.identities = identities(home, feed, token);
    Compute::open(config, home.engine().await).await.unwrap()
}

async fn start(compute: &Compute, flow: &FlowId, name: Option<&str>) -> OperationStatus {
    let operation = compute.start(flow, with(identity(name))).await.unwrap();
    ended(compute, &operation).await.status
}

/// The files below a folder that hold a text.
fn holding(folder: &Path, text: &str) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let entries: Vec<_> = entries.filter_map(Result::ok).collect();
    let within = entries.iter().flat_map(|entry| {
        let (path, kind) = (entry.path(), entry.file_type().unwrap());
        if kind.is_dir() {
            return holding(&path, text);
        }
        let bytes = if kind.is_file() {
            fs::read(&path).unwrap_or_default()
        } else {
            Vec::new()
        };
        let found = bytes
            .windows(text.len())
            .any(|window| window == text.as_bytes());
        found
            .then(|| path.display().to_string())
            .into_iter()
            .collect()
    });
    within.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_token_is_in_no_process_file_line_or_event() {
    let home = Home::new();
    let feed = PrivateFeed::start(&home.root().join("feed"), "builder", CANARY).await;
    let flow = home.flow("hello", &TWO_NODES);
    // In an included file, to be read as well.
    let text = format!("-i {}\nfdslow\n", feed.private());
    home.flow(
        "hello",
        &[
            ("requirements.txt", "-r more/feed.txt\n"),
            ("more/feed.txt", &text),
        ],
    );
    let compute = open(&home, &feed, CANARY).await;
    let mut events = compute.subscribe();
    let operation = compute
        .start(&flow, with(identity(Some("builder"))))
        .await
        .unwrap();

    let seen = feed.seen_by_the_build().await;
    let seen = String::from_utf8_lossy(&seen).into_owned();
    assert!(
        !seen.contains(CANARY) && seen.contains("FLOWDECK_SESSION"),
        "{seen}"
    );
    let (_, ours) = seen.split_once("http://install:").unwrap();
    let (_, ours) = ours.split_once('@').unwrap();
    let ours = ours.split_whitespace().next().unwrap();
    let (host, path) = ours.split_once('/').unwrap();
    assert_eq!(
        status_of(host, &format!("/{path}")),
        401,
        "without the ticket"
    );
    assert_eq!(support::processes_with(CANARY), Vec::<u32>::new());
    assert_eq!(holding(&home.data(), CANARY), Vec::<String>::new());
    feed.go();
    let result = ended(&compute, &operation).await;
    assert_eq!(result.status, OperationStatus::Succeeded, "{result:?}");
    assert_eq!(
        status_of(host, &format!("/{path}")),
        0,
        "the address is gone with the install"
    );

    let log = compute.session_log_text(&flow).unwrap();
    assert!(
        log.contains(&format!("the identity ‘builder’ opens {}", feed.url())),
        "{log}"
    );
    assert!(!log.contains(host) && !log.contains("//install"), "{log}");
    let view = compute.packages_view(&flow).await.unwrap();
    assert!(
        view.lock.starts_with(&format!("-i {}\n", feed.private()))
            && view.lock.contains("fdslow==1.0"),
        "{view:?}"
    );
    let differences = compute.package_differences(&flow).await.unwrap();
    assert!(differences.is_empty(), "{differences:?}");
    let mut told = format!("{log}{view:?}{:?}", compute.session(&flow));
    while let Ok((_, event)) = events.try_recv() {
        told.push_str(&serde_json::to_string(&event).unwrap());
    }
    for secret in [CANARY, "//install"] {
        assert!(!told.contains(secret), "{told}");
        assert_eq!(holding(&home.data(), secret), Vec::<String>::new());
    }
    assert!(support::folders_named(&home.data(), "feeds-").is_empty());
    let operation = compute.stop(&flow).await.unwrap();
    ended(&compute, &operation).await;
    compute.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_names_the_feed_and_the_identity_before_and_at_an_install() {
    let home = Home::new();
    let feed = PrivateFeed::start(&home.root().join("feed"), "builder", CANARY).await;
    let flow = home.flow("hello", &TWO_NODES);
    let text = format!("--extra-index-url {}\nfdprivate\n", feed.private());
    home.flow("hello", &[("requirements.txt", &text)]);
    let compute = open(&home, &feed, "wrong-9d2c").await;
    for (name, code, says) in [
        (Some("builder"), "FeedRefused", "builder"),
        (
            Some("empty"),
            "IdentityCredentialMissing",
            "‘empty’ has no credential",
        ),
        (
            Some("elsewhere"),
            "IdentityNotForHost",
            "‘elsewhere’ is not meant for",
        ),
        (
            None,
            "FeedIdentityMissing",
            "no user-assigned managed identity",
        ),
    ] {
        assert_eq!(start(&compute, &flow, name).await, OperationStatus::Failed);
        let failure = compute.session(&flow).failure.unwrap();
        assert_eq!(failure.code, code, "{failure:?}");
        assert!(
            failure.message.contains(says) && failure.message.contains(&feed.url()),
            "{failure:?}"
        );
        assert!(failure.remedy.is_some());
        let log = compute.session_log_text(&flow).unwrap();
        assert!(!log.contains("wrong-9d2c"), "{log}");
    }
    compute.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn feeds_can_be_tested_before_an_install() {
    let home = Home::new();
    let feed = PrivateFeed::start(&home.root().join("feed"), "builder", CANARY).await;
    let flow = home.flow("hello", &TWO_NODES);
    home.flow("hello", &[("requirements.txt", "fdprivate\n")]);
    let compute = open(&home, &feed, CANARY).await;
    let outcomes = async |text: &str| {
        let test = compute
            .test_feeds(&flow, Some(text.to_owned()))
            .await
            .unwrap();
        let feeds = test.feeds.into_iter();
        feeds
            .map(|feed| (feed.line, feed.outcome))
            .collect::<Vec<_>>()
    };
    let private = format!("-i {}\n", feed.private());
    assert_eq!(outcomes(&private).await, [(1, FeedOutcome::NoIdentity)]);
    assert_eq!(
        start(&compute, &flow, Some("builder")).await,
        OperationStatus::Failed,
        "fdprivate is in no public index"
    );
    home.flow("hello", &[("requirements.txt", "# nothing\n")]);
    assert_eq!(
        start(&compute, &flow, Some("builder")).await,
        OperationStatus::Succeeded
    );
    let root = feed.url().replace("/simple/", "/");
    let bad = private.replace("/simple/", "/none/");
    let text = format!(
        "{private}--extra-index-url {}\n--extra-index-url http://nowhere.invalid/simple/\n--extra-index-url http://127.0.0.1:9/simple/\n{}",
        feed.url(),
        bad.replace("-i", "--extra-index-url"),
    );
    assert_eq!(
        outcomes(&text).await,
        [
            (1, FeedOutcome::Ok),
            (2, FeedOutcome::Refused),
            (3, FeedOutcome::NoSuchHost),
            (4, FeedOutcome::Unreachable),
            (5, FeedOutcome::NotFound),
        ]
    );
    let welcome = format!("-i {root}\n");
    assert_eq!(outcomes(&welcome).await, [(1, FeedOutcome::NotAnIndex)]);

    let operation = compute.stop(&flow).await.unwrap();
    ended(&compute, &operation).await;
    eventually("the end", || {
        (compute.session(&flow).state == SessionState::NotExist).then_some(())
    })
    .await;
    compute.close().await;
}
