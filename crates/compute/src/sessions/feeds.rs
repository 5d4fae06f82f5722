//! Private feeds: with what a session opens them, and testing those of a requirements file.

use std::sync::Arc;

use flowdeck_access::{
    feeds::{self, Client, FeedAccess, Reach},
    identity::Identities,
    redact::bare_address,
    requirements::RequirementSet,
};
use flowdeck_contract::{
    feeds::{FeedResult, FeedTest},
    packages::RuntimeVersions,
    settings::ComputeChoice,
};
use flowdeck_engines::engine::{EngineError, Requirements, SharedEngine};
use flowdeck_flow::{FeedAddress, LineKind};

use super::{Book, Shared, install};
use crate::{
    catalog::Catalog, error::ComputeError, flow, owner::Owner, owner_folders::OwnerFolders,
};

/// What flows ask for, as the settings of their sessions have it installed.
pub(crate) struct FlowRequirements {
    book: Arc<Book>,
    engine: SharedEngine,
    folders: OwnerFolders,
    catalog: Catalog,
    identities: Identities,
}

impl FlowRequirements {
    pub(crate) fn new(shared: &Shared, catalog: Catalog, identities: Identities) -> Self {
        Self {
            book: Arc::clone(&shared.book),
            engine: Arc::clone(&shared.engine),
            folders: shared.folders.clone(),
            catalog,
            identities,
        }
    }

    /// The requirements as the session's settings have them installed: with what opens the private feeds in them, and
    /// these versions of the runtime; without them, with those that the settings say.
    pub(super) fn as_settings_say(
        &self,
        owner: &Owner,
        requirements: Requirements,
        versions: Option<RuntimeVersions>,
    ) -> Requirements {
        let settings = || self.book.record(owner).session.settings.runtime_versions;
        let requirements = match versions.unwrap_or_else(settings) {
            RuntimeVersions::AsAsked => requirements,
            RuntimeVersions::KeepBase => requirements.keeping_base(),
        };
        Requirements {
            feeds: self.feed_access(owner),
            ..requirements
        }
    }

    /// With what a session opens private feeds: the token of its identity. The only place where feeds get one.
    pub(super) fn feed_access(&self, owner: &Owner) -> FeedAccess {
        let settings = self.book.record(owner).session.settings;
        let catalog = &self.catalog;
        let name = match settings.compute {
            ComputeChoice::Serverless { identity, .. } => identity,
            ComputeChoice::Instance { name } => catalog
                .instance(&name)
                .and_then(|instance| instance.identity.clone()),
        };
        let mut identities = catalog.identities.iter();
        match identities.find(|identity| Some(&identity.name) == name.as_ref()) {
            Some(identity) => {
                FeedAccess::Identity(Box::new(identity.clone()), self.identities.clone())
            }
            None => FeedAccess::NoIdentity,
        }
    }

    /// Asks every feed that the requirements file names: that on disk, or `text` in its place.
    pub(crate) async fn test_feeds(
        &self,
        owner: &Owner,
        text: Option<String>,
    ) -> Result<FeedTest, ComputeError> {
        let access = self.feed_access(owner);
        let files = self
            .requirement_set(owner, text)
            .map_err(install::invalid)?;
        // One that a feed may have a page of.
        let package = files.as_ref().and_then(RequirementSet::package);
        let client = Client::with_reach(self.reach());
        let mut tested = Vec::new();
        for (file, line) in files.iter().flat_map(RequirementSet::lines) {
            let LineKind::Index(address) = &line.kind else {
                continue;
            };
            if !address.contains("://") {
                continue;
            }
            let found = feeds::probe(&client, &access, address, package.as_deref()).await;
            let private = FeedAddress::of(address);
            tested.push(FeedResult {
                file: file.name.clone(),
                line: line.line,
                private: private.is_some(),
                url: private.map_or_else(|| bare_address(address), |feed| feed.url),
                outcome: found.outcome,
                message: found.message,
                remedy: found.remedy,
            });
        }
        Ok(FeedTest {
            feeds: tested,
            identity: access.name().map(str::to_owned),
        })
    }

    /// What a flow may have the server ask: where its code has a network of its own, not what is on the server's machine.
    pub(super) fn reach(&self) -> Reach {
        if !self.engine.abilities().has_own_network {
            return Reach::Everywhere;
        }
        let identities = self.catalog.identities.iter();
        Reach::Outside {
            named: identities
                .flat_map(|identity| identity.hosts.clone())
                .collect(),
        }
    }

    /// The requirements file, also one that only an editor has yet, with what it includes.
    pub(super) fn requirement_set(
        &self,
        owner: &Owner,
        text: Option<String>,
    ) -> Result<Option<RequirementSet>, EngineError> {
        let (folder, definition) = self.folders.definition(owner)?;
        let parsed = definition.report.flow.as_ref();
        let source = match flow::source(&self.folders.around(owner), &folder, parsed) {
            Err(_) if text.is_some() => None,
            source => source?,
        };
        match (source, text) {
            (Some(source), text) => source.read(text).map(Some),
            (None, Some(text)) => {
                RequirementSet::with_text(&folder, "requirements.txt", text).map(Some)
            }
            (None, None) => Ok(None),
        }
    }
}
