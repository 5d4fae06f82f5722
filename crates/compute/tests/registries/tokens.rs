//! A token service by the distribution specification, whose tokens docker-registry takes.

use std::{
    sync::{Arc, Mutex},
    time::{SystemTime, UNIX_EPOCH},
};

use axum::{
    Form, Json, Router,
    extract::{Query, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::get,
};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use flowdeck_compute::{
    Secret,
    identity::{Credential, Proof, Who},
};
use rcgen::{CertificateParams, KeyPair, PKCS_ECDSA_P256_SHA256};
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair},
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    images::{Authorization, Pusher},
    password,
    ports::{Served, serve_at, taken},
    real::{Access, RealRegistry},
    resolve,
};

/// Signs tokens. Its certificate is what a registry trusts.
pub(crate) struct Signer {
    key: EcdsaKeyPair,
    der: Vec<u8>,
    service: String,
    /// In PEM.
    pub(crate) certificate: String,
}

impl Signer {
    /// For the registry that calls itself `service`.
    pub(crate) fn new(service: &str) -> Self {
        let pair = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
        let parameters = CertificateParams::new(vec!["tests".to_owned()]).unwrap();
        let certificate = parameters.self_signed(&pair).unwrap();
        let (random, algorithm) = (SystemRandom::new(), &ECDSA_P256_SHA256_FIXED_SIGNING);
        Self {
            key: EcdsaKeyPair::from_pkcs8(algorithm, &pair.serialize_der(), &random).unwrap(),
            der: certificate.der().to_vec(),
            service: service.to_owned(),
            certificate: certificate.pem(),
        }
    }

    /// A token for a scope such as `repository:team/app:pull`, or for nothing.
    pub(crate) fn token(&self, scope: Option<&str>) -> String {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap()
            .as_secs();
        let access: Vec<Value> = scope
            .into_iter()
            .map(|scope| {
                let parts: Vec<&str> = scope.split(':').collect();
                let actions: Vec<&str> = parts[2].split(',').collect();
                json!({"type": parts[0], "name": parts[1], "actions": actions})
            })
            .collect();
        let header = json!({"typ": "JWT", "alg": "ES256", "x5c": [STANDARD.encode(&self.der)]});
        let claims = json!({
            "iss": "tests", "aud": self.service, "sub": "", "jti": "1", "access": access,
            "iat": now - 60, "nbf": now - 60, "exp": now + 300,
        });
        let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let text = format!("{}.{}", part(header), part(claims));
        let signature = self
            .key
            .sign(&SystemRandom::new(), text.as_bytes())
            .unwrap();
        format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref()))
    }
}

/// What was asked of the service, secrets aside.
type Asked = Arc<Mutex<Vec<String>>>;

#[derive(Clone)]
struct Service {
    signer: Arc<Signer>,
    asked: Asked,
}

#[derive(Deserialize)]
struct Question {
    scope: String,
    service: String,
    grant_type: Option<String>,
    refresh_token: Option<String>,
}

impl Service {
    /// `reader` may pull from `team/app`; `stranger` is known and may nothing; everybody may pull from `open/app`.
    fn answer(&self, who: Option<&str>, question: &Question) -> Response {
        let Question { scope, service, .. } = question;
        let name = who.unwrap_or("nobody");
        self.asked
            .lock()
            .unwrap()
            .push(format!("{name} {service} {scope}"));
        let may = scope == "repository:open/app:pull"
            || (name == "reader" && scope == "repository:team/app:pull");
        let token = self.signer.token(may.then_some(&**scope));
        Json(json!({"token": token})).into_response()
    }
}

fn refused() -> Response {
    let body = json!({"errors": [{"code": "UNAUTHORIZED", "message": "who is that"}]});
    (StatusCode::UNAUTHORIZED, Json(body)).into_response()
}

async fn by_password(
    State(service): State<Service>,
    Query(question): Query<Question>,
    headers: HeaderMap,
) -> Response {
    let Some(shown) = headers.get("authorization") else {
        return service.answer(None, &question);
    };
    let encoded = shown.to_str().unwrap().strip_prefix("Basic ").unwrap();
    let both = String::from_utf8(STANDARD.decode(encoded).unwrap()).unwrap();
    match both.split_once(':') {
        Some((user @ ("reader" | "stranger"), "right horse")) => {
            service.answer(Some(user), &question)
        }
        _ => refused(),
    }
}

async fn by_refresh_token(
    State(service): State<Service>,
    headers: HeaderMap,
    Form(question): Form<Question>,
) -> Response {
    assert!(!headers.contains_key("authorization"));
    assert_eq!(question.grant_type.as_deref(), Some("refresh_token"));
    match question.refresh_token.as_deref() {
        Some("readers-token") => service.answer(Some("reader"), &question),
        _ => refused(),
    }
}

struct Stage {
    registry: RealRegistry,
    _service: Served,
    asked: Asked,
}

/// A registry with `team/app:1` and `open/app:1`, and its token service.
async fn stage() -> Option<Stage> {
    let (listener, host) = taken().await;
    let signer = Arc::new(Signer::new("tests"));
    let registry = RealRegistry::start(&Access::Tokens {
        realm: &format!("http://{host}/token"),
        service: "tests",
        certificate: &signer.certificate,
    })?;
    for repository in ["team/app", "open/app"] {
        let token = signer.token(Some(&format!("repository:{repository}:pull,push")));
        let pusher = Pusher::new(&registry.host, repository, Authorization::Bearer(token));
        pusher.image("linux/amd64", Some("1")).await;
    }
    let asked = Asked::default();
    let state = Service {
        signer,
        asked: Arc::clone(&asked),
    };
    let routes = get(by_password).post(by_refresh_token);
    let router = Router::new().route("/token", routes).with_state(state);
    Some(Stage {
        registry,
        _service: serve_at((listener, host), router),
        asked,
    })
}

#[tokio::test]
async fn the_token_service_is_asked_for_just_what_is_needed() {
    let Some(stage) = stage().await else { return };
    let host = &stage.registry.host;
    let found = resolve(
        &format!("{host}/team/app:1"),
        &password("reader", "right horse"),
    )
    .await;
    assert_eq!(found.unwrap().layers, 2);
    let identity_token = Credential {
        who: Who::User,
        proof: Proof::IdentityToken(Secret::new("readers-token".to_owned())),
    };
    assert!(
        resolve(&format!("{host}/team/app:1"), &identity_token)
            .await
            .is_ok()
    );
    assert!(
        resolve(&format!("{host}/open/app:1"), &Credential::anonymous())
            .await
            .is_ok()
    );
    assert_eq!(
        *stage.asked.lock().unwrap(),
        [
            "reader tests repository:team/app:pull",
            "reader tests repository:team/app:pull",
            "nobody tests repository:open/app:pull"
        ]
    );
}

#[tokio::test]
async fn a_missing_permission_is_told_from_a_wrong_password_and_from_nobody() {
    let Some(stage) = stage().await else { return };
    let host = &stage.registry.host;
    let image = format!("{host}/team/app:1");
    for (credential, message) in [
        (
            password("stranger", "right horse"),
            format!(
                "In the registry {host}, the user’s own identity has no permission to pull ‘team/app’: the permission ‘pull’ is missing."
            ),
        ),
        (
            password("reader", "wrong horse"),
            format!(
                "The registry {host} doesn’t accept the credential of the user’s own identity."
            ),
        ),
        (
            Credential::anonymous(),
            format!(
                "‘team/app’ in the registry {host} isn’t public, and the user’s own identity has no credential for it."
            ),
        ),
    ] {
        let error = resolve(&image, &credential).await.unwrap_err();
        assert_eq!(error.to_string(), message);
        assert!(!format!("{error:?} {}", error.remedy()).contains("horse"));
    }
    let gone = resolve(&format!("{host}/open/app:2"), &Credential::anonymous())
        .await
        .unwrap_err();
    assert_eq!(gone.code(), "ImageTagNotFound");
}
