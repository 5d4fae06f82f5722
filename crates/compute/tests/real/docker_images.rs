//! Images in a real registry under the Docker engine: who may pull them, and what becomes of a tag that moves.

#[allow(dead_code, reason = "the other tests use the rest of it")]
use std::fs;

use crate::registry::{Access, PULLER, RealRegistry};
use crate::support::{
    Home, ROOMY, TWO_NODES,
    docker::{self, Daemon, PLAIN},
    ended, eventually, over,
};
use flowdeck_compute::{
    Anew, Catalog, Compute, ComputeConfig, Identities, Identity, StartSession,
    docker::DEFAULT_IMAGE,
    identity::{CredentialSource, DockerStore, HostPattern, ManagedIdentityEndpoint},
};
use flowdeck_contract::{
    ids::FlowId,
    runs::{RunRequest, RunState},
    session::{SessionState, SessionView},
    settings::{CheckOutcome, ComputeChoice, SessionSettings},
};

/// An identity that shows a registry this password.
fn identity(home: &Home, name: &str, password: &str, host: &str) -> Identity {
    let file = home.root().join(name);
    fs::write(&file, password).unwrap();
    Identity {
        name: name.to_owned(),
        description: None,
        client_id: Some("puller".to_owned()),
        source: Some(CredentialSource::File(file)),
        hosts: vec![HostPattern::try_from(host).unwrap()],
    }
}

async fn open(daemon: &Daemon, home: &Home, identities: Vec<Identity>) -> Compute {
    open_with(daemon, home, identities, PLAIN).await
}

/// With a default image.
async fn open_with(
    daemon: &Daemon,
    home: &Home,
    identities: Vec<Identity>,
    default: &str,
) -> Compute {
    let endpoint = ManagedIdentityEndpoint::Imds {
        origin: "http://127.0.0.1:1".to_owned(),
    };
    let config = ComputeConfig {
        catalog: Catalog {
            identities,
            ..Catalog::of_host(ROOMY)
        },
        identities: Identities::new(endpoint, DockerStore::at(home.root().join("docker"))),
        ..home.config(0)
    };
    let engine = daemon.engine(home, default).await;
    Compute::open(config, engine).await.unwrap()
}

fn flow(home: &Home, image: &str) -> FlowId {
    let definition = format!("environment:\n  image: {image}\n{}", TWO_NODES[0].1);
    home.flow("hello", &TWO_NODES);
    home.flow("hello", &[("flow.dag.yaml", &*definition)])
}

async fn settled(compute: &Compute, flow: &FlowId) -> SessionView {
    eventually("the end of a start", || {
        let settled = [SessionState::Available, SessionState::Failed];
        Some(compute.session(flow)).filter(|view| settled.contains(&view.state))
    })
    .await
}

async fn start(compute: &Compute, flow: &FlowId, identity: Option<&str>) -> SessionView {
    let settings = SessionSettings {
        compute: ComputeChoice::Serverless {
            vm_size: None,
            identity: identity.map(str::to_owned),
        },
        ..SessionSettings::default()
    };
    let request = StartSession {
        settings,
        ..StartSession::default()
    };
    compute.start(flow, request).await.unwrap();
    settled(compute, flow).await
}

async fn renewed(compute: &Compute, flow: &FlowId, anew: Anew) -> SessionView {
    let operation = compute.renew(flow, anew).await.unwrap();
    ended(compute, &operation).await;
    let view = settled(compute, flow).await;
    assert_eq!(view.state, SessionState::Available, "{:?}", view.failure);
    view
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_is_pulled_by_the_identity_that_may_and_by_no_other() {
    let (Some(daemon), Some(registry)) = (
        docker::daemon(),
        RealRegistry::start(&Access::Passwords(PULLER)),
    ) else {
        return;
    };
    let home = Home::new();
    let host = &registry.host;
    let image = format!("{host}/team/app:1");
    let own = home.root().join("client");
    let own = ["--config", own.to_str().unwrap()];
    let docker = |arguments: &[&str]| daemon.docker(&[&own[..], arguments].concat());
    docker(&["login", "-u", "puller", "-p", "right horse", host]);
    docker(&["tag", PLAIN, &image]);
    docker(&["push", "-q", &image]);
    docker(&["rmi", &image]);

    let identities = vec![
        identity(&home, "puller", "right horse", host),
        identity(&home, "stranger", "wrong horse", host),
    ];
    let compute = open(&daemon, &home, identities).await;
    let flow = flow(&home, &image);
    let refused = start(&compute, &flow, None).await.failure.unwrap();
    assert_eq!(
        (&*refused.code, &*refused.message),
        (
            "ImageNeedsIdentity",
            &*format!(
                "‘team/app’ in the registry {host} isn’t public, and the user’s own identity has no credential for it."
            )
        )
    );
    let refused = start(&compute, &flow, Some("stranger"))
        .await
        .failure
        .unwrap();
    assert_eq!(
        (&*refused.code, &*refused.message),
        (
            "RegistryCredentialRefused",
            &*format!(
                "The registry {host} doesn’t accept the credential of the identity ‘stranger’."
            )
        )
    );
    let view = start(&compute, &flow, Some("puller")).await;
    assert_eq!(view.state, SessionState::Available, "{:?}", view.failure);
    let had = view.image.unwrap();
    let digests = daemon.inspect(&image, "{{.RepoDigests}}");
    assert!(
        digests.contains(&format!("{host}/team/app@{}", had.digest)),
        "{digests}"
    );
    let run = compute.run(&flow, RunRequest::default()).unwrap();
    let run = over(&compute, &flow, &run.summary.id).await;
    assert_eq!(run.summary.state, RunState::Completed, "{:?}", run.error);
    assert_eq!(run.image, Some(had), "each run says on which image it ran");
    let operation = compute.stop(&flow).await.unwrap();
    ended(&compute, &operation).await;
    compute.close().await;
    daemon.docker(&["rmi", &image]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_everybody_may_pull_needs_no_credential_of_the_identity() {
    let (Some(daemon), Some(public), Some(private)) = (
        docker::daemon(),
        RealRegistry::start(&Access::Open),
        RealRegistry::start(&Access::Passwords(PULLER)),
    ) else {
        return;
    };
    let home = Home::new();
    let image = format!("{}/team/app:1", public.host);
    daemon.docker(&["tag", PLAIN, &image]);
    daemon.docker(&["push", "-q", &image]);
    daemon.docker(&["rmi", &image]);
    let reader = identity(&home, "reader", "right horse", "feeds.example");
    let compute = open(&daemon, &home, vec![reader]).await;

    let host = &private.host;
    let withheld = flow(&home, &format!("{host}/team/app:1"));
    let refused = start(&compute, &withheld, Some("reader"))
        .await
        .failure
        .unwrap();
    assert_eq!(
        (&*refused.code, &*refused.message),
        (
            "ImageNeedsIdentity",
            &*format!(
                "‘team/app’ in the registry {host} isn’t public, and the identity ‘reader’ has no credential for it."
            )
        )
    );
    let remedy = refused.remedy.unwrap();
    assert!(
        remedy.contains(&format!("name {host} under hosts")),
        "{remedy}"
    );

    let given = flow(&home, &image);
    let view = start(&compute, &given, Some("reader")).await;
    assert_eq!(view.state, SessionState::Available, "{:?}", view.failure);
    let operation = compute.stop(&given).await.unwrap();
    ended(&compute, &operation).await;
    compute.close().await;
    daemon.docker(&["rmi", &image]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_default_image_lacks_is_told_beforehand_as_a_start_tells_it() {
    let (Some(daemon), Some(registry)) = (
        docker::daemon(),
        RealRegistry::start(&Access::Passwords(PULLER)),
    ) else {
        return;
    };
    let closed = format!("{}/team/app:1", registry.host);
    for (default, code, check) in [
        (DEFAULT_IMAGE, "BaseImageNotBuilt", "Default base image"),
        (&closed, "ImageNeedsIdentity", "Registry"),
    ] {
        let home = Home::new();
        let flow = home.flow("hello", &TWO_NODES);
        let compute = open_with(&daemon, &home, Vec::new(), default).await;
        let settings = SessionSettings::default();
        let checks = compute.preflight(&flow, &settings).await.unwrap().checks;
        let found = checks.into_iter().find(|found| found.name == check);
        let found = found.unwrap();
        assert_eq!(found.outcome, CheckOutcome::Failure);
        assert_eq!(daemon.containers(&home), Vec::<String>::new());

        let failure = start(&compute, &flow, None).await.failure.unwrap();
        assert_eq!(failure.code, code);
        assert_eq!(
            (found.message, found.remedy),
            (failure.message, failure.remedy)
        );
        compute.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tag_that_moves_is_offered_and_taken_when_it_is_asked_for() {
    let (Some(daemon), Some(registry)) = (docker::daemon(), RealRegistry::start(&Access::Open))
    else {
        return;
    };
    let home = Home::new();
    let image = format!("{}/team/app:1", registry.host);
    daemon.docker(&["tag", PLAIN, &image]);
    daemon.docker(&["push", "-q", &image]);
    let compute = open(&daemon, &home, Vec::new()).await;
    let flow = flow(&home, &image);
    let view = start(&compute, &flow, None).await;
    assert_eq!(view.state, SessionState::Available, "{:?}", view.failure);
    let first = view.image.unwrap();
    assert!(!first.is_local);

    let second = "flowdeck-test/second:1";
    daemon.build(second, &format!("FROM {PLAIN}\nLABEL second=yes\n"));
    daemon.docker(&["tag", second, &image]);
    daemon.docker(&["push", "-q", &image]);
    let update = eventually("the notice", || {
        compute.looked_at(&flow);
        compute.session(&flow).image_update
    })
    .await
    .read()
    .unwrap();
    assert_ne!(update.digest, first.digest);
    assert_eq!(compute.session(&flow).image.as_ref(), Some(&first));

    // The daemon has the other image under the tag by now, as after another session's reset.
    let same = renewed(&compute, &flow, Anew::default()).await;
    assert_eq!(same.image.as_ref(), Some(&first));
    daemon.docker(&["rmi", &image]);
    let anew = Anew {
        image: true,
        ..Anew::default()
    };
    let other = renewed(&compute, &flow, anew).await;
    let digest = other.image.unwrap().digest;
    assert_eq!((digest, other.image_update), (update.digest, None));
    let operation = compute.stop(&flow).await.unwrap();
    ended(&compute, &operation).await;
    compute.close().await;
    // A container that completed the image's base may still be on its way out.
    daemon.docker(&["rmi", "-f", &image, second]);
}
