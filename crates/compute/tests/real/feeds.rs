//! Private feeds with real uv and a real index: the token opens the feed, and a registry of images, and is found nowhere
//! else.

#[allow(dead_code, reason = "the other tests use the rest of it")]
use std::{fs, path::Path};

use crate::registry::{Access, RealRegistry};
use crate::support::{
    Home, TWO_NODES,
    docker::{Daemon, PLAIN},
    ended, eventually,
    feed::{PrivateFeed, status_of},
    on::On,
    watch::Watch,
    with,
};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE},
};
use flowdeck_compute::{
    Anew, Compute, ComputeConfig, Identity,
    identity::{CredentialSource, HostPattern},
};
use flowdeck_contract::{
    azure::OperationStatus,
    feeds::FeedOutcome,
    ids::FlowId,
    session::SessionState,
    settings::{ComputeChoice, SessionSettings},
};

const CANARY: &str = "canary-6b1f0c-token";
/// The user `builder` with that password.
const BUILDER: &str = "builder:$2y$05$BozAFCsZR4WWrlrTK7cvlORntuef3cvDBQ.9nk2cCilkLjNdUkLyG\n";

/// `token` is what the file of the identity `builder` holds.
fn identities(home: &Home, hosts: &[&str], token: &str) -> Vec<Identity> {
    let file = home.root().join("builder.token");
    fs::write(&file, token).unwrap();
    let identity = |name: &str, source: Option<CredentialSource>, hosts: &[&str]| Identity {
        name: name.to_owned(),
        description: None,
        client_id: Some("builder".to_owned()),
        source,
        hosts: hosts
            .iter()
            .map(|host| HostPattern::try_from(*host).unwrap())
            .collect(),
    };
    let source = || Some(CredentialSource::File(file.clone()));
    vec![
        identity("builder", source(), hosts),
        identity("elsewhere", source(), &["feeds.example"]),
        identity("empty", None, hosts),
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

async fn open(on: &On, home: &Home, feed: &PrivateFeed, token: &str) -> Compute {
    open_for(on, home, &[feed.host()], token).await
}

/// With identities for these hosts.
async fn open_for(on: &On, home: &Home, hosts: &[&str], token: &str) -> Compute {
    let mut config: ComputeConfig = home.config(0);
    config.catalog.identities = identities(home, hosts, token);
    Compute::open(config, on.engine(home, 0).await)
        .await
        .unwrap()
}

/// A feed whose builds tell what they see in the flow folder, which is where containers may write.
async fn private_feed(home: &Home) -> PrivateFeed {
    let told = home.flows().join("hello/told");
    PrivateFeed::start(&home.root().join("feed"), &told, "builder", CANARY).await
}

async fn start(compute: &Compute, flow: &FlowId, name: Option<&str>) -> OperationStatus {
    let operation = compute.start(flow, with(identity(name))).await.unwrap();
    ended(compute, &operation).await.status
}

/// The files below a folder that hold one of these texts.
fn holding(folder: &Path, texts: &[&str]) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let entries: Vec<_> = entries.filter_map(Result::ok).collect();
    let within = entries.iter().flat_map(|entry| {
        let (path, kind) = (entry.path(), entry.file_type().unwrap());
        if kind.is_dir() {
            return holding(&path, texts);
        }
        let bytes = if kind.is_file() {
            fs::read(&path).unwrap_or_default()
        } else {
            Vec::new()
        };
        let read = String::from_utf8_lossy(&bytes);
        let found = texts.iter().any(|text| read.contains(text));
        found
            .then(|| path.display().to_string())
            .into_iter()
            .collect()
    });
    within.collect()
}

/// A secret as it is, and as the middle of whatever is written in base 64.
fn forms_of(secret: &str) -> Vec<String> {
    let encoded = [STANDARD, URL_SAFE].into_iter().flat_map(|base64| {
        (0..3).map(move |before| {
            let text = format!("{}{secret}", "-".repeat(before));
            let encoded = base64.encode(&text);
            // What the neighbours have a part in tells nothing.
            encoded[(before * 4).div_ceil(3)..text.len() / 3 * 4].to_owned()
        })
    });
    encoded.chain([secret.to_owned()]).collect()
}

/// Whether a text holds a secret, in any form.
fn tells(text: &str, secret: &str) -> bool {
    forms_of(secret).iter().any(|form| text.contains(form))
}

#[test]
fn a_secret_is_found_as_it_is_and_in_base_64() {
    for before in ["", "builder:", "{\"password\":\"", "a"] {
        let said = STANDARD.encode(format!("{before}{CANARY}\"}}"));
        assert!(tells(&format!("Basic {said}"), CANARY), "{said}");
    }
    assert!(tells(&format!("x{CANARY}x"), CANARY) && !tells("canary", CANARY));
}

/// An image in a private registry, which the daemon does not have yet.
fn push(daemon: &Daemon, home: &Home, registry: &RealRegistry) -> String {
    let image = format!("{}/team/private:1", registry.host);
    let own = home.root().join("client");
    let own = ["--config", own.to_str().unwrap()];
    let docker = |arguments: &[&str]| daemon.docker(&[&own[..], arguments].concat());
    docker(&["login", "-u", "builder", "-p", CANARY, &registry.host]);
    docker(&["tag", PLAIN, &image]);
    docker(&["push", "-q", &image]);
    docker(&["rmi", &image]);
    image
}

/// What the daemon shows everybody of the containers of an install, while it runs.
fn shown_by(daemon: &Daemon, home: &Home) -> String {
    let containers = daemon.containers(home);
    assert!(!containers.is_empty());
    let each = containers.iter().flat_map(|container| {
        let said = |arguments: &[&str]| daemon.docker(&[arguments, &[&**container]].concat());
        [said(&["inspect"]), said(&["logs"]), said(&["top"])]
    });
    each.collect()
}

/// Where there is a registry, the image is pulled from it with the token.
async fn the_token_stays(on: &On, registry: Option<&RealRegistry>) {
    let home = Home::new();
    let feed = private_feed(&home).await;
    let flow = home.flow("hello", &TWO_NODES);
    let mut hosts = vec![feed.host()];
    let mut pulled = None;
    if let (Some(daemon), Some(registry)) = (on.daemon(), registry) {
        let image = push(daemon, &home, registry);
        let definition = format!("environment:\n  image: {image}\n{}", TWO_NODES[0].1);
        home.flow("hello", &[("flow.dag.yaml", &*definition)]);
        hosts.push(&registry.host);
        pulled = Some((daemon, image));
    }
    // In an included file, to be read as well.
    let text = format!("-i {}\nfdslow\n", feed.private());
    home.flow(
        "hello",
        &[
            ("requirements.txt", "-r more/feed.txt\n"),
            ("more/feed.txt", &text),
        ],
    );
    let compute = open_for(on, &home, &hosts, CANARY).await;
    let watch = match on.daemon() {
        Some(daemon) => Some(Watch::begin(daemon, &home).await),
        None => None,
    };
    let mut events = compute.subscribe();
    let operation = compute
        .start(&flow, with(identity(Some("builder"))))
        .await
        .unwrap();

    let seen = feed.seen_by_the_build().await;
    let seen = String::from_utf8_lossy(&seen).into_owned();
    assert!(!seen.contains(CANARY), "{seen}");
    let (_, ours) = seen.split_once("http://install:").unwrap();
    let (ticket, ours) = ours.split_once('@').unwrap();
    let ours = ours.split_whitespace().next().unwrap();
    let (host, path) = ours.split_once('/').unwrap();
    // In a container the address is one of the container's own.
    let (outside, is_marked) = match on {
        On::Process => (401, true),
        On::Docker(_) => (0, false),
    };
    let path = format!("/{path}");
    assert_eq!(status_of(host, &path), outside, "without the ticket");
    assert_eq!(seen.contains("FLOWDECK_SESSION"), is_marked);
    assert_eq!(crate::support::processes_with(CANARY), Vec::<u32>::new());
    assert_eq!(holding(&home.data(), &[CANARY]), Vec::<String>::new());
    if let Some(daemon) = on.daemon() {
        let shown = shown_by(daemon, &home);
        for secret in [CANARY, ticket] {
            assert!(!tells(&shown, secret), "{shown}");
        }
    }
    feed.go();
    let result = ended(&compute, &operation).await;
    let log = compute.session_log_text(&flow).unwrap();
    assert_eq!(
        result.status,
        OperationStatus::Succeeded,
        "{result:?}\n{log}"
    );
    assert_eq!(
        status_of(host, &path),
        0,
        "the address is gone with the install"
    );

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
    let session = compute.session(&flow);
    let mut told = format!("{log}{view:?}{session:?}{:?}", compute.timeline(&flow));
    while let Ok((_, event)) = events.try_recv() {
        told.push_str(&serde_json::to_string(&event).unwrap());
    }
    let secrets = [CANARY, "//install", ticket];
    let is_clean = |text: &str| !secrets.iter().any(|secret| tells(text, secret));
    assert!(is_clean(&told), "{told}");
    let forms: Vec<String> = secrets.iter().flat_map(|secret| forms_of(secret)).collect();
    let forms: Vec<&str> = forms.iter().map(String::as_str).collect();
    assert_eq!(holding(&home.data(), &forms), Vec::<String>::new());
    assert!(crate::support::folders_named(&home.data(), "feeds-").is_empty());
    // What was looked at is what there is to look at.
    let id = session.session_id.unwrap();
    for place in ["flowdeck.sqlite", &*format!("logs/{id}.log")] {
        assert!(home.data().join(place).exists(), "{place}");
    }
    stop_and_close(compute, &flow).await;
    if let Some(watch) = watch {
        let seen = watch.seen();
        assert!(seen.len() > 1, "the install’s and the session’s");
        for container in seen {
            assert!(is_clean(&container), "{container}");
        }
    }
    if let Some((daemon, image)) = pulled {
        assert!(log.contains(&format!("Pulling {image}")), "{log}");
        assert_eq!(session.image.unwrap().reference, image);
        daemon.docker(&["rmi", &image]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_token_is_in_no_process_file_line_or_event() {
    the_token_stays(&On::Process, None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_token_is_in_no_container_file_line_or_event() {
    if let (Some(on), Some(registry)) = (
        On::docker(),
        RealRegistry::start(&Access::Passwords(BUILDER)),
    ) {
        the_token_stays(&on, Some(&registry)).await;
    }
}

async fn a_refusal_is_told(on: &On) {
    let home = Home::new();
    let feed = private_feed(&home).await;
    let flow = home.flow("hello", &TWO_NODES);
    let text = format!("# Ours\n--extra-index-url {}\nfdprivate\n", feed.private());
    home.flow("hello", &[("requirements.txt", &text)]);
    let compute = open(on, &home, &feed, "wrong-9d2c").await;
    let named = format!("{} (requirements.txt, line 2)", feed.url());
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
            "‘elsewhere’ isn’t allowed for",
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
            failure.message.contains(says) && failure.message.contains(&named),
            "{failure:?}"
        );
        assert!(failure.remedy.is_some());
        let log = compute.session_log_text(&flow).unwrap();
        let told = format!("{log}{failure:?}");
        assert!(!told.contains("wrong-9d2c"), "{told}");
    }
    compute.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_names_the_feed_its_line_and_the_identity() {
    a_refusal_is_told(&On::Process).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_of_an_install_in_a_container_is_told_as_well() {
    if let Some(on) = On::docker() {
        a_refusal_is_told(&on).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_container_of_an_install_is_given_its_feeds() {
    let Some(on) = On::docker() else { return };
    let Some(daemon) = on.daemon() else { return };
    let home = Home::new();
    let feed = private_feed(&home).await;
    let flow = home.flow("hello", &TWO_NODES);
    let compute = open(&on, &home, &feed, CANARY).await;
    let started = start(&compute, &flow, Some("builder")).await;
    assert_eq!(started, OperationStatus::Succeeded);
    let text = format!("-i {}\nfdslow\n", feed.private());
    home.flow("hello", &[("requirements.txt", &text)]);
    let operation = compute.install(&flow).await.unwrap();
    feed.seen_by_the_build().await;
    let containers = daemon.containers(&home);
    assert_eq!(containers.len(), 2, "the session's and the install's");
    let given = containers.iter().map(|container| {
        let mounts = daemon.inspect(container, "{{json .Mounts}}");
        mounts.matches("/feeds-").count() > 0
    });
    assert_eq!(given.filter(|given| *given).count(), 1);
    feed.go();
    let result = ended(&compute, &operation).await;
    assert_eq!(result.status, OperationStatus::Succeeded, "{result:?}");
    let packages = compute.packages(&flow).await.unwrap();
    assert!(packages.iter().any(|package| package.name == "fdslow"));
    stop_and_close(compute, &flow).await;
}

async fn stop_and_close(compute: Compute, flow: &FlowId) {
    let operation = compute.stop(flow).await.unwrap();
    ended(&compute, &operation).await;
    compute.close().await;
}

async fn what_is_rebuilt_is_fetched_anew(on: &On) {
    let home = Home::new();
    let feed = private_feed(&home).await;
    let flow = home.flow("hello", &TWO_NODES);
    let text = format!("-i {}\nfdprivate\n", feed.private());
    home.flow("hello", &[("requirements.txt", &text)]);
    let compute = open(on, &home, &feed, CANARY).await;
    let fetched = || feed.fetched("fdprivate-1.0-py3-none-any.whl");
    assert_eq!(
        start(&compute, &flow, Some("builder")).await,
        OperationStatus::Succeeded
    );
    let once = fetched();
    assert!(once > 0);
    let succeeded = async |operation| {
        let result = ended(&compute, &operation).await;
        let log = compute.session_log_text(&flow).unwrap();
        assert_eq!(
            result.status,
            OperationStatus::Succeeded,
            "{result:?}\n{log}"
        );
        log
    };
    let log = succeeded(compute.reset(&flow).await.unwrap()).await;
    assert!(!log.contains("--cache-dir"), "{log}");
    assert_eq!(fetched(), once, "uv has it");
    let anew = Anew {
        environment: true,
        image: false,
    };
    let log = succeeded(compute.renew(&flow, anew).await.unwrap()).await;
    assert!(log.contains("--cache-dir"), "{log}");
    assert_eq!(fetched(), 2 * once, "also what uv has");
    assert!(crate::support::folders_named(&home.data(), "downloads").is_empty());
    stop_and_close(compute, &flow).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rebuild_without_cache_fetches_anew() {
    what_is_rebuilt_is_fetched_anew(&On::Process).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rebuild_without_cache_fetches_anew_in_a_container() {
    if let Some(on) = On::docker() {
        what_is_rebuilt_is_fetched_anew(&on).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn feeds_can_be_tested_before_an_install() {
    let home = Home::new();
    let feed = private_feed(&home).await;
    let flow = home.flow("hello", &TWO_NODES);
    home.flow("hello", &[("requirements.txt", "fdprivate\n")]);
    let compute = open(&On::Process, &home, &feed, CANARY).await;
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
