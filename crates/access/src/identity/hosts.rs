//! Which hosts a credential may be shown to.

use std::fmt;

/// A host, with the port when it is not the usual one, or `*.` and the end of many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostPattern(String);

impl HostPattern {
    /// Whether `host`, with the port when it has one, is such a host.
    #[must_use]
    pub fn matches(&self, host: &str) -> bool {
        let host = host.to_ascii_lowercase();
        match self.0.strip_prefix('*') {
            // At least one character stands for the star.
            Some(end) => host.len() > end.len() && host.ends_with(end),
            None => host == self.0,
        }
    }
}

impl TryFrom<&str> for HostPattern {
    type Error = &'static str;

    /// Gives what is right when it is none.
    fn try_from(text: &str) -> Result<Self, Self::Error> {
        let (host, port) = text.split_once(':').unwrap_or((text, "1"));
        let is_label = |label: &str| {
            !label.is_empty()
                && label
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        };
        // A star for a whole top-level domain would be anybody's.
        let labels = match host.strip_prefix("*.") {
            Some(rest) if rest.contains('.') => rest,
            Some(_) => "",
            None => host,
        };
        let is_host = labels.split('.').all(is_label);
        let is_port = port.parse::<u16>().is_ok_and(|port| port > 0);
        (is_host && is_port)
            .then(|| Self(text.to_ascii_lowercase()))
            .ok_or("write a host such as registry.example.com, registry.example.com:5000 or *.example.com")
    }
}

impl fmt::Display for HostPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether it is an Azure Container Registry, in Azure's public clouds.
pub(crate) fn is_acr(host: &str) -> bool {
    let ends = [".azurecr.io", ".azurecr.cn", ".azurecr.us"];
    ends.iter()
        .any(|end| host.to_ascii_lowercase().ends_with(end))
}

/// Whether it serves Azure DevOps' package feeds.
pub(super) fn is_azure_feed(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    host == "pkgs.dev.azure.com" || host.ends_with(".pkgs.visualstudio.com")
}

/// Whether it is an Azure AI service that takes Microsoft Entra ID's tokens, in Azure's public clouds.
pub(super) fn is_azure_ai(host: &str) -> bool {
    let ends = [
        ".openai.azure.com",
        ".openai.azure.us",
        ".cognitiveservices.azure.com",
        ".cognitiveservices.azure.us",
        ".services.ai.azure.com",
    ];
    let host = host.to_ascii_lowercase();
    is_azure_search(&host) || ends.iter().any(|end| host.ends_with(end))
}

/// Whether it is an Azure AI Search service.
pub(super) fn is_azure_search(host: &str) -> bool {
    let ends = [
        ".search.windows.net",
        ".search.azure.us",
        ".search.azure.cn",
    ];
    ends.iter()
        .any(|end| host.to_ascii_lowercase().ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_matches_whole_hosts() {
        for (pattern, host, matches) in [
            ("a.example", "A.example", true),
            ("a.example", "a.example:5000", false),
            ("a.example:5000", "a.example:5000", true),
            ("a.example", "b.a.example", false),
            ("*.a.example", "b.a.example", true),
            ("*.a.example", "a.example", false),
            ("*.a.example", "evila.example", false),
            ("localhost", "localhost", true),
        ] {
            let found = HostPattern::try_from(pattern).unwrap().matches(host);
            assert_eq!(found, matches, "{pattern} {host}");
        }
        for wrong in [
            "",
            "*",
            "*.com",
            "https://a.example",
            "a/b",
            "a..b",
            "a:x",
            "a:0",
        ] {
            assert!(HostPattern::try_from(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn azures_own_hosts_are_known_by_their_ends() {
        assert!(is_acr("team.azurecr.io") && !is_acr("team.azurecr.io.evil.example"));
        assert!(is_azure_feed("pkgs.dev.azure.com") && !is_azure_feed("evilpkgs.dev.azure.com"));
    }
}
