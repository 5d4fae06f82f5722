//! Which variables of the server's environment a session's processes are given: those on a list, and those that the
//! administrator names. All others may hold a secret.

use std::ffi::{OsStr, OsString};

use flowdeck_access::identity::is_the_servers;

/// Given to all: where programs, homes and passing files are, language and time zone, and how the network is reached.
const EVERYWHERE: [&str; 29] = [
    "PATH",
    "LD_LIBRARY_PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "SHELL",
    "LANG",
    "LANGUAGE",
    "TZ",
    "TMPDIR",
    "XDG_CACHE_HOME",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "FTP_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "all_proxy",
    "ftp_proxy",
    "no_proxy",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "GIT_SSL_CAINFO",
    "NODE_EXTRA_CA_CERTS",
];
/// Given to installs as well: the settings of compilers.
const INSTALLS: [&str; 9] = [
    "CC",
    "CXX",
    "CFLAGS",
    "CXXFLAGS",
    "CPPFLAGS",
    "LDFLAGS",
    "PKG_CONFIG_PATH",
    "CARGO_HOME",
    "RUSTUP_HOME",
];
/// How settings of pip and uv begin, which installs are given, but for what publishing takes.
const SETTINGS: [&str; 2] = ["PIP_", "UV_"];
const PUBLISHING: &str = "UV_PUBLISH_";
const LOCALE: &str = "LC_";

/// What would make Python, uv or promptflow look elsewhere than into the session's environment.
const MISLEADING: [&str; 8] = [
    "PYTHONPATH",
    "PYTHONHOME",
    "PYTHONSTARTUP",
    "PYTHONPYCACHEPREFIX",
    "VIRTUAL_ENV",
    "CONDA_PREFIX",
    "PF_BATCH_METHOD",
    "__PYVENV_LAUNCHER__",
];

/// The name of a variable of the server's environment that sessions may be given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VariableName(String);

impl VariableName {
    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<&str> for VariableName {
    /// What would be right.
    type Error = &'static str;

    fn try_from(name: &str) -> Result<Self, Self::Error> {
        let begins = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
        let is_name = name.bytes().next().is_some_and(begins)
            && name
                .bytes()
                .all(|byte| begins(byte) || byte.is_ascii_digit());
        if !is_name {
            return Err("use letters, digits and underscores, and no digit first");
        }
        if is_the_servers(OsStr::new(name)) {
            return Err("it's the server's own and isn't given to sessions; use another name");
        }
        if MISLEADING.contains(&name) {
            return Err("it would lead Python out of the session's environment; leave it out");
        }
        Ok(Self(name.to_owned()))
    }
}

/// What a process of a session is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To run the flow's code.
    Flow,
    /// To make environments and install packages.
    Install,
}

/// Those of these variables that a process for this purpose is given, with those that the administrator has added.
pub(crate) fn given(
    environment: impl Iterator<Item = (OsString, OsString)>,
    named: &[VariableName],
    purpose: Purpose,
) -> impl Iterator<Item = (OsString, OsString)> {
    environment.filter(move |(name, _)| {
        let is = |other: &str| name == other;
        let begins = |with: &str| {
            let name = name.as_encoded_bytes();
            name.starts_with(with.as_bytes())
        };
        let for_installs = || {
            INSTALLS.into_iter().any(is)
                || (SETTINGS.into_iter().any(begins) && !begins(PUBLISHING))
        };
        EVERYWHERE.into_iter().any(is)
            || begins(LOCALE)
            || (purpose == Purpose::Install && for_installs())
            || named.iter().any(|named| is(named.as_str()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(purpose: Purpose, named: &[&str]) -> Vec<String> {
        let all = [
            "PATH",
            "HOME",
            "LC_ALL",
            "https_proxy",
            "SSL_CERT_FILE",
            "CFLAGS",
            "UV_INDEX",
            "UV_PUBLISH_TOKEN",
            "PIP_INDEX_URL",
            "AWS_SECRET_ACCESS_KEY",
            "OPENAI_API_KEY",
            "FLOWDECK_TOKEN",
            "IDENTITY_HEADER",
            "PYTHONPATH",
            "PATHS",
        ];
        let environment = all.map(|name| (OsString::from(name), OsString::from("x")));
        let named: Vec<VariableName> = named
            .iter()
            .map(|name| VariableName::try_from(*name).unwrap())
            .collect();
        given(environment.into_iter(), &named, purpose)
            .map(|(name, _)| name.into_string().unwrap())
            .collect()
    }

    #[test]
    fn only_what_is_on_a_list_is_given() {
        let everywhere = ["PATH", "HOME", "LC_ALL", "https_proxy", "SSL_CERT_FILE"];
        assert_eq!(names(Purpose::Flow, &[]), everywhere);
        let with_key = [&everywhere[..], &["OPENAI_API_KEY"]].concat();
        assert_eq!(names(Purpose::Flow, &["OPENAI_API_KEY", "UNSET"]), with_key);
        let installs = [&everywhere[..], &["CFLAGS", "UV_INDEX", "PIP_INDEX_URL"]].concat();
        assert_eq!(names(Purpose::Install, &[]), installs);
    }

    #[test]
    fn what_is_the_server_s_own_cannot_be_named() {
        for name in [
            "",
            "1A",
            "A-B",
            "A=B",
            "A B",
            "É",
            "FLOWDECK_TOKEN",
            "IDENTITY_HEADER",
            "PYTHONPATH",
        ] {
            assert!(VariableName::try_from(name).is_err(), "{name}");
        }
        assert!(VariableName::try_from("_a1").is_ok());
    }
}
