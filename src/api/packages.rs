//! The operations on what is installed in a session.

use flowdeck_contract::{
    feeds::{KnownPackages, PackageAnswer, PackageQuestion},
    ids::FlowId,
    packages::{Difference, InstallPlan, PackagesView, RuntimeVersions},
    paths,
};
use serde_json::json;

use super::{Api, ApiError};

impl Api {
    /// The packages installed in a flow's session, by name, each with its origin.
    pub async fn packages(&self, flow: &FlowId) -> Result<PackagesView, ApiError> {
        self.get(&paths::session_packages(&self.project(), flow))
            .await
    }

    /// Where they are not what the requirements file asks for.
    pub async fn package_differences(&self, flow: &FlowId) -> Result<Vec<Difference>, ApiError> {
        self.get(&paths::session_packages_differences(&self.project(), flow))
            .await
    }

    /// What an install of the requirements file would change, with these versions of the runtime; without them, with
    /// those that the session's settings say.
    pub async fn install_plan(
        &self,
        flow: &FlowId,
        versions: Option<RuntimeVersions>,
    ) -> Result<InstallPlan, ApiError> {
        let path = paths::session_install_plan(&self.project(), flow);
        let query = match versions {
            None => "",
            Some(RuntimeVersions::AsAsked) => "?runtimeVersions=asAsked",
            Some(RuntimeVersions::KeepBase) => "?runtimeVersions=keepBase",
        };
        self.post(&format!("{path}{query}"), &json!({})).await
    }

    /// Names of packages that are known without asking an index.
    pub async fn known_packages(&self, flow: &FlowId) -> Result<KnownPackages, ApiError> {
        self.get(&paths::known_packages(&self.project(), flow))
            .await
    }

    /// Looks one package up in the indexes of an install of the requirements file, which is `text`.
    pub async fn look_up_package(
        &self,
        flow: &FlowId,
        name: String,
        text: String,
    ) -> Result<PackageAnswer, ApiError> {
        let text = Some(text);
        let path = paths::package_look_up(&self.project(), flow);
        self.post(&path, &PackageQuestion { name, text }).await
    }

    /// Restores the packages from before the last install. What happens then arrives as live events.
    pub async fn restore_packages(&self, flow: &FlowId) -> Result<(), ApiError> {
        let path = paths::session_packages_restore(&self.project(), flow);
        self.post_only(&path, &json!({})).await
    }

    /// Cancels the install that is in progress.
    pub async fn cancel_install(&self, flow: &FlowId) -> Result<(), ApiError> {
        self.delete(&paths::session_install(&self.project(), flow))
            .await
    }
}
