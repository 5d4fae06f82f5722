//! Managed identities and an Azure Container Registry: Azure's endpoints by their documentation, in front of a real
//! registry.

use std::sync::Arc;

use axum::{
    Form, Json, Router,
    extract::{Query, State},
    http::{HeaderMap, Method, StatusCode, Uri},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use flowdeck_compute::{
    Identities, Identity, Secret,
    identity::{
        Credential, CredentialSource, DockerStore, HostPattern, IdentityError,
        ManagedIdentityEndpoint, Proof,
    },
};
use serde_json::json;
use std::collections::HashMap;

use crate::{
    images::{Authorization, Pusher},
    ports::{Served, serve, serve_at, taken},
    real::{Access, RealRegistry},
    resolve,
    tokens::Signer,
};

pub(crate) const AZURE_TOKEN: &str = "canary-azure-token";
pub(crate) const REFRESH_TOKEN: &str = "canary-refresh-token";
pub(crate) const HEADER: &str = "canary-identity-header";
const PULLER: &str = "11111111-puller";
const STRANGER: &str = "22222222-stranger";

type Fields = HashMap<String, String>;

/// What a field that must be there says.
fn field<'a>(fields: &'a Fields, name: &str) -> &'a str {
    fields
        .get(name)
        .unwrap_or_else(|| panic!("{name} is missing in {fields:?}"))
}

fn metadata(headers: &HeaderMap, fields: &Fields) -> Response {
    assert_eq!(headers["metadata"], "true");
    assert_eq!(field(fields, "api-version"), "2018-02-01");
    token(fields)
}

fn app_service(headers: &HeaderMap, fields: &Fields) -> Response {
    assert_eq!(headers["x-identity-header"], HEADER);
    assert_eq!(field(fields, "api-version"), "2019-08-01");
    token(fields)
}

/// A token for whom this machine has been given.
fn token(fields: &Fields) -> Response {
    let resource = field(fields, "resource");
    let known = [
        "https://containerregistry.azure.net",
        "499b84ac-1321-427f-aa17-267ca6975798",
    ];
    assert!(known.contains(&resource), "{resource}");
    match field(fields, "client_id") {
        id @ (PULLER | STRANGER) => Json(json!({
            "access_token": format!("{AZURE_TOKEN} {id}"), "expires_in": "86399",
            "resource": resource, "token_type": "Bearer", "client_id": id,
        }))
        .into_response(),
        _ => {
            let body =
                json!({"error": "invalid_request", "error_description": "Identity not found"});
            (StatusCode::BAD_REQUEST, Json(body)).into_response()
        }
    }
}

/// The endpoints of a machine of Azure's.
async fn machine() -> Served {
    let of_vm =
        async |headers: HeaderMap, Query(fields): Query<Fields>| metadata(&headers, &fields);
    let of_app =
        async |headers: HeaderMap, Query(fields): Query<Fields>| app_service(&headers, &fields);
    let router = Router::new()
        .route("/metadata/identity/oauth2/token", get(of_vm))
        .route("/msi/token", get(of_app));
    serve(router).await
}

struct Registry {
    host: String,
    behind: String,
    signer: Signer,
    client: reqwest::Client,
}

/// `POST /oauth2/exchange`: a token of Azure's becomes a refresh token. Who is not of the tenant is refused, with words
/// that repeat what they were told.
async fn exchange(State(registry): State<Arc<Registry>>, Form(fields): Form<Fields>) -> Response {
    assert_eq!(field(&fields, "grant_type"), "access_token");
    assert_eq!(field(&fields, "service"), registry.host);
    let shown = field(&fields, "access_token");
    match shown.split_once(' ') {
        Some((AZURE_TOKEN, id)) => {
            Json(json!({"refresh_token": format!("{REFRESH_TOKEN} {id}")})).into_response()
        }
        _ => {
            let message = format!("no such tenant in {shown}");
            let body = json!({"errors": [{"code": "UNAUTHORIZED", "message": message}]});
            (StatusCode::UNAUTHORIZED, Json(body)).into_response()
        }
    }
}

/// `POST /oauth2/token`: a refresh token becomes a token of the registry's, for what its owner may.
async fn access(State(registry): State<Arc<Registry>>, Form(fields): Form<Fields>) -> Response {
    assert_eq!(field(&fields, "grant_type"), "refresh_token");
    assert_eq!(field(&fields, "service"), registry.host);
    let scope = field(&fields, "scope");
    assert_eq!(scope, "repository:team/app:pull");
    let (REFRESH_TOKEN, id) = field(&fields, "refresh_token").split_once(' ').unwrap() else {
        panic!("{fields:?}")
    };
    let token = registry.signer.token((id == PULLER).then_some(scope));
    Json(json!({"access_token": token})).into_response()
}

/// Everything else is the real registry's to answer.
async fn hand_on(
    State(registry): State<Arc<Registry>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let address = format!("http://{}{}", registry.behind, uri.path());
    let mut request = registry.client.request(method, address);
    for name in ["accept", "authorization"] {
        if let Some(value) = headers.get(name) {
            request = request.header(name, value);
        }
    }
    let answer = request.send().await.unwrap();
    let (status, mut headers) = (answer.status(), answer.headers().clone());
    headers.remove("transfer-encoding");
    headers.remove("content-length");
    (status, headers, answer.bytes().await.unwrap()).into_response()
}

/// An Azure Container Registry with `team/app:1`.
pub(crate) struct Azure {
    _registry: RealRegistry,
    front: Served,
    machine: Served,
}

impl Azure {
    pub(crate) async fn start() -> Option<Self> {
        let (listener, host) = taken().await;
        let signer = Signer::new(&host);
        let registry = RealRegistry::start(&Access::Tokens {
            realm: &format!("http://{host}/oauth2/token"),
            service: &host,
            certificate: &signer.certificate,
        })?;
        let token = signer.token(Some("repository:team/app:pull,push"));
        let pusher = Pusher::new(&registry.host, "team/app", Authorization::Bearer(token));
        pusher.image("linux/amd64", Some("1")).await;
        let state = Arc::new(Registry {
            host: host.clone(),
            behind: registry.host.clone(),
            signer,
            client: reqwest::Client::builder().no_proxy().build().unwrap(),
        });
        let router = Router::new()
            .route("/oauth2/exchange", post(exchange))
            .route("/oauth2/token", post(access))
            .fallback(hand_on)
            .with_state(state);
        Some(Self {
            _registry: registry,
            front: serve_at((listener, host), router),
            machine: machine().await,
        })
    }

    pub(crate) fn host(&self) -> &str {
        &self.front.host
    }

    pub(crate) fn image(&self) -> String {
        format!("{}/team/app:1", self.host())
    }

    /// The endpoint of a virtual machine.
    pub(crate) fn metadata(&self) -> ManagedIdentityEndpoint {
        ManagedIdentityEndpoint::Imds {
            origin: format!("http://{}", self.machine.host),
        }
    }

    /// The endpoint of a container of App Service.
    pub(crate) fn app_service(&self) -> ManagedIdentityEndpoint {
        ManagedIdentityEndpoint::AppService {
            endpoint: format!("http://{}/msi/token", self.machine.host),
            header: Secret::new(HEADER.to_owned()),
        }
    }

    /// The managed identity that may pull.
    pub(crate) fn puller(&self) -> Identity {
        managed("puller", PULLER, &[self.host()])
    }

    /// One that the registry knows, and that may nothing.
    pub(crate) fn stranger(&self) -> Identity {
        managed("stranger", STRANGER, &[self.host()])
    }
}

fn managed(name: &str, client_id: &str, hosts: &[&str]) -> Identity {
    Identity {
        name: name.to_owned(),
        description: None,
        client_id: Some(client_id.to_owned()),
        source: Some(CredentialSource::ManagedIdentity),
        hosts: hosts
            .iter()
            .map(|host| HostPattern::try_from(*host).unwrap())
            .collect(),
    }
}

/// With no Docker credential store.
fn identities(endpoint: ManagedIdentityEndpoint) -> Identities {
    Identities::new(endpoint, DockerStore::at("/nowhere"))
}

async fn shown(
    endpoint: ManagedIdentityEndpoint,
    identity: &Identity,
    host: &str,
) -> Result<Credential, IdentityError> {
    identities(endpoint)
        .for_registry(Some(identity), host)
        .await
}

#[tokio::test]
async fn a_managed_identity_pulls_from_an_azure_container_registry() {
    let Some(azure) = Azure::start().await else {
        return;
    };
    for endpoint in [azure.metadata(), azure.app_service()] {
        let credential = shown(endpoint, &azure.puller(), azure.host())
            .await
            .unwrap();
        let found = resolve(&azure.image(), &credential).await.unwrap();
        assert_eq!(found.layers, 2);
    }
}

#[tokio::test]
async fn an_identity_without_acr_pull_is_told_so() {
    let Some(azure) = Azure::start().await else {
        return;
    };
    let credential = shown(azure.metadata(), &azure.stranger(), azure.host())
        .await
        .unwrap();
    let error = resolve(&azure.image(), &credential).await.unwrap_err();
    assert_eq!(error.code(), "ImagePullNotAuthorized");
    assert_eq!(
        error.to_string(),
        format!(
            "In the registry {}, the identity ‘stranger’ has no permission to pull ‘team/app’: AcrPull is missing.",
            azure.host()
        )
    );
    assert_eq!(
        error.remedy(),
        "Grant the role AcrPull: az role assignment create --role AcrPull --assignee 22222222-stranger --scope REGISTRY_ID"
    );
}

#[tokio::test]
async fn what_goes_wrong_before_the_registry_is_told_by_its_place() {
    let machine = machine().await;
    let origin = format!("http://{}", machine.host);
    let endpoint = || ManagedIdentityEndpoint::Imds {
        origin: origin.clone(),
    };
    let unknown = managed("unknown", "33333333", &["127.0.0.1:1"]);
    let error = shown(endpoint(), &unknown, "127.0.0.1:1")
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "Azure’s managed-identity endpoint {origin} refuses the identity ‘unknown’: Identity not found."
        )
    );
    // A registry that is none of Azure's, and repeats what it was told.
    let repeats = async |Form(fields): Form<Fields>| {
        let body = json!({"message": format!("what is {}", field(&fields, "access_token"))});
        (StatusCode::NOT_FOUND, Json(body))
    };
    let other = serve(Router::new().route("/oauth2/exchange", post(repeats))).await;
    let puller = managed("puller", PULLER, &[&other.host]);
    let error = shown(endpoint(), &puller, &other.host).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "The registry {} doesn’t accept the token of the identity ‘puller’: it answered 404 Not Found, ‘what is (hidden)’.",
            other.host
        )
    );
    let nowhere = ManagedIdentityEndpoint::Imds {
        origin: "http://127.0.0.1:1".to_owned(),
    };
    let error = shown(nowhere, &puller, &other.host).await.unwrap_err();
    assert_eq!(error.code(), "ManagedIdentityUnavailable");
    assert!(
        error.remedy().contains("credentialFile"),
        "{}",
        error.remedy()
    );
}

#[tokio::test]
async fn a_credential_is_shown_to_the_hosts_it_is_meant_for_alone() {
    let machine = machine().await;
    let endpoint = ManagedIdentityEndpoint::Imds {
        origin: format!("http://{}", machine.host),
    };
    let all = identities(endpoint);
    // Without hosts it is for Azure's own.
    let puller = managed("puller", PULLER, &[]);
    for host in ["127.0.0.1:5000", "evil.example", "azurecr.io.evil.example"] {
        let shown = all.for_registry(Some(&puller), host).await.unwrap();
        assert_eq!(shown.proof, Proof::Nothing, "{host}");
        let refused = all.for_feed(&puller, host).await.unwrap_err();
        assert_eq!(refused.code(), "IdentityNotForHost", "{host}");
    }
    let feed = all.for_feed(&puller, "pkgs.dev.azure.com").await.unwrap();
    let expected = Proof::Password {
        user: PULLER.to_owned(),
        password: Secret::new(format!("{AZURE_TOKEN} {PULLER}")),
    };
    assert_eq!(feed.proof, expected);
}
