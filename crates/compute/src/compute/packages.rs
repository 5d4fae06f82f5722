//! What of this crate is about the packages of sessions, and about the feeds that they come from.

use flowdeck_contract::{
    feeds::{FeedTest, KnownPackages, PackageAnswer},
    ids::OperationId,
    packages::{Difference, InstallPlan, PackagesView, RuntimeVersions},
    session::InstalledPackage,
};

use crate::{compute::Compute, error::ComputeError, owner::Owner, sessions::Ask};

impl Compute {
    /// The packages of the session's environment, by name.
    ///
    /// # Errors
    /// When there is no session that runs.
    pub async fn packages(
        &self,
        owner: impl Into<Owner>,
    ) -> Result<Vec<InstalledPackage>, ComputeError> {
        self.core.packages.installed(&owner.into()).await
    }

    /// Every package of the session with its origin. Asks no package index.
    ///
    /// # Errors
    /// When there is no session that runs.
    pub async fn packages_view(
        &self,
        owner: impl Into<Owner>,
    ) -> Result<PackagesView, ComputeError> {
        self.core.packages.packages_view(&owner.into()).await
    }

    /// Where the session's packages are not what the requirements file as it is on disk asks for; none without such a
    /// file.
    ///
    /// # Errors
    /// When there is no session that runs; when the file's requirements cannot be resolved.
    pub async fn package_differences(
        &self,
        owner: impl Into<Owner>,
    ) -> Result<Vec<Difference>, ComputeError> {
        self.core.packages.package_differences(&owner.into()).await
    }

    /// What an install of the requirements file as it is on disk would do, with these versions of the runtime; without
    /// them, with those that the session's settings say.
    ///
    /// # Errors
    /// When there is no session that runs, or an install would fail.
    pub async fn install_plan(
        &self,
        owner: impl Into<Owner>,
        versions: Option<RuntimeVersions>,
    ) -> Result<InstallPlan, ComputeError> {
        self.core
            .packages
            .install_plan(&owner.into(), versions)
            .await
    }

    /// Asks each feed that the flow's requirements file names, as an install would: the file on disk, or `text` in its
    /// place.
    ///
    /// # Errors
    /// When there is no such flow, or its requirements file cannot be read. What is wrong with a feed is in the answer.
    pub async fn test_feeds(
        &self,
        owner: impl Into<Owner>,
        text: Option<String>,
    ) -> Result<FeedTest, ComputeError> {
        self.core.requirements.test_feeds(&owner.into(), text).await
    }

    /// Names of packages that are known without asking an index.
    pub async fn known_packages(&self, owner: impl Into<Owner>) -> KnownPackages {
        self.core.packages.known_packages(&owner.into()).await
    }

    /// Asks the indexes that an install would use for the package `name`; `text` stands in the place of the flow's
    /// requirements file.
    ///
    /// # Errors
    /// When there is no such flow, or `name` isn't a valid name. An index that can't be read is in the answer.
    pub async fn look_up_package(
        &self,
        owner: impl Into<Owner>,
        name: &str,
        text: Option<String>,
    ) -> Result<PackageAnswer, ComputeError> {
        self.core.packages.look_up(&owner.into(), name, text).await
    }

    /// Ends the install that is in progress; the session is as it was before it.
    ///
    /// # Errors
    /// When none is in progress and the last one was not canceled.
    pub fn cancel_install(&self, owner: impl Into<Owner>) -> Result<(), ComputeError> {
        self.core.installs.cancel(&owner.into())
    }

    /// [`Ask::Restore`].
    ///
    /// # Errors
    /// As [`Compute::set_up`]; also when there are no packages to restore, or something is in progress in the session.
    pub async fn restore_packages(
        &self,
        owner: impl Into<Owner>,
    ) -> Result<OperationId, ComputeError> {
        self.operation_of(owner, Ask::Restore).await
    }
}
