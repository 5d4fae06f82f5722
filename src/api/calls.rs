//! The operations the app uses, one method each.

use flowdeck_contract::{
    azure::{SetupFlowSessionAction, SetupFlowSessionRequest},
    flows::{FlowDetail, FlowList, Project},
    ids::{FlowId, RunId},
    paths,
    runs::{RunDetail, RunRequest},
    session::InstalledPackage,
    timeline::Timeline,
};
use serde_json::json;

use super::{Api, ApiError};

impl Api {
    /// Exchanges the server's token for a session cookie.
    pub async fn sign_in(&self, token: &str) -> Result<(), ApiError> {
        self.post_only(paths::SIGN_IN, &json!({ "token": token }))
            .await
    }

    /// The project shown.
    pub async fn project_info(&self) -> Result<Project, ApiError> {
        self.get(&paths::project(&self.project())).await
    }

    /// Every flow of the project.
    pub async fn flows(&self) -> Result<FlowList, ApiError> {
        self.get(&paths::flows(&self.project())).await
    }

    /// A flow with the text of its definition.
    pub async fn flow(&self, flow: &FlowId) -> Result<FlowDetail, ApiError> {
        self.get(&paths::flow(&self.project(), flow)).await
    }

    /// Starts, resets or changes a flow's session, or installs into it. What happens then arrives as live events.
    pub async fn set_up_session(
        &self,
        flow: &FlowId,
        action: SetupFlowSessionAction,
    ) -> Result<(), ApiError> {
        let request = SetupFlowSessionRequest {
            action: Some(action),
            ..SetupFlowSessionRequest::default()
        };
        self.post_only(&paths::sessions(&self.project(), flow), &request)
            .await
    }

    /// Ends a flow's session.
    pub async fn stop_session(&self, flow: &FlowId) -> Result<(), ApiError> {
        self.delete(&paths::sessions(&self.project(), flow)).await
    }

    /// Says that a person is at work, which puts off the end of an idle session.
    pub async fn touch_session(&self, flow: &FlowId) -> Result<(), ApiError> {
        self.post_only(&paths::session_activity(&self.project(), flow), &json!({}))
            .await
    }

    /// Cancels the install that is under way.
    pub async fn cancel_install(&self, flow: &FlowId) -> Result<(), ApiError> {
        self.delete(&paths::session_install(&self.project(), flow))
            .await
    }

    /// The whole log of a flow's session.
    pub async fn session_log(&self, flow: &FlowId) -> Result<String, ApiError> {
        self.get_text(&paths::session_log(&self.project(), flow))
            .await
    }

    /// What became of a flow's sessions.
    pub async fn timeline(&self, flow: &FlowId) -> Result<Timeline, ApiError> {
        self.get(&paths::session_timeline(&self.project(), flow))
            .await
    }

    /// The packages installed in a flow's session, by name.
    pub async fn packages(&self, flow: &FlowId) -> Result<Vec<InstalledPackage>, ApiError> {
        let path = format!("{}/pipPackages", paths::sessions(&self.project(), flow));
        let listing: String = self.get(&path).await?;
        Ok(read_listing(&listing))
    }

    /// Runs a flow or one of its nodes.
    pub async fn start_run(
        &self,
        flow: &FlowId,
        request: &RunRequest,
    ) -> Result<RunDetail, ApiError> {
        self.post(&paths::runs(&self.project(), flow), request)
            .await
    }

    /// A run, whole.
    pub async fn run(&self, flow: &FlowId, run: &RunId) -> Result<RunDetail, ApiError> {
        self.get(&paths::run(&self.project(), flow, run)).await
    }

    /// Asks a run to end.
    pub async fn cancel_run(&self, flow: &FlowId, run: &RunId) -> Result<RunDetail, ApiError> {
        self.post(&paths::run_cancel(&self.project(), flow, run), &json!({}))
            .await
    }

    /// The whole log of a run.
    pub async fn run_log(&self, flow: &FlowId, run: &RunId) -> Result<String, ApiError> {
        self.get_text(&paths::run_log(&self.project(), flow, run))
            .await
    }
}

/// Reads a listing in the format of `pip freeze`, which is what the contract's string holds.
fn read_listing(listing: &str) -> Vec<InstalledPackage> {
    listing
        .lines()
        .filter_map(|line| line.trim().split_once("=="))
        .map(|(name, version)| InstalledPackage {
            name: name.to_owned(),
            version: version.to_owned(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listing_of_packages_is_read_line_by_line() {
        let packages = read_listing("flask==3.0\n\npromptflow-core==1.18.5\r\n");
        let shown: Vec<_> = packages
            .iter()
            .map(|p| (p.name.as_str(), p.version.as_str()))
            .collect();
        assert_eq!(shown, [("flask", "3.0"), ("promptflow-core", "1.18.5")]);
    }
}
