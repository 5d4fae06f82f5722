//! A session in the contract's words.

use flowdeck_contract::{
    azure::{FlowSessionDto, ManagedServiceIdentity, RuntimeStatus},
    error::{Correlation, ErrorResponse, RootError},
    session::{InstalledPackage, PhaseState, SessionFailure, SessionState, SessionView},
    settings::ComputeChoice,
};

use crate::time::rfc3339;

/// The answer of `sessions/status`.
pub(super) fn of(session: SessionView, packages: Option<Vec<InstalledPackage>>) -> FlowSessionDto {
    let (compute_name, identity) = match session.settings.compute.clone() {
        ComputeChoice::Serverless { identity, .. } => (None, identity),
        ComputeChoice::Instance { name } => (Some(name), None),
    };
    FlowSessionDto {
        vm_size: session.size.as_ref().map(|size| size.name.clone()),
        base_image: session.settings.base_image.clone(),
        compute_name,
        identity: identity
            .as_deref()
            .map(ManagedServiceIdentity::user_assigned),
        status: status(session.state),
        status_message: message(&session),
        error: session.failure.map(error),
        packages: packages.map(|packages| package_lines(&packages)),
        max_idle_time_seconds: session
            .max_idle_time_seconds
            .and_then(|seconds| i64::try_from(seconds).ok()),
        created_on: session.started.and_then(rfc3339),
        modified_on: session.available.or(session.started).and_then(rfc3339),
        session_id: session.session_id.map(String::from),
    }
}

/// One `name==version` each.
pub(super) fn package_lines(packages: &[InstalledPackage]) -> Vec<String> {
    packages
        .iter()
        .map(|package| format!("{}=={}", package.name, package.version))
        .collect()
}

fn status(state: SessionState) -> RuntimeStatus {
    match state {
        SessionState::NotExist => RuntimeStatus::NotExist,
        SessionState::Starting => RuntimeStatus::Starting,
        SessionState::Available => RuntimeStatus::Available,
        SessionState::Stopping => RuntimeStatus::Stopping,
        SessionState::Failed => RuntimeStatus::Failed,
    }
}

fn message(session: &SessionView) -> Option<String> {
    let phase = || {
        session
            .phases
            .iter()
            .find(|phase| phase.state == PhaseState::Running)
    };
    match session.state {
        SessionState::Failed => session
            .failure
            .as_ref()
            .map(|failure| failure.message.clone()),
        SessionState::Starting => phase().map(|phase| phase.phase.label().to_owned()),
        SessionState::Available => session.out_of_date.clone(),
        SessionState::NotExist | SessionState::Stopping => None,
    }
}

fn error(failure: SessionFailure) -> ErrorResponse {
    let error = RootError::new(failure.code, failure.message);
    ErrorResponse {
        error: match failure.remedy {
            Some(remedy) => error.with_remedy(remedy),
            None => error,
        },
        correlation: Correlation {
            request_id: Some(failure.correlation),
        },
        time: None,
    }
}
