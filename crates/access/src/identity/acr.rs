//! Azure Container Registry: a token of Azure's becomes a refresh token of the registry's own.

use serde::Deserialize;

use super::{IdentityError, Secret, Who};
use crate::web::{self, Web};

#[derive(Deserialize)]
struct Exchanged {
    refresh_token: Secret,
}

/// What the registry on `host` gives for `token`: a refresh token, which lives some hours.
pub(super) async fn exchange(
    web: &Web,
    host: &str,
    token: &Secret,
    who: &Who,
) -> Result<Secret, IdentityError> {
    let refused = |why: String| IdentityError::ExchangeRefused {
        who: who.clone(),
        registry: host.to_owned(),
        why: web::in_a_line(&token.cut_from(&why)),
    };
    let address = format!("{}/oauth2/exchange", web::origin(host));
    let client = web
        .client(web::route(host))
        .map_err(|error| refused(error.of_it()))?;
    let request = client.post(address).form(&[
        ("grant_type", "access_token"),
        ("service", host),
        ("access_token", token.reveal()),
    ]);
    let answer = Web::send(request)
        .await
        .map_err(|error| refused(error.of_it()))?;
    answer
        .json::<Exchanged>()
        .filter(|_| answer.status.is_success())
        .map(|exchanged| exchanged.refresh_token)
        .ok_or_else(|| refused(answer.reason()))
}
