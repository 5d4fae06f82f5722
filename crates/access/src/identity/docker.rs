//! The Docker credential store: what `docker login` has left for the user that runs the server.

use std::{
    collections::HashMap,
    io::ErrorKind,
    path::{Path, PathBuf},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Deserialize;

use super::{IdentityError, Proof, Secret, helper};

/// Docker's configuration folder, which holds `config.json`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DockerStore {
    folder: Option<PathBuf>,
}

/// What counts of `config.json`.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Config {
    auths: HashMap<String, Auth>,
    creds_store: String,
    cred_helpers: HashMap<String, String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Auth {
    auth: Secret,
    username: String,
    password: Secret,
    identitytoken: Secret,
}

impl DockerStore {
    /// That of `DOCKER_CONFIG`, else of `.docker` in the user's home.
    #[must_use]
    pub fn of_environment() -> Self {
        let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty());
        let folder = variable("DOCKER_CONFIG")
            .map(PathBuf::from)
            .or_else(|| Some(PathBuf::from(variable("HOME")?).join(".docker")));
        Self { folder }
    }

    /// That of a folder.
    #[must_use]
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        let folder = Some(folder.into());
        Self { folder }
    }

    /// What it holds for a registry: a helper of the registry's own, the helper for all, or `config.json` itself, in
    /// Docker's order.
    pub(super) async fn find(&self, registry: &str) -> Result<Proof, IdentityError> {
        let Some(file) = self
            .folder
            .as_ref()
            .map(|folder| folder.join("config.json"))
        else {
            return Ok(Proof::Nothing);
        };
        let Some(config) = read(&file)? else {
            return Ok(Proof::Nothing);
        };
        let names = names_of(registry);
        let own = names.iter().find_map(|name| {
            let helper = config.cred_helpers.get(*name)?;
            Some((helper, *name))
        });
        if let Some((helper, name)) = own.filter(|(helper, _)| !helper.is_empty()) {
            return Ok(helper::get(helper, name).await?.unwrap_or(Proof::Nothing));
        }
        if !config.creds_store.is_empty() {
            for name in &names {
                if let Some(found) = helper::get(&config.creds_store, name).await? {
                    return Ok(found);
                }
            }
        }
        let Some(auth) = config.auth(&names) else {
            return Ok(Proof::Nothing);
        };
        auth.proof().ok_or_else(|| IdentityError::StoreUnreadable {
            file: file.display().to_string(),
            why: format!("what it holds for {registry} is no user name and password"),
        })
    }
}

fn read(file: &Path) -> Result<Option<Config>, IdentityError> {
    let failed = |why: String| IdentityError::StoreUnreadable {
        file: file.display().to_string(),
        why,
    };
    let text = match std::fs::read(file) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error.to_string())),
    };
    // The parser's own words may repeat what stands there, which may be a secret.
    serde_json::from_slice(&text).map(Some).map_err(|error| {
        failed(format!(
            "it is not the JSON that Docker writes (line {}, column {})",
            error.line(),
            error.column()
        ))
    })
}

/// Under which names a registry may stand. Docker Hub's is one of its own.
fn names_of(registry: &str) -> Vec<&str> {
    if registry == crate::registry::DOCKER_HUB {
        return vec![
            "https://index.docker.io/v1/",
            "index.docker.io",
            "registry-1.docker.io",
            registry,
        ];
    }
    vec![registry]
}

impl Config {
    /// An entry may be written as an address.
    fn auth(&self, names: &[&str]) -> Option<&Auth> {
        let host = |name: &str| {
            let name = name
                .trim_start_matches("https://")
                .trim_start_matches("http://");
            name.split('/').next().unwrap_or_default().to_owned()
        };
        let exact = names.iter().find_map(|name| self.auths.get(*name));
        exact.or_else(|| {
            let mut entries = self.auths.iter();
            let found =
                entries.find(|(entry, _)| names.iter().any(|name| host(entry) == host(name)));
            found.map(|(_, auth)| auth)
        })
    }
}

impl Auth {
    fn proof(&self) -> Option<Proof> {
        if !self.identitytoken.is_empty() {
            return Some(Proof::IdentityToken(self.identitytoken.clone()));
        }
        if self.auth.is_empty() {
            if self.username.is_empty() {
                // What stays behind after `docker login` with a helper.
                return Some(Proof::Nothing);
            }
            let (user, password) = (self.username.clone(), self.password.clone());
            return Some(Proof::Password { user, password });
        }
        let decoded = STANDARD.decode(self.auth.reveal()).ok()?;
        let text = Secret::new(String::from_utf8(decoded).ok()?);
        let (user, password) = text.reveal().split_once(':')?;
        let password = Secret::new(password.trim_end_matches('\0').to_owned());
        let user = user.to_owned();
        Some(Proof::Password { user, password })
    }
}
