//! What the preflight says of an image on an engine that runs some.

use std::{fs, sync::Arc};

use axum::{Router, http::StatusCode};
use flowdeck_compute::{
    Catalog, Compute, ComputeConfig, Identities, Identity,
    engine::DefaultImage,
    fake::FakeEngine,
    identity::{CredentialSource, DockerStore, HostPattern, ManagedIdentityEndpoint},
};
use flowdeck_contract::{
    ids::FlowId,
    session::SessionImage,
    settings::{CheckOutcome, ComputeChoice, PreflightCheck, SessionSettings},
};

use crate::{
    azure::Azure,
    images::{Authorization, Pusher},
    password,
    ports::serve,
    real::{Access, PULLER, RealRegistry},
    support::{Home, ROOMY, TWO_NODES},
};

/// Sessions on an engine that runs images, and one flow.
pub(crate) struct Stage {
    pub(crate) home: Home,
    pub(crate) compute: Compute,
    pub(crate) engine: Arc<FakeEngine>,
    pub(crate) flow: FlowId,
}

impl Stage {
    pub(crate) async fn open(endpoint: ManagedIdentityEndpoint, identities: Vec<Identity>) -> Self {
        let home = Home::new();
        let flow = home.flow("hello", &TWO_NODES);
        let engine = Arc::new(FakeEngine::default());
        engine.run_images();
        let config = ComputeConfig {
            catalog: Catalog {
                identities,
                ..Catalog::of_host(ROOMY)
            },
            identities: Identities::new(endpoint, DockerStore::at(home.root().join("docker"))),
            ..home.config(0)
        };
        let on = Arc::<FakeEngine>::clone(&engine);
        let compute = Compute::open(config, on).await.unwrap();
        Self {
            home,
            compute,
            engine,
            flow,
        }
    }

    /// All that the checks say of an image.
    pub(crate) async fn checks(&self, image: &str, identity: Option<&str>) -> Vec<PreflightCheck> {
        let settings = settings(image, identity);
        let found = self.compute.preflight(&self.flow, &settings).await.unwrap();
        found.checks
    }

    async fn registry(&self, image: &str, identity: Option<&str>) -> PreflightCheck {
        let checks = self.checks(image, identity).await;
        let names: Vec<&str> = checks.iter().map(|check| &*check.name).collect();
        assert_eq!(names[..3], ["Quota", "Base image", "Registry"]);
        checks.into_iter().nth(2).unwrap()
    }
}

pub(crate) fn settings(image: &str, identity: Option<&str>) -> SessionSettings {
    SessionSettings {
        compute: ComputeChoice::Serverless {
            vm_size: None,
            identity: identity.map(str::to_owned),
        },
        base_image: Some(image.to_owned()),
        ..SessionSettings::default()
    }
}

/// An endpoint that is not needed.
pub(crate) fn no_endpoint() -> ManagedIdentityEndpoint {
    ManagedIdentityEndpoint::Imds {
        origin: "http://127.0.0.1:1".to_owned(),
    }
}

#[tokio::test]
async fn an_image_is_shown_with_its_digest_and_size_to_whom_may_pull_it() {
    let Some(registry) = RealRegistry::start(&Access::Passwords(PULLER)) else {
        return;
    };
    let host = registry.host.clone();
    let right = password("puller", "right horse");
    let pusher = Pusher::new(&host, "team/app", Authorization::Basic(&right));
    let pushed = pusher.image("linux/amd64", Some("1")).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("credential");
    fs::write(&file, "right horse\n").unwrap();
    let identity = Identity {
        name: "puller".to_owned(),
        description: None,
        client_id: Some("puller".to_owned()),
        source: Some(CredentialSource::File(file.clone())),
        hosts: vec![HostPattern::try_from(&*host).unwrap()],
    };
    let stage = Stage::open(no_endpoint(), vec![identity]).await;
    let image = format!("{host}/team/app:1");

    let found = stage.registry(&image, Some("puller")).await;
    let digest = &pushed.digest[..19];
    assert_eq!(
        (found.outcome, found.message),
        (
            CheckOutcome::Ok,
            format!("{host} has ‘{image}’: {digest}…, 4 kB in 2 layers, for linux/amd64.")
        )
    );
    let none = stage.registry(&image, None).await;
    assert_eq!(none.outcome, CheckOutcome::Failure);
    assert!(
        none.remedy
            .unwrap()
            .contains(&format!("docker login {host}"))
    );
    // It is read anew at each use.
    fs::write(&file, "wrong horse\n").unwrap();
    let wrong = stage.registry(&image, Some("puller")).await;
    assert_eq!(
        wrong.message,
        format!("The registry {host} doesn’t accept the credential of the identity ‘puller’.")
    );
    fs::remove_file(&file).unwrap();
    let missing = stage.registry(&image, Some("puller")).await;
    assert!(
        missing.message.contains("can't read the credential"),
        "{}",
        missing.message
    );
    stage.compute.close().await;
}

#[tokio::test]
async fn what_passes_by_itself_warns_and_the_rest_fails() {
    let Some(azure) = Azure::start().await else {
        return;
    };
    let identities = vec![azure.puller(), azure.stranger()];
    let stage = Stage::open(azure.metadata(), identities).await;
    let image = azure.image();
    let fine = stage.registry(&image, Some("puller")).await;
    assert_eq!(fine.outcome, CheckOutcome::Ok, "{}", fine.message);
    let refused = stage.registry(&image, Some("stranger")).await;
    assert_eq!(refused.outcome, CheckOutcome::Failure);
    assert!(
        refused.message.ends_with("AcrPull is missing."),
        "{}",
        refused.message
    );
    let limited = serve(Router::new().fallback(async || StatusCode::TOO_MANY_REQUESTS)).await;
    let limited = stage.registry(&format!("{}/a", limited.host), None).await;
    assert_eq!(limited.outcome, CheckOutcome::Warning);
    stage.compute.close().await;
}

#[tokio::test]
async fn an_identity_without_a_credential_for_a_registry_asks_as_anybody_does() {
    let (Some(open), Some(closed)) = (
        RealRegistry::start(&Access::Open),
        RealRegistry::start(&Access::Passwords(PULLER)),
    ) else {
        return;
    };
    let right = password("puller", "right horse");
    for (host, authorization) in [
        (&open.host, Authorization::Nothing),
        (&closed.host, Authorization::Basic(&right)),
    ] {
        let pusher = Pusher::new(host, "team/app", authorization);
        pusher.image("linux/amd64", Some("1")).await;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("credential");
    fs::write(&file, "right horse\n").unwrap();
    let identity = |name: &str, source| Identity {
        name: name.to_owned(),
        description: None,
        client_id: Some("puller".to_owned()),
        source,
        hosts: vec![HostPattern::try_from("feeds.example").unwrap()],
    };
    let identities = vec![
        identity("reader", Some(CredentialSource::File(file))),
        identity("empty", None),
    ];
    let stage = Stage::open(no_endpoint(), identities).await;
    for name in ["reader", "empty"] {
        let image = format!("{}/team/app:1", open.host);
        let public = stage.registry(&image, Some(name)).await;
        assert_eq!(public.outcome, CheckOutcome::Ok, "{}", public.message);

        let host = &closed.host;
        let private = stage
            .registry(&format!("{host}/team/app:1"), Some(name))
            .await;
        assert_eq!(private.outcome, CheckOutcome::Failure);
        assert_eq!(
            private.message,
            format!(
                "‘team/app’ in the registry {host} isn’t public, and the identity ‘{name}’ has no credential for it."
            )
        );
        let remedy = private.remedy.unwrap();
        assert!(
            remedy.contains(&format!("name {host} under hosts")),
            "{remedy}"
        );
    }
    stage.compute.close().await;
}

#[tokio::test]
async fn an_image_that_is_here_is_used_whatever_its_registry_says() {
    let Some(registry) = RealRegistry::start(&Access::Open) else {
        return;
    };
    let image = format!("{}/team/app:1", registry.host);
    let pusher = Pusher::new(&registry.host, "team/app", Authorization::Nothing);
    let digest = pusher.image("linux/amd64", Some("1")).await.digest;
    let stage = Stage::open(no_endpoint(), Vec::new()).await;
    let here = |digest: &str, is_local| {
        stage.engine.set_image(SessionImage {
            reference: image.clone(),
            digest: digest.to_owned(),
            is_local,
        });
    };
    here(&digest, false);
    let same = stage.registry(&image, None).await;
    assert_eq!(same.outcome, CheckOutcome::Ok, "{}", same.message);
    let other = format!("sha256:{}", "1".repeat(64));
    here(&other, false);
    let moved = stage.registry(&image, None).await;
    assert_eq!(moved.outcome, CheckOutcome::Warning);
    let uses = "Starts use the image with this name that is already on this server (sha256:111111111111…).";
    assert!(moved.message.ends_with(uses), "{}", moved.message);

    drop(registry);
    let gone = stage.registry(&image, None).await;
    assert_eq!(gone.outcome, CheckOutcome::Warning);
    assert!(
        gone.message.contains("doesn’t answer") && gone.message.ends_with(uses),
        "{}",
        gone.message
    );
    here(&other, true);
    let local = stage.registry(&image, None).await;
    assert!(
        local.message.contains("was built on this server"),
        "{}",
        local.message
    );
    stage.compute.close().await;
}

/// What the checks say of the default image beside that it is used, and what the check of the base image says.
async fn of_default(stage: &Stage, default: DefaultImage) -> (PreflightCheck, String) {
    stage.engine.set_default_image(default);
    let settings = SessionSettings::default();
    let found = stage.compute.preflight(&stage.flow, &settings).await;
    let mut checks = found.unwrap().checks.into_iter().skip(1);
    let (image, source) = (checks.next().unwrap(), checks.next().unwrap());
    assert_eq!(
        (&*image.name, image.outcome),
        ("Base image", CheckOutcome::Ok)
    );
    (source, image.message)
}

#[tokio::test]
async fn the_default_image_is_here_or_is_to_be_built_or_comes_from_its_registry() {
    let (Some(open), Some(closed)) = (
        RealRegistry::start(&Access::Open),
        RealRegistry::start(&Access::Passwords(PULLER)),
    ) else {
        return;
    };
    let pusher = Pusher::new(&open.host, "team/app", Authorization::Nothing);
    pusher.image("linux/amd64", Some("1")).await;
    let stage = Stage::open(no_endpoint(), Vec::new()).await;
    let default = |reference: &str, is_built_here| DefaultImage {
        reference: reference.to_owned(),
        is_built_here,
    };
    let built = default("flowdeck/base:0", true);
    let (check, used) = of_default(&stage, built.clone()).await;
    assert_eq!(used, "The default base image, ‘flowdeck/base:0’, is used.");
    let why = built.not_built();
    assert_eq!(
        (&*check.name, check.outcome, check.message, check.remedy),
        (
            "Default base image",
            CheckOutcome::Failure,
            why.failure.message,
            why.failure.remedy
        )
    );

    let pulled = format!("{}/team/app:1", open.host);
    let (check, _) = of_default(&stage, default(&pulled, false)).await;
    assert_eq!(
        (&*check.name, check.outcome, check.remedy),
        ("Registry", CheckOutcome::Ok, None)
    );
    let names_option = |check: &PreflightCheck| {
        let remedy = check.remedy.as_deref().unwrap();
        assert!(
            remedy.ends_with("It is the default base image, which --docker-image names."),
            "{remedy}"
        );
    };
    let refused = format!("{}/team/app:1", closed.host);
    let (check, _) = of_default(&stage, default(&refused, false)).await;
    assert_eq!(check.outcome, CheckOutcome::Failure);
    assert!(check.message.contains("isn’t public"), "{}", check.message);
    names_option(&check);
    let (check, _) = of_default(&stage, default("127.0.0.1:1/a", false)).await;
    assert_eq!(check.outcome, CheckOutcome::Warning);
    names_option(&check);

    let here = |reference: &str, is_local| {
        stage.engine.set_image(SessionImage {
            reference: reference.to_owned(),
            digest: format!("sha256:{}", "1".repeat(64)),
            is_local,
        });
    };
    let elsewhere = default("127.0.0.1:1/a:1", false);
    for default in [built, elsewhere.clone()] {
        here(&default.reference, true);
        let says = format!(
            "‘{}’ is on this server, where it was built (sha256:111111111111…).",
            default.reference
        );
        let (check, _) = of_default(&stage, default).await;
        assert_eq!((check.outcome, check.message), (CheckOutcome::Ok, says));
    }
    here(&elsewhere.reference, false);
    let (check, _) = of_default(&stage, elsewhere).await;
    assert_eq!(check.outcome, CheckOutcome::Warning);
    assert!(
        check.message.contains("that is already on this server"),
        "{}",
        check.message
    );
    stage.compute.close().await;
}

#[tokio::test]
async fn no_reference_is_told_with_the_right_form_and_no_registry_asked() {
    let stage = Stage::open(no_endpoint(), Vec::new()).await;
    let checks = stage.checks("https://127.0.0.1:1/Team/App", None).await;
    let image = &checks[1];
    assert_eq!(image.outcome, CheckOutcome::Failure);
    assert_eq!(
        image.remedy.as_deref(),
        Some("Did you mean ‘127.0.0.1:1/team/app’?")
    );
    assert!(checks.iter().all(|check| check.name != "Registry"));
    stage.compute.close().await;
}
