//! Notices changes on disk, whoever makes them.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use flowdeck_compute::{Compute, Owner};
use flowdeck_contract::{
    events::FlowEvent,
    files::{FileChange, FileKind},
    flows::FlowList,
    ids::{FilePath, FlowId},
};
use notify::{Config, Event, EventKind, PollWatcher, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::mpsc;

use crate::{
    events::{FlowHub, ProjectLists},
    files::{FlowFolder, is_hidden},
    flows::{Activity, FlowError, Flows},
};

/// Changes that come this close together become one event.
const GATHER: Duration = Duration::from_millis(100);

/// How often folders are looked at where the operating system tells nothing.
const POLL: Duration = Duration::from_secs(2);

/// Something changed below the flows folder.
#[derive(Debug)]
enum Change {
    /// This file or folder.
    Path(PathBuf),
    /// Too much to tell: look at everything.
    Everything,
}

/// Takes news of changes.
#[derive(Clone, Debug)]
pub(crate) struct Changes(mpsc::UnboundedSender<Change>);

impl Changes {
    /// The server itself changed a file: this becomes an event at once, however slow the watcher is.
    pub(crate) fn touched(&self, flows: &Flows, flow: &FlowId, path: &FilePath) {
        let folder = flows.place().root().join(flow.folder());
        self.tell(Change::Path(folder.join(path.as_str())));
    }

    fn tell(&self, change: Change) {
        // Nobody listens any more when the server closes.
        let _ = self.0.send(change);
    }

    fn notice(&self, event: notify::Result<Event>) {
        match event {
            Ok(event) if event.need_rescan() => self.tell(Change::Everything),
            Ok(event) if matches!(event.kind, EventKind::Access(_)) => {}
            Ok(event) => event
                .paths
                .into_iter()
                .for_each(|path| self.tell(Change::Path(path))),
            Err(error) => tracing::warn!(%error, "watching the flows folder"),
        }
    }
}

/// The readers.
pub(crate) struct Listeners {
    pub(crate) flows: Arc<Flows>,
    pub(crate) compute: Compute,
    pub(crate) hub: Arc<FlowHub>,
    pub(crate) lists: Arc<ProjectLists>,
}

/// Watches the flows folder; the second part runs as long as the first is kept.
pub(crate) fn watch_flows(listeners: Listeners) -> (Changes, impl Future<Output = ()> + Send) {
    let (sender, receiver) = mpsc::unbounded_channel();
    let changes = Changes(sender);
    let watcher = start_watcher(&listeners.flows.place().path(), &changes);
    (changes, tell_all(receiver, listeners, watcher))
}

fn start_watcher(folder: &Path, changes: &Changes) -> Option<Box<dyn Watcher + Send>> {
    match native_watcher(folder, changes) {
        Ok(watcher) => return Some(Box::new(watcher)),
        Err(error) => {
            tracing::warn!(%error, "the system does not tell of changed files; looking every 2 s");
        }
    }
    match polling_watcher(folder, changes, POLL) {
        Ok(watcher) => Some(Box::new(watcher)),
        Err(error) => {
            tracing::error!(%error, "the flows folder cannot be watched; changes by other programs show on reload");
            None
        }
    }
}

fn native_watcher(folder: &Path, changes: &Changes) -> notify::Result<RecommendedWatcher> {
    let changes = changes.clone();
    let config = Config::default().with_follow_symlinks(false);
    let mut watcher = RecommendedWatcher::new(move |event| changes.notice(event), config)?;
    watcher.watch(folder, RecursiveMode::Recursive)?;
    Ok(watcher)
}

fn polling_watcher(
    folder: &Path,
    changes: &Changes,
    every: Duration,
) -> notify::Result<PollWatcher> {
    let changes = changes.clone();
    let config = Config::default()
        .with_follow_symlinks(false)
        .with_poll_interval(every);
    let mut watcher = PollWatcher::new(move |event| changes.notice(event), config)?;
    watcher.watch(folder, RecursiveMode::Recursive)?;
    Ok(watcher)
}

async fn tell_all(
    mut changes: mpsc::UnboundedReceiver<Change>,
    listeners: Listeners,
    _watcher: Option<Box<dyn Watcher + Send>>,
) {
    let listeners = Arc::new(listeners);
    while let Some(first) = changes.recv().await {
        tokio::time::sleep(GATHER).await;
        let mut gathered = vec![first];
        while let Ok(change) = changes.try_recv() {
            gathered.push(change);
        }
        let listeners = Arc::clone(&listeners);
        let told = tokio::task::spawn_blocking(move || listeners.tell(&gathered)).await;
        if let Err(error) = told {
            tracing::error!(%error, "changed files could not be told");
        }
    }
}

/// Paths by flow; a flow without any changed as a whole.
type Touched = BTreeMap<FlowId, BTreeSet<FilePath>>;

impl Listeners {
    fn tell(&self, changes: &[Change]) {
        for (flow, paths) in self.by_flow(changes) {
            let files = self.files(&flow, &paths);
            if !files.is_empty() {
                let owner = Owner::from(&flow);
                self.hub.publish(&owner, &FlowEvent::Files(files));
            }
            self.compute.flow_changed(&flow);
        }
        self.lists.touch();
    }

    fn by_flow(&self, changes: &[Change]) -> Touched {
        let mut touched = Touched::new();
        for change in changes {
            match change {
                Change::Path(path) => {
                    for (flow, path) in self.places(path) {
                        touched.entry(flow).or_default().extend(path);
                    }
                }
                Change::Everything => {
                    touched.extend(self.all_flows().map(|flow| (flow, BTreeSet::new())));
                }
            }
        }
        touched
    }

    fn all_flows(&self) -> impl Iterator<Item = FlowId> + use<> {
        let all = self
            .flows
            .list(|_| Activity::default())
            .unwrap_or_else(|error| {
                tracing::error!(%error, "changed files could not be looked at");
                FlowList::default()
            });
        all.flows.into_iter().map(|flow| flow.id)
    }

    /// The flows in whose folders a path is, and the path in each; none where it is the folder itself. A folder deeper
    /// down counts where it holds a flow, or a page of it is open: the flow may have just gone.
    fn places(&self, path: &Path) -> Vec<(FlowId, Option<FilePath>)> {
        let root = self.flows.place().root();
        let Some(path) = path.strip_prefix(root).ok().and_then(Path::to_str) else {
            return Vec::new();
        };
        path.match_indices('/')
            .map(|(end, _)| end)
            .chain([path.len()])
            .filter_map(|end| path.split_at_checked(end))
            .filter_map(|(flow, rest)| {
                Some((FlowId::try_from(flow).ok()?, rest.trim_start_matches('/')))
            })
            .filter(|(flow, rest)| !is_hidden(rest) && flow.prompty().is_none())
            .flat_map(|(flow, rest)| {
                let path = FilePath::try_from(rest).ok();
                // The prompty flows of a folder have its files.
                let beside = self.hub.prompty_flows_of(&flow).into_iter();
                let beside = beside.map(|flow| (flow, path.clone()));
                let beside: Vec<_> = beside.collect();
                let own = self.is_told(&flow).then_some((flow, path));
                own.into_iter().chain(beside)
            })
            .collect()
    }

    fn is_told(&self, flow: &FlowId) -> bool {
        flow.is_at_top() || self.hub.knows(&Owner::from(flow)) || self.flows.require(flow).is_ok()
    }

    fn files(&self, flow: &FlowId, paths: &BTreeSet<FilePath>) -> Vec<FileChange> {
        let changes = self
            .flows
            .folder(flow)
            .and_then(|folder| changes(&folder, paths));
        changes.unwrap_or_else(|error| {
            // The project's events say when a whole flow is gone.
            tracing::debug!(%flow, %error, "changed files could not be looked at");
            Vec::new()
        })
    }
}

/// The changed files as they stand; without paths, all of them. A folder may have come with everything in it, without
/// a word about that, so there are events for what it holds, too.
fn changes(folder: &FlowFolder, paths: &BTreeSet<FilePath>) -> Result<Vec<FileChange>, FlowError> {
    let mut changes = BTreeMap::new();
    let mut folders = Vec::new();
    for path in paths {
        let entry = folder.entry(path)?;
        if entry
            .as_ref()
            .is_some_and(|entry| entry.kind == FileKind::Folder)
        {
            folders.push(format!("{}/", path.as_str()));
        }
        changes.insert(path.clone(), entry);
    }
    if paths.is_empty() || !folders.is_empty() {
        for entry in folder.list()?.entries {
            let is_below = folders
                .iter()
                .any(|folder| entry.path.as_str().starts_with(folder));
            if paths.is_empty() || is_below {
                changes.insert(entry.path.clone(), Some(entry));
            }
        }
    }
    Ok(changes
        .into_iter()
        .map(|(path, entry)| FileChange { path, entry })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn where_the_system_tells_nothing_changes_are_looked_for() {
        let folder = tempfile::tempdir().unwrap();
        let (sender, mut changes) = mpsc::unbounded_channel();
        let _watcher =
            polling_watcher(folder.path(), &Changes(sender), Duration::from_millis(5)).unwrap();
        std::fs::write(folder.path().join("new"), "").unwrap();
        while let Some(change) = changes.recv().await {
            if matches!(&change, Change::Path(path) if path.ends_with("new")) {
                return;
            }
        }
        panic!("nothing was told");
    }
}
