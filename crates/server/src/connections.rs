//! What the server's operations on connections have in common.

use std::{collections::BTreeMap, sync::Arc};

use axum::http::{
    HeaderMap, StatusCode,
    header::{HeaderName, IF_MATCH, IF_NONE_MATCH},
};
use flowdeck_connections::Condition;
use flowdeck_contract::connections::{ConnectionName, ConnectionUse};

use crate::{
    App,
    flows::Activity,
    http::error::{ApiError, ApiResult},
};

/// Who asks for which connection.
pub(crate) struct Users(BTreeMap<String, Vec<ConnectionUse>>);

impl Users {
    /// Those that ask for one.
    pub(crate) fn of(&self, name: &ConnectionName) -> Vec<ConnectionUse> {
        self.0.get(name.as_str()).cloned().unwrap_or_default()
    }
}

/// Looks through all flows. One that can't be read asks for nothing.
pub(crate) fn users(app: &App) -> ApiResult<Users> {
    let flows = Arc::clone(&app.flows);
    let list = flows.list(|_| Activity::default())?;
    let mut users = BTreeMap::<String, Vec<ConnectionUse>>::new();
    for flow in list.flows {
        let needs = app.compute.connection_needs(&flow.id, &BTreeMap::new());
        let needs = needs.unwrap_or_else(|error| {
            tracing::info!(flow = %flow.id, %error, "which connections a flow uses is unknown");
            Vec::new()
        });
        for need in needs {
            let uses = users.entry(need.name).or_default();
            let used = ConnectionUse {
                flow: flow.id.clone(),
                node: need.node,
            };
            if !uses.contains(&used) {
                uses.push(used);
            }
        }
    }
    Ok(Users(users))
}

/// What a request expects of the connection that there is.
pub(crate) fn condition(headers: &HeaderMap) -> ApiResult<Condition> {
    if text(headers, &IF_NONE_MATCH)? == Some("*") {
        return Ok(Condition::Absent);
    }
    Ok(match text(headers, &IF_MATCH)? {
        None | Some("*") => Condition::None,
        Some(tag) => Condition::Is(tag.to_owned()),
    })
}

/// A change that could overwrite somebody's must say what it expects.
pub(crate) fn required(condition: Condition) -> ApiResult<Condition> {
    match condition {
        Condition::None => Err(ApiError::new(
            StatusCode::PRECONDITION_REQUIRED,
            "PreconditionRequired",
            "A connection can't be stored without a precondition.",
        )
        .remedy(
            "Send If-Match with the connection's ETag, or If-None-Match: * for a new connection.",
        )),
        condition => Ok(condition),
    }
}

fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> ApiResult<Option<&'h str>> {
    let value = headers.get(name).map(|value| value.to_str());
    value.transpose().map_err(|_| {
        ApiError::bad_request("InvalidHeader", format!("The header {name} isn’t text."))
    })
}
