//! One image's requests to its registry, with what they are shown.

use reqwest::{
    Method, RequestBuilder, StatusCode, Url,
    header::{ACCEPT, AUTHORIZATION, HeaderValue, LOCATION, RETRY_AFTER, WWW_AUTHENTICATE},
};
use serde::Deserialize;

use super::{
    DOCKER_HUB, RegistryError,
    address::Address,
    challenge::Challenge,
    manifest::{ACCEPTED, Manifest, digest_like},
};
use crate::{
    identity::{Credential, Proof, Secret, Who, is_acr},
    web::{self, Answer, Web, WebError},
};

/// Registries hand blobs, and some manifests, over to another host.
const MOST_REDIRECTS: usize = 4;

/// What is asked for, for the errors.
#[derive(Clone, Copy)]
enum Asked {
    Manifest,
    Blob,
    Tags,
}

pub(super) struct Requests<'a> {
    web: &'a Web,
    address: &'a Address,
    credential: &'a Credential,
    /// What the registry has been satisfied with so far.
    authorization: Option<HeaderValue>,
    /// Whether a token service took the credential: what is refused then is a matter of permissions.
    is_known: bool,
}

#[derive(Deserialize)]
struct Token {
    token: Option<Secret>,
    access_token: Option<Secret>,
}

#[derive(Deserialize)]
struct Tags {
    tags: Option<Vec<String>>,
}

impl<'a> Requests<'a> {
    pub(super) fn new(web: &'a Web, address: &'a Address, credential: &'a Credential) -> Self {
        Self {
            web,
            address,
            credential,
            authorization: None,
            is_known: false,
        }
    }

    /// The manifest of a tag or digest.
    pub(super) async fn manifest(&mut self, reference: &str) -> Result<Manifest, RegistryError> {
        let path = format!("manifests/{reference}");
        let answer = self.get(&path, Asked::Manifest).await?;
        Manifest::parse(&answer.body, reference, self.address)
    }

    /// The digest of the manifest of a tag. It is not fetched where the registry says its digest without.
    pub(super) async fn digest(&mut self, reference: &str) -> Result<String, RegistryError> {
        const DIGEST: &str = "docker-content-digest";
        let path = format!("manifests/{reference}");
        let answer = self.ask(&Method::HEAD, &path).await?;
        match answer.header(DIGEST) {
            Some(digest) if answer.status.is_success() => Ok(digest.to_owned()),
            // A refusal of this kind has no words; the other's have.
            _ => Ok(self.manifest(reference).await?.digest),
        }
    }

    /// A small blob, such as an image's configuration.
    pub(super) async fn blob(&mut self, digest: &str) -> Result<Vec<u8>, RegistryError> {
        let answer = self.get(&format!("blobs/{digest}"), Asked::Blob).await?;
        if digest_like(&answer.body, digest) != digest {
            let why = format!("its answer for {digest} has another digest");
            return Err(self.address.strange(why));
        }
        Ok(answer.body)
    }

    async fn get(&mut self, path: &str, asked: Asked) -> Result<Answer, RegistryError> {
        let answer = self.ask(&Method::GET, path).await?;
        if answer.status.is_success() {
            return Ok(answer);
        }
        match answer.status {
            StatusCode::NOT_FOUND => Err(self.missing(&answer, asked).await),
            _ => Err(self.refusal(&answer)),
        }
    }

    /// Asks, and once more when the registry wants to know who does.
    async fn ask(&mut self, method: &Method, path: &str) -> Result<Answer, RegistryError> {
        let answer = self.once(method, path).await?;
        if answer.status != StatusCode::UNAUTHORIZED {
            return Ok(answer);
        }
        let headers = answer.headers.get_all(WWW_AUTHENTICATE);
        let challenge = Challenge::of(headers.iter().filter_map(|value| value.to_str().ok()));
        match challenge {
            // It has been shown all there is.
            _ if self.authorization.is_some() => return Ok(answer),
            None => return Ok(answer),
            Some(Challenge::Basic) => match &self.credential.proof {
                Proof::Password { user, password } => self.authorization = basic(user, password),
                Proof::Nothing | Proof::IdentityToken(_) => return Ok(answer),
            },
            Some(Challenge::Bearer {
                realm,
                service,
                scope,
                ..
            }) => {
                let scope = scope.unwrap_or(format!("repository:{}:pull", self.address.repository));
                let token = self.token(&realm, service.as_deref(), &scope).await?;
                self.authorization = secret_header(&format!("Bearer {}", token.reveal()));
            }
        }
        self.once(method, path).await
    }

    async fn once(&self, method: &Method, path: &str) -> Result<Answer, RegistryError> {
        let Address {
            host, repository, ..
        } = self.address;
        let address = format!("{}/v2/{repository}/{path}", web::origin(api_host(host)));
        let strange = || self.address.strange("it redirects to an invalid address");
        let mut address = Url::parse(&address).map_err(|_| strange())?;
        let mut authorization = self.authorization.clone();
        for _ in 0..MOST_REDIRECTS {
            let client = self.client(&address)?;
            let request = client.request(method.clone(), address.clone());
            let mut request = request.header(ACCEPT, ACCEPTED);
            if let Some(value) = &authorization {
                request = request.header(AUTHORIZATION, value.clone());
            }
            let answer = self.send(request).await?;
            if !answer.status.is_redirection() {
                return Ok(answer);
            }
            let target = answer.header(LOCATION.as_str()).ok_or_else(strange)?;
            let next = address.join(target).map_err(|_| strange())?;
            if next.origin() != address.origin() {
                authorization = None;
            }
            address = next;
        }
        Err(self.address.strange("it redirects too often"))
    }

    /// A token of the registry's token service for our credential.
    async fn token(
        &mut self,
        realm: &str,
        service: Option<&str>,
        scope: &str,
    ) -> Result<Secret, RegistryError> {
        let strange = |_| {
            self.address
                .strange("its token service has an invalid address")
        };
        let realm = Url::parse(realm).map_err(strange)?;
        let client = self.client(&realm)?;
        let mut asked: Vec<(&str, &str)> = vec![("scope", scope)];
        asked.extend(service.map(|service| ("service", service)));
        let request = match &self.credential.proof {
            Proof::Nothing => client.get(realm).query(&asked),
            Proof::Password { user, password } => {
                let request = client.get(realm).query(&asked);
                match basic(user, password) {
                    Some(value) => request.header(AUTHORIZATION, value),
                    None => request,
                }
            }
            Proof::IdentityToken(token) => {
                asked.extend([
                    ("grant_type", "refresh_token"),
                    ("refresh_token", token.reveal()),
                    ("client_id", "flowdeck"),
                ]);
                client.post(realm).form(&asked)
            }
        };
        let answer = self.send(request).await?;
        if !answer.status.is_success() {
            return Err(self.refusal(&answer));
        }
        self.is_known = self.credential.proof != Proof::Nothing;
        let found: Option<Token> = answer.json();
        found
            .and_then(|found| found.token.or(found.access_token))
            .ok_or_else(|| self.address.strange("its token service gave no token"))
    }

    /// Only what is on this very machine may do without TLS, wherever a registry sends us.
    fn client(&self, address: &Url) -> Result<&'a reqwest::Client, RegistryError> {
        let host = address.host_str().unwrap_or_default();
        // A registry elsewhere must not lead to this machine, or to an address without TLS.
        let is_ours = web::is_loopback(host);
        if is_ours && !web::is_loopback(&self.address.host) {
            return Err(self.address.strange("it redirects to this machine"));
        }
        if !is_ours && address.scheme() != "https" {
            return Err(self
                .address
                .strange("it redirects to an address without TLS"));
        }
        self.web
            .client(web::route(host))
            .map_err(|error| self.unreachable(&error))
    }

    async fn send(&self, request: RequestBuilder) -> Result<Answer, RegistryError> {
        let answer = Web::send(request).await;
        answer.map_err(|error| self.unreachable(&error))
    }

    fn unreachable(&self, error: &WebError) -> RegistryError {
        let host = self.address.host.clone();
        match error {
            WebError::NoHost(name) => RegistryError::NoHost {
                host,
                name: name.clone(),
            },
            other => RegistryError::Unreachable {
                host,
                why: other.of_it(),
            },
        }
    }

    /// Whether it is the repository that is missing, or what was asked for in it.
    async fn missing(&mut self, answer: &Answer, asked: Asked) -> RegistryError {
        let Address {
            host,
            repository,
            reference,
            ..
        } = self.address.clone();
        let no_repository = RegistryError::NoRepository {
            host: host.clone(),
            repository: repository.clone(),
            who: self.credential.who.clone(),
            is_anonymous: self.credential.proof == Proof::Nothing,
        };
        match (asked, answer.error_code().as_deref()) {
            (_, Some("NAME_UNKNOWN")) => no_repository,
            (Asked::Manifest, Some(_)) => {
                // Many registries say the same of a tag and of a repository that is missing; the list of tags tells.
                let tags = match Box::pin(self.get("tags/list", Asked::Tags)).await {
                    Ok(answer) => answer.json::<Tags>().and_then(|found| found.tags),
                    Err(RegistryError::NoRepository { .. }) => return no_repository,
                    Err(_) => None,
                };
                RegistryError::NoTag {
                    near: near(&reference, tags.unwrap_or_default()),
                    host,
                    repository,
                    reference,
                }
            }
            (Asked::Tags, _) => no_repository,
            // Not even the form of a registry's error: something else answers there.
            (Asked::Manifest, None) => RegistryError::NoRegistry { host },
            (Asked::Blob, _) => self.address.strange("a part of the image is missing there"),
        }
    }

    fn refusal(&self, answer: &Answer) -> RegistryError {
        let host = self.address.host.clone();
        let who = self.credential.who.clone();
        let repository = self.address.repository.clone();
        match (answer.status, answer.error_code().as_deref()) {
            (StatusCode::TOO_MANY_REQUESTS, _) | (_, Some("TOOMANYREQUESTS")) => {
                RegistryError::RateLimited {
                    host,
                    is_anonymous: self.credential.proof == Proof::Nothing,
                    wait: wait(answer.header(RETRY_AFTER.as_str())),
                }
            }
            (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN, _) => match self.credential.proof {
                Proof::Nothing => RegistryError::NeedsIdentity {
                    host,
                    repository,
                    who,
                },
                _ if self.is_known || answer.status == StatusCode::FORBIDDEN => {
                    RegistryError::NoPermission {
                        is_acr: is_acr(&host) || self.was_exchanged(),
                        host,
                        repository,
                        who,
                    }
                }
                _ => RegistryError::WrongCredential { host, who },
            },
            _ => self.address.strange(self.cut(&answer.reason())),
        }
    }

    /// A managed identity's token was: the registry is one of Azure's, whatever its name.
    fn was_exchanged(&self) -> bool {
        matches!(self.credential.who, Who::Identity { .. })
            && matches!(self.credential.proof, Proof::IdentityToken(_))
    }

    fn cut(&self, text: &str) -> String {
        match &self.credential.proof {
            Proof::Nothing => text.to_owned(),
            Proof::Password {
                password: secret, ..
            }
            | Proof::IdentityToken(secret) => secret.cut_from(text),
        }
    }
}

/// Docker Hub's registry has another name than the images in it.
fn api_host(host: &str) -> &str {
    match host {
        DOCKER_HUB => "registry-1.docker.io",
        host => host,
    }
}

fn basic(user: &str, password: &Secret) -> Option<HeaderValue> {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let both = Secret::new(format!("{user}:{}", password.reveal()));
    secret_header(&format!("Basic {}", STANDARD.encode(both.reveal())))
}

fn secret_header(text: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// Seconds of `Retry-After`; a date, which registries do not use, says nothing here.
fn wait(header: Option<&str>) -> Option<u64> {
    header?.trim().parse().ok()
}

/// The tag that was probably meant.
fn near(asked: &str, tags: Vec<String>) -> Option<String> {
    let found = flowdeck_flow::nearest(asked, tags.iter().map(String::as_str));
    found.map(str::to_owned)
}
