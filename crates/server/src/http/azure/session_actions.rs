//! What the contract's requests ask of a session, whichever way it is named.

use flowdeck_compute::{Owner, StartSession, UpdateSession};
use flowdeck_contract::{
    azure::{SetupFlowSessionAction, SetupFlowSessionRequest},
    ids::OperationId,
    session::SessionState,
};

use crate::{
    App,
    http::error::{ApiError, ApiResult},
};

/// Does with a session what a request asks for.
pub(super) async fn carry_out(
    app: &App,
    owner: &Owner,
    action: SetupFlowSessionAction,
    request: &SetupFlowSessionRequest,
) -> ApiResult<OperationId> {
    refuse_what_the_engine_lacks(request)?;
    let max_idle_time_seconds = idle_time(request)?;
    let compute = &app.compute;
    Ok(match (action, compute.session(owner).state) {
        (SetupFlowSessionAction::Install, SessionState::Available) => compute.install(owner).await,
        (SetupFlowSessionAction::Install, _) => {
            compute
                .start(
                    owner,
                    StartSession {
                        max_idle_time_seconds,
                    },
                )
                .await
        }
        (SetupFlowSessionAction::Reset, _) => compute.reset(owner).await,
        (SetupFlowSessionAction::Update, _) => {
            compute
                .update(
                    owner,
                    UpdateSession {
                        max_idle_time_seconds,
                    },
                )
                .await
        }
        (SetupFlowSessionAction::Delete, _) => compute.stop(owner).await,
    }?)
}

/// What asks for a machine of a kind is refused rather than dropped: the process engine has but this one.
pub(super) fn refuse_what_the_engine_lacks(request: &SetupFlowSessionRequest) -> ApiResult<()> {
    let asked = [
        ("vmSize", "VmSizeNotSupported", &request.vm_size),
        ("identity", "IdentityNotSupported", &request.identity),
        (
            "computeName",
            "ComputeInstanceNotSupported",
            &request.compute_name,
        ),
    ];
    match asked.into_iter().find(|(_, _, value)| value.is_some()) {
        None => Ok(()),
        Some((field, code, _)) => {
            let message = format!(
                "Sessions run as processes on this server's machine, so {field} cannot be chosen."
            );
            Err(ApiError::bad_request(code, message)
                .target(field)
                .remedy(format!("Leave {field} out.")))
        }
    }
}

/// The idle time that a request asks for.
pub(super) fn idle_time(request: &SetupFlowSessionRequest) -> ApiResult<Option<u64>> {
    request
        .max_idle_time_seconds
        .map(u64::try_from)
        .transpose()
        .map_err(|_| {
            ApiError::bad_request("InvalidIdleTime", "maxIdleTimeSeconds cannot be negative.")
                .target("maxIdleTimeSeconds")
        })
}
