//! All secrets that the server knows: its own, the administrator's, this machine's, and the flow's.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use flowdeck_compute::folder::{ReadError, read_in};
use flowdeck_contract::files::LeftOut;
use flowdeck_flow::check;

use super::redact::{is_secret_name, secrets_in};
use crate::{
    App,
    files::{FileError, FlowFolder},
};

/// A longer file isn't a file of credentials.
const FILE_LIMIT: u64 = 256 * 1024;

/// Variables of the environment whose values everybody may know, by how their names begin.
const PUBLIC: [&str; 33] = [
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "SHELL",
    "PWD",
    "OLDPWD",
    "TERM",
    "COLORTERM",
    "LANG",
    "LC_",
    "TZ",
    "HOST",
    "EDITOR",
    "PAGER",
    "DISPLAY",
    "XDG_",
    "RUST",
    "CARGO",
    "SHLVL",
    "TMP",
    "TEMP",
    "DEBIAN_",
    "PYTHON",
    "VIRTUAL_ENV",
    "UV_",
    "PIP_",
    "NODE",
    "npm_",
    "SYSTEMD_",
    "JOURNAL_",
    "FLOWDECK_DATA",
    "FLOWDECK_SESSION",
];
/// Where this user's credentials stand, below the home folder.
const FILES: [&str; 8] = [
    ".netrc",
    ".git-credentials",
    ".pypirc",
    ".docker/config.json",
    ".config/pip/pip.conf",
    ".pip/pip.conf",
    ".config/uv/uv.toml",
    ".config/git/credentials",
];

/// Every secret of the server and of the machine.
pub(super) fn of_server(app: &App) -> Vec<String> {
    let identities = app.compute.catalog().identities.iter();
    let credentials = identities
        .filter_map(|identity| identity.source.as_ref()?.read()?.ok())
        .flat_map(|credential| {
            let whole = credential.reveal().to_owned();
            let lines: Vec<String> = whole.lines().map(str::to_owned).collect();
            lines.into_iter().chain([whole])
        });
    let variables = env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    let mut secrets: Vec<String> = credentials.collect();
    secrets.push(app.guard.secret().to_owned());
    for (name, value) in variables {
        secrets.extend(of_variable(&name, &value));
    }
    for path in credential_files() {
        secrets.extend(read(&path).map(|text| of_file(&text)).unwrap_or_default());
    }
    secrets
}

/// The secrets of a flow's files.
#[derive(Debug, Default)]
pub(super) struct OfFiles {
    pub(super) secrets: Vec<String>,
    /// Files that weren't looked into, because there are too many or their names can't be used.
    pub(super) left_out: LeftOut,
}

/// Every secret of a flow: in its definition, and in files beside it that hold connections or variables.
///
/// # Errors
/// When nobody could look into one of them: what is in it could stand in a log.
pub(super) fn of_flow(folder: &FlowFolder, definition: Option<&str>) -> Result<OfFiles, FileError> {
    let mut secrets = definition.map(of_definition).unwrap_or_default();
    let files = folder.list()?;
    let left_out = files.left_out;
    let beside = files.entries.into_iter().filter(|file| {
        let name = file.path.file_name();
        let kinds = [".env", ".yaml", ".yml", ".json", ".toml", ".ini", ".cfg"];
        file.size <= FILE_LIMIT && kinds.iter().any(|kind| name.ends_with(kind))
    });
    for file in beside {
        let read = folder.read(&file.path).map(|file| file.text);
        if let Some(text) = where_it_is_text(read)? {
            secrets.extend(secrets_in(&text));
        }
    }
    // Hidden, so that it is in no listing.
    let variables = read_in(&folder.dir, ".env", FILE_LIMIT);
    let variables = variables.map_err(|error| match error {
        ReadError::Io(error) => FileError::of(".env", error),
        // It isn't there, or no file of variables.
        _ => FileError::NotFound(".env".to_owned()),
    });
    if let Some(variables) = where_it_is_text(variables)? {
        let variables = String::from_utf8_lossy(&variables);
        let named = variables.lines().filter_map(|line| {
            let (name, value) = line.trim().trim_start_matches("export ").split_once('=')?;
            let value = value.trim().trim_matches(|c| c == '"' || c == '\'');
            Some((name.trim().to_owned(), value.to_owned()))
        });
        secrets.extend(named.flat_map(|(name, value)| of_variable(&name, &value)));
    }
    Ok(OfFiles { secrets, left_out })
}

/// What was read of a file; nothing where there is no text to be read, but an error where nobody could look.
fn where_it_is_text<T>(read: Result<T, FileError>) -> Result<Option<T>, FileError> {
    match read {
        Ok(read) => Ok(Some(read)),
        Err(error @ (FileError::Denied(_) | FileError::Io { .. })) => Err(error),
        Err(_) => Ok(None),
    }
}

fn of_definition(text: &str) -> Vec<String> {
    let Some(flow) = check(text).flow else {
        return Vec::new();
    };
    let variables = flow.environment_variables.into_iter();
    let inputs = flow
        .inputs
        .into_iter()
        .filter(|input| is_secret_name(&input.name));
    let defaults = inputs.filter_map(|input| Some(input.default?.as_str()?.to_owned()));
    variables
        .map(|variable| variable.value)
        .filter(|value| !value.starts_with("${"))
        .chain(defaults)
        .collect()
}

/// What may be secret in a variable of an environment: the value when its name or its length says so, and what stands
/// in a URL.
fn of_variable(name: &str, value: &str) -> Vec<String> {
    // Folders, although their names look like one of a password.
    if ["PWD", "OLDPWD"].contains(&name) {
        return Vec::new();
    }
    let public = PUBLIC.iter().any(|begin| name.starts_with(begin));
    let long = value.len() >= 8 && !value.starts_with('/') && value.parse::<f64>().is_err();
    if is_secret_name(name) || (!public && long) {
        return vec![value.to_owned()];
    }
    secrets_in(value)
}

fn of_file(text: &str) -> Vec<String> {
    let mut secrets = secrets_in(text);
    // Docker keeps `user:password` so.
    let decoded = secrets.iter().filter_map(|secret| {
        let text = String::from_utf8(BASE64_STANDARD.decode(secret).ok()?).ok()?;
        Some(text.split_once(':')?.1.to_owned())
    });
    secrets.extend(decoded.collect::<Vec<_>>());
    secrets
}

fn credential_files() -> Vec<PathBuf> {
    let home = env::var_os("HOME").map(PathBuf::from);
    let below_home = FILES
        .iter()
        .filter_map(|file| Some(home.as_ref()?.join(file)));
    let docker =
        env::var_os("DOCKER_CONFIG").map(|folder| PathBuf::from(folder).join("config.json"));
    let named = ["NETRC", "PIP_CONFIG_FILE"]
        .into_iter()
        .filter_map(env::var_os);
    below_home
        .chain(docker)
        .chain(named.map(PathBuf::from))
        .chain([PathBuf::from("/etc/pip.conf")])
        .collect()
}

#[cfg_attr(
    not(test),
    expect(
        clippy::disallowed_methods,
        reason = "a file of the server's own or of its administrator's"
    )
)]
fn read(path: &Path) -> Option<String> {
    let size = fs::metadata(path).ok()?.len();
    (size <= FILE_LIMIT).then(|| fs::read_to_string(path).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_secret_by_name_or_by_length() {
        for (name, value, secret) in [
            ("MY_TOKEN", "abcd", true),
            ("ANYTHING", "abcdefgh1", true),
            ("FLOWDECK_TOKEN", "abcd", true),
            ("UV_INDEX_FEED_PASSWORD", "abcd", true),
            ("PATH", "bin:more:more", false),
            ("LEVEL", "12345678", false),
            ("FOLDER", "/a/long/folder", false),
        ] {
            assert_eq!(!of_variable(name, value).is_empty(), secret, "{name}");
        }
        let url = of_variable("PIP_INDEX_URL", "https://me:hunter22@feed/simple");
        assert_eq!(url, ["hunter22"]);
    }

    #[test]
    fn a_definition_s_variables_and_secret_defaults_are_known() {
        let text = "environment_variables:\n  PLAIN: canary-1\n  REF: ${conn.key}\ninputs:\n  api_key:\n    type: string\n    default: canary-2\n  name: {type: string, default: you}\n";
        assert_eq!(of_definition(text), ["canary-1", "canary-2"]);
    }

    #[test]
    fn what_nobody_could_look_into_is_an_error_and_what_is_no_text_is_nothing() {
        let path = || "a.yaml".to_owned();
        for error in [
            FileError::NotFound(path()),
            FileError::NotText(path()),
            FileError::Outside(path()),
        ] {
            assert!(where_it_is_text::<()>(Err(error)).unwrap().is_none());
        }
        let broken = std::io::Error::other("the disk is broken");
        for error in [FileError::Denied(path()), FileError::of("a.yaml", broken)] {
            assert!(where_it_is_text::<()>(Err(error)).is_err());
        }
    }

    #[test]
    fn a_docker_password_is_known_as_it_is_typed() {
        let auth = BASE64_STANDARD.encode("me:canary-3");
        let secrets = of_file(&format!(
            "{{\"auths\": {{\"r\": {{\"auth\": \"{auth}\"}}}}}}"
        ));
        assert_eq!(secrets, [auth, "canary-3".to_owned()]);
    }
}
