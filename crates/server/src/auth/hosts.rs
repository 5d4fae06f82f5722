//! The names under which the server is reached. A page of another site that makes its own name point here is refused.

use std::net::IpAddr;

/// Names and addresses that a `Host` header may have, in lower case, without ports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllowedHosts(Vec<String>);

impl AllowedHosts {
    /// The names of this machine for itself, the address listened on, and `more`.
    #[must_use]
    pub fn new(listen: IpAddr, more: &[String]) -> Self {
        let mut names: Vec<String> = ["localhost", "127.0.0.1", "[::1]"]
            .map(str::to_owned)
            .into();
        match listen {
            address if address.is_unspecified() => {}
            IpAddr::V4(address) => names.push(address.to_string()),
            IpAddr::V6(address) => names.push(format!("[{address}]")),
        }
        // A port may be given with it; the name alone counts.
        names.extend(
            more.iter()
                .map(|name| name_of(name).unwrap_or(name).to_ascii_lowercase()),
        );
        Self(names)
    }

    /// Whether `host`, with or without a port, is one of them.
    #[must_use]
    pub fn allow(&self, host: &str) -> bool {
        name_of(host).is_some_and(|name| {
            self.0
                .iter()
                .any(|allowed| allowed.eq_ignore_ascii_case(name))
        })
    }
}

/// The name in a `Host` header; `None` when it is none.
fn name_of(host: &str) -> Option<&str> {
    let end = match host.strip_prefix('[') {
        Some(rest) => rest.find(']')? + 2,
        None => host.find(':').unwrap_or(host.len()),
    };
    let (name, port) = host.split_at(end);
    let is_port = |port: &str| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    let has_good_port = port.is_empty() || port.strip_prefix(':').is_some_and(is_port);
    (!name.is_empty() && has_good_port).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_names_are_allowed_on_any_port_and_others_are_not() {
        let hosts = AllowedHosts::new(
            "0.0.0.0".parse().unwrap(),
            &["Deck.example:8443".to_owned()],
        );
        for host in [
            "localhost",
            "LOCALHOST:8642",
            "127.0.0.1:1",
            "[::1]",
            "[::1]:8642",
            "deck.example:443",
        ] {
            assert!(hosts.allow(host), "{host}");
        }
        for host in [
            "",
            ":",
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.nip.io",
            "0.0.0.0:8642",
            "localhost:",
            "localhost:80@evil.example",
            "[::1",
            "[::2]",
            "user@localhost",
            "127.0.0.1:8642:1",
        ] {
            assert!(!hosts.allow(host), "{host}");
        }
    }

    #[test]
    fn the_address_listened_on_is_allowed() {
        assert!(AllowedHosts::new("10.0.0.7".parse().unwrap(), &[]).allow("10.0.0.7:8642"));
        assert!(AllowedHosts::new("fd00::7".parse().unwrap(), &[]).allow("[fd00::7]:8642"));
    }
}
