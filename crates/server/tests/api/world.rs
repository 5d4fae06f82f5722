//! A server for one test: its own folders, an engine in memory, requests in-process.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Method, Request, StatusCode, header},
    response::Response,
};
use flowdeck_compute::{
    Catalog, Compute, ComputeConfig, ComputeInstance, Host, Identities, Identity, LegacyRuntime,
    fake::FakeEngine, identity::CredentialSource,
};
use flowdeck_contract::ids::ProjectName;
use flowdeck_server::{
    AllowedHosts, App, Assets, RecentLog, ServerKey, Settings, flows::Flows, http::router,
};
use http_body_util::BodyExt;
use serde_json::Value;
use tempfile::TempDir;
use tower::ServiceExt;

pub(crate) const TOKEN: &str = "t0ken-0123456789abcdef-t0ken";
pub(crate) const HOST: &str = "127.0.0.1:8642";

/// A flow that is fine.
pub(crate) const FLOW: &str = "display_name: Greeter\ndescription: Says hello\ninputs:\n  name: {type: string, default: you}\noutputs:\n  greeting: {type: string, reference: '${greet.output}'}\nnodes:\n- name: greet\n  type: python\n  source: {type: code, path: greet.py}\n  inputs: {name: '${inputs.name}'}\n";

pub(crate) struct World {
    folder: TempDir,
    pub(crate) app: App,
    pub(crate) engine: Arc<FakeEngine>,
    pub(crate) log: RecentLog,
    compute: Compute,
    router: Router,
}

/// What a host of 4 cores and 9 GiB offers, a compute instance and an identity.
fn catalog(data: &Path) -> Catalog {
    let host = Catalog::of_host(Host {
        cores: 4,
        memory_mb: 9 * 1024,
    });
    Catalog {
        instances: vec![ComputeInstance {
            name: "shared".to_owned(),
            size: host.sizes[1].clone(),
            identity: None,
            idle_shutdown: None,
        }],
        identities: vec![Identity {
            name: "puller".to_owned(),
            description: Some("Pulls images".to_owned()),
            client_id: Some("pull-user".to_owned()),
            source: Some(CredentialSource::File(data.join("puller.token"))),
            hosts: Vec::new(),
        }],
        runtimes: vec![LegacyRuntime {
            name: "old".to_owned(),
            instance: "shared".to_owned(),
            image: Some("registry.example.com/old:1".to_owned()),
            environment: None,
            description: Some("Of the support team".to_owned()),
        }],
        ..host
    }
}

/// What a request was answered with.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl World {
    /// A server with the flow `greeter`.
    pub(crate) async fn new() -> Self {
        Self::below("/").await
    }

    pub(crate) async fn below(base_path: &str) -> Self {
        Self::make(base_path, TOKEN, "flows").await
    }

    /// One that another token opens than that of [`World::signed_in`].
    pub(crate) async fn with_token(token: &str) -> Self {
        Self::make("/", token, "flows").await
    }

    /// One whose flows folder is another, relative to [`World::path`].
    pub(crate) async fn of(flows: &str) -> Self {
        Self::make("/", TOKEN, flows).await
    }

    async fn make(base_path: &str, token: &str, flows: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["flows/greeter", "data", "dist"] {
            fs::create_dir_all(folder.path().join(name)).unwrap();
        }
        fs::write(folder.path().join("flows/greeter/flow.dag.yaml"), FLOW).unwrap();
        fs::write(
            folder.path().join("flows/greeter/greet.py"),
            "print('hi')\r\n",
        )
        .unwrap();
        fs::write(folder.path().join("data/puller.token"), "hunter2").unwrap();
        Self::start(folder, flows, base_path, token, Arc::default()).await
    }

    async fn start(
        folder: TempDir,
        flows: &str,
        base_path: &str,
        token: &str,
        engine: Arc<FakeEngine>,
    ) -> Self {
        let flows = Flows::open(&folder.path().join(flows)).unwrap();
        let config = ComputeConfig {
            flows: flows.place().clone(),
            data: folder.path().join("data"),
            standby: 0,
            max_idle: None,
            catalog: catalog(&folder.path().join("data")),
            identities: Identities::of_environment(),
            connections: flowdeck_compute::ConnectionOptions::default(),
            prices: flowdeck_contract::prices::Prices::default(),
        };
        let compute = Compute::open(config, Arc::clone(&engine) as _)
            .await
            .unwrap();
        let log = RecentLog::default();
        let settings = Settings {
            prices: flowdeck_contract::prices::Prices::default(),
            project: ProjectName::try_from("default").unwrap(),
            base_path: base_path.parse().unwrap(),
            port: 8642,
            hosts: AllowedHosts::new("127.0.0.1".parse().unwrap(), &["deck.example".to_owned()]),
            token: token.parse().unwrap(),
            server_key: ServerKey::load_or_make(&folder.path().join("data")).unwrap(),
            log: log.clone(),
        };
        let dist = folder.path().join("dist");
        let app = App::start(settings, flows, compute.clone(), Assets::new(Some(&dist))).unwrap();
        let router = router(app.clone());
        Self {
            folder,
            app,
            engine,
            log,
            compute,
            router,
        }
    }

    /// A path below the test's folder: `flows/…`, `dist/…`, `data/…`.
    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    pub(crate) fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    /// The server after a restart; what the engine made lives on.
    pub(crate) async fn restarted(self, base_path: &str) -> Self {
        self.restarted_with(base_path, TOKEN).await
    }

    /// The same, with another token.
    pub(crate) async fn restarted_with(self, base_path: &str, token: &str) -> Self {
        self.app.close().await;
        self.compute.close().await;
        let Self {
            folder,
            app,
            engine,
            compute,
            router,
            ..
        } = self;
        drop((app, compute, router));
        Self::start(folder, "flows", base_path, token, engine).await
    }

    /// What answers.
    pub(crate) fn router(&self) -> Router {
        self.router.clone()
    }

    /// Sends a request as it is.
    pub(crate) async fn send(&self, request: Request<Body>) -> Response {
        self.router().oneshot(request).await.unwrap()
    }

    /// A request that begins as every signed-in client's does.
    pub(crate) fn signed_in(method: Method, path: &str) -> axum::http::request::Builder {
        Self::anonymous(method, path).header(header::AUTHORIZATION, format!("Bearer {TOKEN}"))
    }

    pub(crate) fn anonymous(method: Method, path: &str) -> axum::http::request::Builder {
        Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, HOST)
    }

    /// A browser that opened the link with the token: its cookie and its key.
    pub(crate) async fn browser(&self) -> (String, String) {
        let link = Self::anonymous(Method::GET, &format!("/?token={TOKEN}"));
        self.answer(link.body(Body::empty()).unwrap())
            .await
            .signed_in()
    }

    pub(crate) async fn answer(&self, request: Request<Body>) -> Answer {
        let response = self.send(request).await;
        let (parts, body) = response.into_parts();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: body.collect().await.unwrap().to_bytes().to_vec(),
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.answer(
            Self::signed_in(Method::GET, path)
                .body(Body::empty())
                .unwrap(),
        )
        .await
    }

    /// Sends a body with further headers.
    pub(crate) async fn call(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> Answer {
        let mut request = Self::signed_in(method, path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.answer(request.body(body.into()).unwrap()).await
    }
}

impl Answer {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// The cookie and the key that it gives by a redirection.
    pub(crate) fn signed_in(&self) -> (String, String) {
        let (_, key) = self.header("location").split_once("#key=").unwrap();
        (self.cookie(), key.to_owned())
    }

    /// The cookie that it gives, with its name.
    pub(crate) fn cookie(&self) -> String {
        let cookie = self.header("set-cookie").split(';').next();
        cookie.unwrap().to_owned()
    }

    /// The error's code, when it is the contract's error with an id and a time.
    #[track_caller]
    pub(crate) fn refused(&self, status: StatusCode) -> String {
        assert_eq!(self.status, status, "{}", self.text());
        let body = self.json();
        assert_eq!(
            body["correlation"]["RequestId"],
            self.header("x-request-id"),
            "{body}"
        );
        assert!(body["time"].as_str().unwrap().ends_with('Z'), "{body}");
        assert!(
            !body["error"]["message"].as_str().unwrap().is_empty(),
            "{body}"
        );
        body["error"]["code"].as_str().unwrap().to_owned()
    }
}
