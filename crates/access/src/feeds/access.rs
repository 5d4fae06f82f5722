//! With what the private feeds of a session are opened, and what is said when that is not enough.

use url::Url;

use flowdeck_contract::codes;

use crate::{
    error::EngineError,
    identity::{Identities, Identity, Proof, Secret},
    web,
};

/// With what private feeds are opened.
#[derive(Clone, Debug, Default)]
pub enum FeedAccess {
    /// With nothing: the session has no user-assigned managed identity.
    #[default]
    NoIdentity,
    /// With an identity's credential, which is asked for when it is needed.
    Identity(Box<Identity>, Identities),
}

/// What a feed is shown.
#[derive(Clone, Debug)]
pub struct FeedCredential {
    /// The identity's name.
    pub(crate) identity: String,
    /// The user name; feeds such as those of Azure DevOps look at the token alone.
    pub(crate) user: String,
    pub(crate) token: Secret,
}

/// What the Azure article on private feeds says one has to do.
const ADVICE: &str = "Create a user-assigned managed identity and add it to the Azure DevOps organization, or pick an existing one. Ask your administrator to configure it here. Then choose it in Start with advanced settings, or in Change \
     compute session settings when the compute session is running.";

impl FeedAccess {
    /// The identity's name.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::NoIdentity => None,
            Self::Identity(identity, _) => Some(&identity.name),
        }
    }

    /// What the feed at `url`, which a person knows as `named`, is shown, as the user `user` when its line names one.
    ///
    /// # Errors
    /// When there is no identity, or its credential isn't available or is not meant for the feed's host.
    pub async fn credential(
        &self,
        url: &Url,
        named: &str,
        user: Option<&str>,
    ) -> Result<FeedCredential, EngineError> {
        let Self::Identity(identity, identities) = self else {
            let message = format!(
                "The feed {named} is private, and the compute session has no user-assigned managed identity whose token can replace ‘{{private}}’."
            );
            return Err(EngineError::new(codes::FEED_IDENTITY_MISSING, message).with_remedy(ADVICE));
        };
        let host = web::host(url);
        let found = identities.for_feed(identity, &host).await;
        let credential = found.map_err(|error| {
            let mut error = EngineError::from(error);
            let why = error.failure.message;
            error.failure.message = format!("Can’t open the feed {named}: {why}");
            error
        })?;
        match credential.proof {
            Proof::Password {
                user: usual,
                password,
            } => Ok(FeedCredential {
                identity: identity.name.clone(),
                user: user.map_or(usual, str::to_owned),
                token: password,
            }),
            Proof::Nothing | Proof::IdentityToken(_) => Err(EngineError::new(
                codes::FEED_IDENTITY_MISSING,
                format!(
                    "The identity ‘{}’ has no credential for feeds.",
                    identity.name
                ),
            )),
        }
    }
}

/// The refusal of a feed: which feed, which identity, and what is missing.
pub(crate) fn refusal(feed: &str, identity: Option<&str>, status: u16) -> EngineError {
    let azure = is_azure_devops(feed);
    let Some(identity) = identity else {
        let message = format!(
            "The feed {feed} refused access ({status}). It needs a user name and password, or a token."
        );
        return EngineError::new(codes::FEED_REFUSED, message).with_remedy(
            "Add ‘{private}@’ before its host to use the token of the session’s identity.",
        );
    };
    let (lacks, remedy) = match (azure, status) {
        (true, 401) => (
            "its token doesn’t belong to the organization",
            format!(
                "Add ‘{identity}’ to the Azure DevOps organization and give it the role Feed Reader in the feed’s settings; if it has the role, its token has expired or is wrong: ask your administrator."
            ),
        ),
        (true, _) => (
            "the role Feed Reader is missing",
            format!(
                "Give ‘{identity}’ the role Feed Reader (Collaborator, to take packages from upstream sources that the feed hasn’t saved) in the feed’s settings."
            ),
        ),
        (false, 401) => (
            "its user name or token isn’t accepted",
            format!(
                "Ask your administrator for the credential of ‘{identity}’, and the feed’s owner for an account that can read the feed."
            ),
        ),
        (false, _) => (
            "read permission is missing",
            format!("Ask the feed’s owner to give ‘{identity}’ read permission."),
        ),
    };
    let message = format!("The feed {feed} refused the identity ‘{identity}’ ({status}): {lacks}.");
    EngineError::new(codes::FEED_REFUSED, message).with_remedy(remedy)
}

fn is_azure_devops(feed: &str) -> bool {
    let host = feed.split_once("://").map_or(feed, |(_, rest)| rest);
    let host = host.split(['/', ':', '?']).next().unwrap_or(host);
    host == "pkgs.dev.azure.com" || host.ends_with(".pkgs.visualstudio.com")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_names_the_feed_the_identity_and_the_right() {
        let feed = "https://pkgs.dev.azure.com/org/_packaging/f/pypi/simple/";
        let error = refusal(feed, Some("builder"), 403);
        for part in [feed, "‘builder’", "Feed Reader"] {
            assert!(
                error.failure.message.contains(part),
                "{}",
                error.failure.message
            );
        }
        let error = refusal("https://org.pkgs.visualstudio.com/f", Some("builder"), 401);
        assert!(error.failure.remedy.unwrap().contains("Feed Reader"));
        let error = refusal("https://feeds/pkgs.dev.azure.com/", Some("builder"), 403);
        assert!(
            error.failure.message.contains("read permission"),
            "{}",
            error.failure.message
        );
        assert!(
            refusal("https://h/", None, 401)
                .failure
                .remedy
                .unwrap()
                .contains("{private}")
        );
    }

    #[tokio::test]
    async fn without_an_identity_one_is_told_the_article_s_steps() {
        let url = Url::parse("https://h/").unwrap();
        let error = FeedAccess::NoIdentity
            .credential(&url, url.as_str(), None)
            .await;
        let remedy = error.unwrap_err().failure.remedy.unwrap();
        for step in [
            "Azure DevOps organization",
            "Start with advanced settings",
            "Change compute session settings",
        ] {
            assert!(remedy.contains(step), "{step}");
        }
    }
}
