//! Where an install in a container looks for packages: as this machine's pip and uv do. What may hold a password is in
//! a file that only the container's user reads, not among the container's variables, which the daemon shows to
//! everybody.

use std::{
    fs, io,
    io::Write as _,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use flowdeck_access::pip_config;

use crate::{engine::Variables, user::User};

/// uv's own variables that mean the same in a container.
const KNOWN: [&str; 13] = [
    "UV_DEFAULT_INDEX",
    "UV_INDEX",
    "UV_INDEX_URL",
    "UV_EXTRA_INDEX_URL",
    "UV_FIND_LINKS",
    "UV_NO_INDEX",
    "UV_INSECURE_HOST",
    "UV_CONSTRAINT",
    "UV_HTTP_TIMEOUT",
    "SSL_CERT_FILE",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
];
/// Those that name files of this machine.
const FILES: [&str; 3] = ["SSL_CERT_FILE", "UV_FIND_LINKS", "UV_CONSTRAINT"];

/// The settings of uv in a container.
#[derive(Clone, Debug)]
pub(super) struct Indexes {
    variables: Variables,
}

impl Indexes {
    pub(super) fn of_machine() -> Self {
        let own = KNOWN.iter().filter_map(|name| {
            let value = std::env::var(name).or_else(|_| std::env::var(name.to_lowercase()));
            Some(((*name).to_owned(), value.ok()?))
        });
        let mut variables: Variables = own.collect();
        for (name, value) in pip_config::for_uv() {
            variables.entry(name).or_insert(value);
        }
        variables.retain(|_, value| !value.is_empty());
        Self { variables }
    }

    /// All of it, for who only compares.
    pub(super) fn all(&self) -> &Variables {
        &self.variables
    }

    /// What everybody may see.
    pub(super) fn variables(&self) -> Variables {
        let open = self.variables.iter().filter(|(_, value)| !is_secret(value));
        let mut open: Variables = open
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        // Files in the cache and in an environment are on different mounts.
        open.insert("UV_LINK_MODE".to_owned(), "copy".to_owned());
        open
    }

    /// Files and folders of this machine that those name.
    pub(super) fn files(&self) -> impl Iterator<Item = PathBuf> {
        let named = FILES.iter().filter_map(|name| self.variables.get(*name));
        let paths = named.flat_map(|value| value.split([',', ' ']).map(PathBuf::from));
        paths.filter(|path| path.is_absolute() && path.exists())
    }

    /// Writes uv's settings file with the indexes that only the user may see.
    pub(super) fn write_settings(&self, file: &Path, user: User) -> io::Result<()> {
        match fs::remove_file(file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let options = fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .clone();
        options.open(file)?.write_all(self.settings().as_bytes())?;
        user.own(file)
    }

    fn settings(&self) -> String {
        let urls = |names: [&str; 2]| {
            let values = names
                .into_iter()
                .filter_map(|name| self.variables.get(name));
            let secret = values.filter(|value| is_secret(value));
            secret
                .flat_map(|value| value.split_whitespace().map(str::to_owned))
                .collect::<Vec<String>>()
        };
        let index = |url: &String, default: bool| {
            // JSON's strings are TOML's, too.
            let url = serde_json::Value::from(url.as_str());
            format!("[[index]]\nurl = {url}\ndefault = {default}\n")
        };
        let further = urls(["UV_INDEX", "UV_EXTRA_INDEX_URL"]);
        let default = urls(["UV_DEFAULT_INDEX", "UV_INDEX_URL"]);
        let further = further.iter().map(|url| index(url, false));
        further
            .chain(default.iter().take(1).map(|url| index(url, true)))
            .collect()
    }
}

/// Whether an address may hold a password.
fn is_secret(value: &str) -> bool {
    value.contains('@')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_with_a_password_is_in_the_file_alone() {
        let variables = [
            ("UV_DEFAULT_INDEX", "https://me:canary@feed/simple"),
            ("UV_INDEX", "https://open/simple"),
            ("HTTP_PROXY", "http://me:canary@proxy"),
        ];
        let indexes = Indexes {
            variables: variables
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into(),
        };
        let open = format!("{:?}", indexes.variables());
        assert!(
            !open.contains("canary") && open.contains("https://open"),
            "{open}"
        );
        assert_eq!(
            indexes.settings(),
            "[[index]]\nurl = \"https://me:canary@feed/simple\"\ndefault = true\n"
        );
    }
}
