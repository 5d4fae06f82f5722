//! A tag that comes to stand for another image while a session has the one that it stood for.

use std::{fs, sync::Arc, time::Duration};

use flowdeck_compute::{
    Anew, Catalog, Compute, ComputeConfig, Identities, Identity, StartSession,
    fake::FakeEngine,
    identity::{CredentialSource, DockerStore, HostPattern},
};
use flowdeck_contract::{
    ids::FlowId,
    session::{SessionImage, SessionState},
};

use crate::{
    images::{Authorization, Pusher},
    password,
    preflight::{no_endpoint, settings},
    real::{Access, PULLER, RealRegistry},
    support::{Home, ManualClock, ROOMY, TWO_NODES, ended, eventually, in_state},
};

/// As often as tags are looked at.
const EVERY: Duration = Duration::from_secs(15 * 60);

struct Stage {
    compute: Compute,
    engine: Arc<FakeEngine>,
    clock: Arc<ManualClock>,
    flow: FlowId,
    home: Home,
}

impl Stage {
    /// Sessions of an identity that is shown to one registry, on an engine that has this image.
    async fn open(host: &str, image: SessionImage) -> Self {
        let home = Home::new();
        let flow = home.flow("hello", &TWO_NODES);
        let definition = format!(
            "environment:\n  image: {}\n{}",
            image.reference, TWO_NODES[0].1
        );
        home.flow("hello", &[("flow.dag.yaml", &*definition)]);
        let file = home.root().join("credential");
        fs::write(&file, "right horse\n").unwrap();
        let identity = Identity {
            name: "puller".to_owned(),
            description: None,
            client_id: Some("puller".to_owned()),
            source: Some(CredentialSource::File(file)),
            hosts: vec![HostPattern::try_from(host).unwrap()],
        };
        let (engine, clock) = (Arc::new(FakeEngine::default()), Arc::default());
        engine.set_image(image);
        let config = ComputeConfig {
            catalog: Catalog {
                identities: vec![identity],
                ..Catalog::of_host(ROOMY)
            },
            identities: Identities::new(no_endpoint(), DockerStore::at(home.root().join("docker"))),
            max_idle: None,
            ..home.config(0)
        };
        let on = Arc::<FakeEngine>::clone(&engine);
        let by = Arc::<ManualClock>::clone(&clock);
        let compute = Compute::open_with_clock(config, on, by).await.unwrap();
        Self {
            compute,
            engine,
            clock,
            flow,
            home,
        }
    }

    async fn start(&self, identity: Option<&str>) {
        let mut settings = settings("", identity);
        settings.base_image = None;
        let request = StartSession {
            settings,
            ..StartSession::default()
        };
        let operation = self.compute.start(&self.flow, request).await.unwrap();
        ended(&self.compute, &operation).await;
        in_state(&self.compute, &self.flow, SessionState::Available).await;
    }

    async fn renew(&self, anew: Anew) {
        let operation = self.compute.renew(&self.flow, anew).await.unwrap();
        ended(&self.compute, &operation).await;
        in_state(&self.compute, &self.flow, SessionState::Available).await;
    }

    fn update(&self) -> Option<String> {
        let view = self.compute.session(&self.flow);
        Some(view.image_update?.read().unwrap().digest)
    }

    /// What the list of all sessions says of it.
    fn listed(&self) -> Option<String> {
        self.compute.session_list().sessions.remove(0).moved_image
    }

    /// Waits until the tag is known to stand for this, when it is looked at again.
    async fn sees(&self, digest: Option<&str>) {
        eventually("what the tag stands for", || {
            self.clock.advance(EVERY);
            (self.update().as_deref() == digest).then_some(())
        })
        .await;
    }
}

fn app(host: &str, digest: &str) -> SessionImage {
    SessionImage {
        reference: format!("{host}/team/app:1"),
        digest: digest.to_owned(),
        is_local: false,
    }
}

#[tokio::test]
async fn it_is_offered_and_never_applied_in_silence() {
    let Some(registry) = RealRegistry::start(&Access::Passwords(PULLER)) else {
        return;
    };
    let host = registry.host.clone();
    let right = password("puller", "right horse");
    let pusher = Pusher::new(&host, "team/app", Authorization::Basic(&right));
    let first = pusher.image("linux/amd64", Some("1")).await.digest;
    let image = |digest: &str| app(&host, digest);
    let stage = Stage::open(&host, image(&first)).await;
    stage.start(Some("puller")).await;
    assert_eq!((stage.update(), stage.listed()), (None, None));

    let second = pusher.image("linux/arm64", Some("1")).await.digest;
    stage.sees(Some(&second)).await;
    let view = stage.compute.session(&stage.flow);
    assert_eq!(view.image.unwrap().digest, first, "it goes on as it was");
    let log = stage.compute.session_log_text(&stage.flow).unwrap();
    assert!(log.contains("now points to another image"), "{log}");
    assert_eq!(stage.listed(), Some(image(&first).reference));

    pusher.image("linux/amd64", Some("1")).await;
    stage.sees(None).await;
    pusher.image("linux/arm64", Some("1")).await;
    stage.sees(Some(&second)).await;

    stage.renew(Anew::default()).await;
    assert_eq!(
        (stage.engine.pulled_anew(), stage.engine.kept_image()),
        (0, Some(first))
    );
    stage.sees(Some(&second)).await;
    stage.engine.set_image(image(&second));
    let anew = Anew {
        image: true,
        ..Anew::default()
    };
    stage.renew(anew).await;
    assert_eq!(
        (stage.engine.pulled_anew(), stage.engine.kept_image()),
        (1, None)
    );
    let view = stage.compute.session(&stage.flow);
    assert_eq!(
        (view.image.unwrap().digest, view.image_update),
        (second, None)
    );
    stage.compute.close().await;
    drop(stage.home);
}

#[tokio::test]
async fn it_is_asked_for_as_the_session_s_identity() {
    let Some(registry) = RealRegistry::start(&Access::Passwords(PULLER)) else {
        return;
    };
    let host = registry.host.clone();
    let right = password("puller", "right horse");
    let pusher = Pusher::new(&host, "team/app", Authorization::Basic(&right));
    let first = pusher.image("linux/amd64", Some("1")).await.digest;
    let stage = Stage::open(&host, app(&host, &first)).await;
    let stranger = stage.home.flow("a-stranger", &TWO_NODES);
    let request = StartSession::default();
    let operation = stage.compute.start(&stranger, request).await.unwrap();
    ended(&stage.compute, &operation).await;
    in_state(&stage.compute, &stranger, SessionState::Available).await;
    stage.start(Some("puller")).await;
    // Sessions are looked at one after the other, in the order of their names.
    let second = pusher.image("linux/arm64", Some("1")).await.digest;
    stage.sees(Some(&second)).await;
    assert_eq!(stage.compute.session(&stranger).image_update, None);
    stage.compute.close().await;
}
