//! What a request of the public contract does to a session, by whichever path it comes.

use flowdeck_compute::{Anew, Ask, StartSession};
use flowdeck_contract::{
    azure::{InstallIntent, SetupFlowSessionAction, SetupFlowSessionRequest},
    session::{SessionState, SessionView},
    settings::{ComputeChoice, IdleShutdown, SessionSettings},
};

use crate::http::error::{ApiError, ApiResult};

/// `maxIdleTimeSeconds` of a session that does not end for lack of use.
const NEVER: i64 = -1;

/// What a request asks of a session that stands as `session` does. The contract's `Install` starts a session or installs
/// into one: a client that says which gets that or a refusal, for others the state decides.
pub(super) fn ask(
    request: &SetupFlowSessionRequest,
    action: SetupFlowSessionAction,
    session: SessionView,
) -> ApiResult<Ask> {
    let intent = request.intent.unwrap_or(match session.state {
        SessionState::Available => InstallIntent::Install,
        _ => InstallIntent::Start,
    });
    Ok(match (action, intent) {
        (SetupFlowSessionAction::Install, InstallIntent::Install) => {
            Ask::Install(request.runtime_versions)
        }
        (SetupFlowSessionAction::Install, InstallIntent::Start) => Ask::Start(start(request)?),
        (SetupFlowSessionAction::Reset, _) => Ask::Reset(anew(request)),
        (SetupFlowSessionAction::Update, _) => Ask::Update(settings(request, session.settings)?),
        (SetupFlowSessionAction::Delete, _) => Ask::Stop,
    })
}

/// The start that a request asks for.
pub(super) fn start(request: &SetupFlowSessionRequest) -> ApiResult<StartSession> {
    Ok(StartSession {
        settings: settings(request, SessionSettings::default())?,
        anew: anew(request),
    })
}

fn anew(request: &SetupFlowSessionRequest) -> Anew {
    Anew {
        environment: request.rebuild_environment == Some(true),
        image: request.pull_image == Some(true),
    }
}

/// `now` with what a request asks for. What it leaves out stays; an empty text is the default.
fn settings(request: &SetupFlowSessionRequest, now: SessionSettings) -> ApiResult<SessionSettings> {
    Ok(SessionSettings {
        compute: compute(request, now.compute)?,
        idle_shutdown: idle_shutdown(request)?.unwrap_or(now.idle_shutdown),
        base_image: now.base_image,
        runtime_versions: request.runtime_versions.unwrap_or(now.runtime_versions),
    })
}

fn compute(request: &SetupFlowSessionRequest, now: ComputeChoice) -> ApiResult<ComputeChoice> {
    let given = |field: &Option<String>| {
        field
            .as_ref()
            .map(|text| Some(text.clone()).filter(|text| !text.is_empty()))
    };
    let (vm_size, identity, name) = (
        given(&request.vm_size),
        given(&request.identity),
        given(&request.compute_name),
    );
    let on = match (name, &now) {
        (Some(name), _) => name,
        (None, ComputeChoice::Instance { name }) => Some(name.clone()),
        (None, ComputeChoice::Serverless { .. }) => None,
    };
    if let Some(name) = on {
        let fixed = [("vmSize", &vm_size), ("identity", &identity)];
        let asked = |(_, value): &(&str, &Option<Option<String>>)| matches!(value, Some(Some(_)));
        return match fixed.into_iter().find(asked) {
            None => Ok(ComputeChoice::Instance { name }),
            Some((field, _)) => Err(its_own(field, &name)),
        };
    }
    match now {
        ComputeChoice::Instance { .. } => Ok(ComputeChoice::Serverless {
            vm_size: vm_size.flatten(),
            identity: identity.flatten(),
        }),
        ComputeChoice::Serverless {
            vm_size: old_size,
            identity: old_identity,
        } => Ok(ComputeChoice::Serverless {
            vm_size: vm_size.unwrap_or(old_size),
            identity: identity.unwrap_or(old_identity),
        }),
    }
}

fn its_own(field: &str, instance: &str) -> ApiError {
    let message = format!(
        "Can’t set {field} on the compute instance ‘{instance}’. Its VM size and identity are fixed."
    );
    ApiError::bad_request("ComputeInstanceFixed", message)
        .target(field)
        .remedy(format!(
            "Leave {field} out, or set computeName to an empty string for serverless compute."
        ))
}

fn idle_shutdown(request: &SetupFlowSessionRequest) -> ApiResult<Option<IdleShutdown>> {
    let Some(seconds) = request.max_idle_time_seconds else {
        return Ok(None);
    };
    if seconds == NEVER {
        return Ok(Some(IdleShutdown::Never));
    }
    match u64::try_from(seconds) {
        Ok(seconds) => Ok(Some(IdleShutdown::After(seconds))),
        Err(_) => Err(ApiError::bad_request(
            "InvalidIdleTime",
            "maxIdleTimeSeconds can’t be negative, except -1 for never.",
        )
        .target("maxIdleTimeSeconds")),
    }
}
