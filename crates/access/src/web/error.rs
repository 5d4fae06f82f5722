//! Why something outside gave no answer.

use std::{error::Error as _, io};

use reqwest::Url;

use super::{NoAddress, in_a_line, near::OnlyNear};

/// Why there is no answer, as a phrase that names the host. Holds nothing else of the address, whose path or query may
/// be a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum WebError {
    #[error("no host has the name ‘{0}’")]
    NoHost(String),
    #[error("‘{0}’ didn’t answer in time")]
    TimedOut(String),
    #[error("‘{0}’ has a certificate that this machine doesn’t trust")]
    NotTrusted(String),
    #[error("can’t connect to ‘{host}’")]
    Unreachable { host: String, why: String },
    #[error("‘{0}’ redirects in a circle, or to an unencrypted address")]
    Redirects(String),
    #[error("‘{0}’ is an address of the server’s own machine")]
    Near(String),
    #[error("its answer is too large")]
    TooLarge,
    #[error("no request could be made: {0}")]
    NoRequest(String),
}

impl WebError {
    /// What a request to `url` failed with.
    pub(crate) fn of(url: &Url, error: &reqwest::Error) -> Self {
        let host = host(url);
        if error.is_timeout() {
            return Self::TimedOut(host);
        }
        let mut cause = error.source();
        while let Some(error) = cause {
            if error.is::<OnlyNear>() {
                return Self::Near(host);
            }
            if let Some(NoAddress { name, source }) = error.downcast_ref() {
                // The resolver's own words are all that tells a name without a host from a resolver that is down.
                return match source.to_string() {
                    why if why.contains("Temporary failure") => Self::Unreachable { host, why },
                    _ => Self::NoHost(name.clone()),
                };
            }
            if is_certificate(error) {
                return Self::NotTrusted(host);
            }
            cause = error.source();
        }
        let why = innermost(error);
        Self::Unreachable { host, why }
    }

    /// The phrase for a sentence that has named the host already.
    pub(crate) fn of_it(&self) -> String {
        match self {
            Self::TimedOut(_) => "it didn’t answer in time".to_owned(),
            Self::NotTrusted(_) => "this machine doesn’t trust its certificate".to_owned(),
            Self::Unreachable { why, .. } => format!("can’t connect to it ({why})"),
            other => other.to_string(),
        }
    }
}

/// Whether a certificate was refused. TLS errors are within those of input and output.
fn is_certificate(error: &(dyn std::error::Error + 'static)) -> bool {
    let inner = error
        .downcast_ref::<io::Error>()
        .and_then(io::Error::get_ref);
    let tls = match inner {
        Some(inner) => inner.downcast_ref::<rustls::Error>(),
        None => error.downcast_ref::<rustls::Error>(),
    };
    matches!(tls, Some(rustls::Error::InvalidCertificate(_)))
}

/// The host of an address, with its port when it has one.
pub(crate) fn host(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

/// The first cause, which names no address.
pub(super) fn innermost(error: &reqwest::Error) -> String {
    let mut innermost: &dyn std::error::Error = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    match innermost.downcast_ref::<reqwest::Error>() {
        // One without a cause would be shown with its address.
        Some(_) => "the request failed".to_owned(),
        None => in_a_line(&innermost.to_string()),
    }
}
