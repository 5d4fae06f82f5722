//! Whether a feed can be used: asks it as an install would, and says what is wrong.

use flowdeck_contract::codes;
use flowdeck_contract::feeds::FeedOutcome;
use flowdeck_flow::{FeedAddress, LineKind, is_private};
use reqwest::{
    Method, Response, Url,
    header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderValue},
};

use super::{
    access::{FeedAccess, FeedCredential, refusal},
    client::{Client, Key},
};
use crate::{
    error::EngineError, redact::bare_address, requirements::RequirementSet, web::WebError,
};

const PAGES: &str = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.01";
/// Indexes name themselves in the first lines, and some are very long.
const ENOUGH: usize = 64 * 1024;

/// What was found of a feed.
pub struct Found {
    /// Whether the feed can be read, and if not, what is in the way.
    pub outcome: FeedOutcome,
    /// That as a sentence.
    pub message: String,
    /// What the person can do.
    pub remedy: Option<String>,
}

/// Asks the index at `address`, as it stands in a requirements file. Some feeds do not list their packages; then the
/// page of `package` is looked for.
pub async fn probe(
    client: &Client,
    access: &FeedAccess,
    address: &str,
    package: Option<&str>,
) -> Found {
    let private = FeedAddress::of(address);
    let shown = private
        .as_ref()
        .map_or_else(|| bare_address(address), |feed| feed.url.clone());
    let Ok(mut url) = Url::parse(private.as_ref().map_or(address, |feed| &feed.url)) else {
        return failed(
            FeedOutcome::NotAnIndex,
            format!("‘{shown}’ isn’t an address."),
            "Use an address such as https://host/path/simple/.",
        );
    };
    let mut key = None;
    if let Some(feed) = &private {
        match access.credential(&url, &shown, feed.user.as_deref()).await {
            Ok(FeedCredential { user, token, .. }) => {
                let origin = url.clone();
                key = Some(Key {
                    origin,
                    user,
                    token,
                });
            }
            Err(error) => return of_error(FeedOutcome::NoIdentity, error),
        }
    }
    if !url.path().ends_with('/') {
        url.set_path(&format!("{}/", url.path()));
    }
    let identity = access.name().filter(|_| private.is_some());
    let mut answer = ask(client, &url, key.as_ref()).await;
    if matches!(answer, Ok(Answer::NotFound | Answer::Other))
        && let Some(page) = package.and_then(|package| url.join(&format!("{package}/")).ok())
    {
        let of_package = ask(client, &page, key.as_ref()).await;
        if !matches!(of_package, Ok(Answer::NotFound)) {
            answer = of_package;
        }
    }
    let with = identity.map(|name| format!(" with the identity ‘{name}’"));
    let with = with.unwrap_or_default();
    match answer {
        Ok(Answer::Index) => Found {
            outcome: FeedOutcome::Ok,
            message: format!("{shown} can be read{with}."),
            remedy: None,
        },
        Ok(Answer::Refused(status)) => {
            of_error(FeedOutcome::Refused, refusal(&shown, identity, status))
        }
        Ok(Answer::NotFound) => failed(
            FeedOutcome::NotFound,
            format!("No feed at {shown} (404)."),
            "Check the path. For an Azure DevOps feed, it’s /ORGANIZATION/PROJECT/_packaging/FEED/pypi/simple/.",
        ),
        Ok(Answer::Other) => failed(
            FeedOutcome::NotAnIndex,
            format!("{shown} answers, but isn’t a package index."),
            "Use the address of the index itself, which usually ends with /simple/.",
        ),
        Ok(Answer::Status(status)) => failed(
            FeedOutcome::Unreachable,
            format!("{shown} answered with the status {status}."),
            "Try again later, or ask the feed’s owner.",
        ),
        Err(why @ WebError::NoHost(_)) => failed(
            FeedOutcome::NoSuchHost,
            format!("Can’t find the feed {shown}: {why}."),
            "Check the spelling of the host.",
        ),
        Err(why @ WebError::Near(_)) => failed(
            FeedOutcome::Unreachable,
            format!("Can’t test the feed {shown}: {why}."),
            "Sessions run in containers, which can’t reach it there. Use an address that they can reach. For a private feed, the administrator can name the host in `hosts` of an identity.",
        ),
        Err(why) => failed(
            FeedOutcome::Unreachable,
            format!("Can’t read the feed {shown}: {why}."),
            "Check the feed’s address and the network, then try again.",
        ),
    }
}

/// That every private feed of the requirements can be read with what they are opened with.
pub async fn require_readable(
    files: &RequirementSet,
    access: &FeedAccess,
) -> Result<(), EngineError> {
    let package = files.package();
    let client = Client::default();
    for (_, line) in files.lines() {
        let LineKind::Index(address) = &line.kind else {
            continue;
        };
        if !is_private(address) {
            continue;
        }
        let found = probe(&client, access, address, package.as_deref()).await;
        if found.outcome != FeedOutcome::Ok {
            return Err(EngineError::new(codes::FEED_REFUSED, found.message));
        }
    }
    Ok(())
}

enum Answer {
    Index,
    Refused(u16),
    NotFound,
    Status(u16),
    /// A page, but not of an index.
    Other,
}

async fn ask(client: &Client, url: &Url, key: Option<&Key>) -> Result<Answer, WebError> {
    let headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static(PAGES))]);
    let (response, _) = client.send(Method::GET, url.clone(), headers, key).await?;
    Ok(match response.status().as_u16() {
        200 if is_index(response).await => Answer::Index,
        200 => Answer::Other,
        status @ (401 | 403) => Answer::Refused(status),
        404 | 410 => Answer::NotFound,
        status => Answer::Status(status),
    })
}

async fn is_index(mut response: Response) -> bool {
    let kind = response.headers().get(CONTENT_TYPE);
    let kind = kind
        .and_then(|kind| kind.to_str().ok())
        .unwrap_or_default()
        .to_ascii_lowercase();
    if kind.starts_with("application/vnd.pypi.simple.v1+") {
        return true;
    }
    let mut start = Vec::new();
    while start.len() < ENOUGH
        && let Ok(Some(chunk)) = response.chunk().await
    {
        start.extend_from_slice(&chunk);
    }
    let text = String::from_utf8_lossy(&start).to_lowercase();
    let json = kind.starts_with("application/json") && text.contains("\"meta\"");
    let signs = [
        "pypi:repository-version",
        "<title>simple ",
        "links for",
        ".whl",
        ".tar.gz",
    ];
    json || (kind.starts_with("text/html") && signs.iter().any(|sign| text.contains(sign)))
}

fn failed(outcome: FeedOutcome, message: String, remedy: &str) -> Found {
    Found {
        outcome,
        message,
        remedy: Some(remedy.to_owned()),
    }
}

fn of_error(outcome: FeedOutcome, error: EngineError) -> Found {
    Found {
        outcome,
        message: error.failure.message,
        remedy: error.failure.remedy,
    }
}
