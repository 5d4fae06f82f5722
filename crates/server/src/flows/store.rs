//! Finds flows below the flows folder.

use std::{collections::HashMap, io, path::Path, sync::Arc};

use cap_std::{
    ambient_authority,
    fs::{Dir, Metadata},
};
use flowdeck_compute::{FlowsFolder, FlowsFolderError};
use flowdeck_contract::{
    flows::{FlowDetail, FlowList, FlowSummary},
    ids::{FilePath, FlowId},
    shown::shown,
};
use parking_lot::Mutex;

use crate::{
    files::{ContentCache, FlowFolder, Precondition, Saved, Stamp, is_leftover},
    flows::{
        FlowError,
        activity::Activity,
        definition::{self, Description},
        entry, folder_time,
        order::ByName,
        search::{Found, search},
    },
};

/// The flows folder.
#[derive(Debug)]
pub struct Flows {
    place: FlowsFolder,
    pub(super) root: Dir,
    contents: Arc<ContentCache>,
    descriptions: Mutex<HashMap<FlowId, (Stamp, Description)>>,
    pub(super) saving: Mutex<()>,
    /// Flows come and go one at a time.
    pub(super) managing: Mutex<()>,
}

impl Flows {
    /// Opens the flows folder.
    ///
    /// # Errors
    /// [`FlowError::NoFolder`] when it is missing, [`FlowError::Unreadable`] when it isn't a folder or may not be read.
    pub fn open(path: &Path) -> Result<Self, FlowError> {
        let unreadable = |source: io::Error| {
            let folder = path.display().to_string();
            match source.kind() {
                io::ErrorKind::NotFound => FlowError::NoFolder(folder),
                _ => FlowError::Unreadable { folder, source },
            }
        };
        let place = FlowsFolder::find(path).map_err(|error| match error {
            FlowsFolderError::Io(error) => unreadable(error),
            FlowsFolderError::Name(_) => FlowError::Name(error.to_string()),
        })?;
        let root = Dir::open_ambient_dir(place.root(), ambient_authority()).map_err(unreadable)?;
        root.entries().map_err(unreadable)?;
        Ok(Self {
            place,
            root,
            contents: Arc::default(),
            descriptions: Mutex::default(),
            saving: Mutex::default(),
            managing: Mutex::default(),
        })
    }

    /// Where the flows are.
    #[must_use]
    pub fn place(&self) -> &FlowsFolder {
        &self.place
    }

    /// Every folder that holds a flow, by name; those that cannot be read too, with the reason.
    ///
    /// # Errors
    /// [`FlowError::Unreadable`] when the flows folder itself cannot be read.
    pub fn list(&self, activity: impl Fn(&FlowId) -> Activity) -> Result<FlowList, FlowError> {
        let found = self.search()?;
        let mut flows: Vec<_> = found
            .folders
            .into_iter()
            .filter_map(|flow| {
                let activity = activity(&flow);
                self.summary(&flow, activity)
            })
            .collect();
        flows.sort_by_cached_key(ByName::of);
        Ok(FlowList {
            flows,
            searched: found.searched,
            fixed: self.fixed(),
        })
    }

    /// One flow, for its page.
    ///
    /// # Errors
    /// [`FlowError`] when there is no such flow, or its folder cannot be read. A broken definition is no error.
    pub fn detail(&self, flow: &FlowId, activity: Activity) -> Result<FlowDetail, FlowError> {
        let folder = self.folder(flow)?;
        let (path, _) = self.definition(flow, &folder)?;
        let summary = self
            .summary(flow, activity)
            .ok_or_else(|| FlowError::NotFound(flow.clone()))?;
        let (yaml, etag) = match folder.read(&path) {
            Ok(file) => (Some(file.text), Some(file.etag.as_str().to_owned())),
            // The summary's problem says why.
            Err(_) => (None, None),
        };
        Ok(FlowDetail {
            summary,
            folder: shown(&self.place.root().join(flow.folder()).display().to_string())
                .into_owned(),
            definition_path: path.as_str().to_owned(),
            report: yaml
                .as_deref()
                .map(|yaml| entry::report(&folder, &path, yaml)),
            yaml,
            etag,
            as_of: None,
        })
    }

    /// The files of a flow.
    ///
    /// # Errors
    /// [`FlowError`] when there is no such folder, or it leads out of the flows folder.
    pub fn folder(&self, flow: &FlowId) -> Result<FlowFolder, FlowError> {
        if !self.place.admits(flow) {
            return Err(FlowError::NotFound(flow.clone()));
        }
        let dir = self
            .root
            .open_dir(flow.folder())
            .map_err(|error| FlowError::of(flow, error))?;
        Ok(FlowFolder::new(dir, Arc::clone(&self.contents)))
    }

    /// Says whether there is such a flow.
    ///
    /// # Errors
    /// [`FlowError`] when there is not, or nobody could look.
    pub fn require(&self, flow: &FlowId) -> Result<(), FlowError> {
        let folder = self.folder(flow)?;
        self.definition(flow, &folder).map(|_| ())
    }

    /// [`FlowFolder::save`], one at a time.
    ///
    /// # Errors
    /// [`FlowError`].
    pub fn save(
        &self,
        flow: &FlowId,
        path: &FilePath,
        when: &Precondition,
        content: &[u8],
    ) -> Result<Saved, FlowError> {
        let folder = self.folder(flow)?;
        let _one = self.saving.lock();
        Ok(folder.save(path, when, content)?)
    }

    /// [`FlowFolder::remove`], one at a time.
    ///
    /// # Errors
    /// [`FlowError`].
    pub fn remove(
        &self,
        flow: &FlowId,
        path: &FilePath,
        when: Option<&Precondition>,
    ) -> Result<(), FlowError> {
        let folder = self.folder(flow)?;
        let _one = self.saving.lock();
        Ok(folder.remove(path, when)?)
    }

    /// Removes what saves, and making and deleting flows, left that were killed half-way.
    ///
    /// # Errors
    /// [`FlowError::Unreadable`] when the flows folder itself cannot be read.
    pub fn remove_leftovers(&self) -> Result<(), FlowError> {
        // What is around the one flow that is served is none of this server's.
        if self.fixed().is_none() {
            self.remove_stages();
            self.tidy_bin();
        }
        // A folder deeper down is met on the way.
        let found = self.search()?.folders;
        let tops = found
            .iter()
            .filter(|flow| flow.is_at_top() || self.place.only() == Some(*flow));
        let looked = |looked: io::Result<Dir>| match looked {
            Ok(folder) => Some(folder),
            Err(error) => {
                tracing::warn!(%error, "a folder couldn't be looked into for what saves had left");
                None
            }
        };
        let mut folders: Vec<Dir> = tops
            .filter_map(|flow| looked(self.root.open_dir(flow.folder())))
            .collect();
        while let Some(folder) = folders.pop() {
            let entries = folder.entries().inspect_err(|error| {
                tracing::warn!(%error, "a folder couldn't be listed for what saves had left");
            });
            for entry in entries.into_iter().flatten().flatten() {
                let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
                match entry.file_name().to_str() {
                    Some(".git") => {}
                    Some(name) if is_leftover(name) => log_removal(name, entry.remove_file()),
                    _ if is_folder => folders.extend(looked(entry.open_dir())),
                    _ => {}
                }
            }
        }
        Ok(())
    }

    pub(super) fn search(&self) -> Result<Found, FlowError> {
        search(&self.root, self.place.only()).map_err(|source| FlowError::Unreadable {
            folder: self.place.path().display().to_string(),
            source,
        })
    }

    /// The definition's path and metadata.
    pub(super) fn definition(
        &self,
        flow: &FlowId,
        folder: &FlowFolder,
    ) -> Result<(FilePath, Metadata), FlowError> {
        for path in definition::paths(flow) {
            if let Some(metadata) = folder.stat(&path)? {
                return Ok((path, metadata));
            }
        }
        Err(FlowError::NotFound(flow.clone()))
    }

    /// `None` when the folder holds no flow.
    fn summary(&self, flow: &FlowId, activity: Activity) -> Option<FlowSummary> {
        let described = self.folder(flow).and_then(|folder| {
            let (path, metadata) = self.definition(flow, &folder)?;
            Ok((
                self.description(flow, &folder, &path, &metadata),
                folder_time::newest(&folder.dir),
            ))
        });
        let (description, changed) = match described {
            Ok(described) => described,
            Err(FlowError::NotFound(_)) => return None,
            Err(error) => (Description::of_problem(error.code(), &error), None),
        };
        Some(FlowSummary {
            id: flow.clone(),
            name: description
                .name
                .map_or_else(|| flow.to_string(), |name| shown(&name).into_owned()),
            description: description.description,
            flow_type: description.flow_type,
            changed,
            session: activity.session,
            last_run: activity.last_run,
            problem: description.problem,
            connection: activity.connection,
        })
    }

    fn description(
        &self,
        flow: &FlowId,
        folder: &FlowFolder,
        path: &FilePath,
        metadata: &Metadata,
    ) -> Description {
        let stamp = Stamp::of(metadata);
        let known = self.descriptions.lock().get(flow).cloned();
        if let Some((_, description)) = known.filter(|(known, _)| *known == stamp) {
            return description;
        }
        let description = match folder.read(path) {
            Ok(file) => Description::of_text(path, &file.text),
            Err(error) => Description::of_failure(&error),
        };
        if stamp.is_settled() {
            let mut descriptions = self.descriptions.lock();
            descriptions.insert(flow.clone(), (stamp, description.clone()));
        }
        description
    }
}

fn log_removal(name: &str, removed: io::Result<()>) {
    match removed {
        Ok(()) => tracing::info!(name, "removed what an interrupted save had left"),
        Err(error) => {
            tracing::warn!(name, %error, "what an interrupted save had left could not be removed");
        }
    }
}
