//! Deleted flows, which can be restored for 30 days: each in a folder of its own in a hidden one among the flows, so that
//! deleting and restoring are one rename.

use std::io;

use cap_std::fs::Dir;
use flowdeck_compute::folder::read_in;
use flowdeck_contract::{
    Millis,
    ids::FlowId,
    managing::{DeletedFlow, DeletedFlows, KEPT_DAYS},
    timeline::By,
};

use super::{
    ManageError,
    stage::{Stage, not_put, remove_whole},
};
use crate::{
    files::rename_to_free,
    flows::{Activity, Flows},
};

/// Holds the deleted flows.
const BIN: &str = ".flowdeck-bin";
/// What is known of one.
const ABOUT: &str = "about.json";
/// The names of all flows in a folder fit, in bytes.
const ABOUT_LIMIT: u64 = 8 * 1024 * 1024;
/// The flow itself.
const FLOW: &str = "flow";
const RESTORE_FAILED: &str = "Couldn’t restore the flow";
const DAY_MILLIS: i64 = 24 * 60 * 60 * 1000;

/// A deleted flow.
pub(super) struct Entry {
    /// The name of its folder in the bin.
    name: String,
    pub(super) about: DeletedFlow,
}

impl Flows {
    /// Moves a flow into the bin, with all that is in its folder.
    ///
    /// # Errors
    /// [`ManageError`]; nothing has changed then.
    pub fn delete(&self, flow: &FlowId, by: By, now: Millis) -> Result<DeletedFlow, ManageError> {
        let failed = || ManageError::io("Couldn’t delete the flow");
        self.require_free_hand()?;
        let detail = self.detail(flow, Activity::default())?;
        let with = self.search()?.folders.into_iter();
        let with = with
            .filter(|other| other != flow && other.is_within(flow) && self.require(other).is_ok());
        let with = with.collect();
        let _one = self.managing.lock();
        let (parent, name) = self.parent(flow)?;
        let about = DeletedFlow {
            id: crate::random::hex_digits(8),
            flow: flow.clone(),
            name: detail.summary.name,
            with,
            deleted: now,
            ends: Millis(now.0 + i64::from(KEPT_DAYS) * DAY_MILLIS),
            by,
        };
        let bin = self.make_bin().map_err(failed())?;
        let stage = Stage::make(&self.root).map_err(failed())?;
        let entry = stage.folder().map_err(failed())?;
        let text = serde_json::to_string(&about).map_err(io::Error::from);
        text.and_then(|text| entry.write(ABOUT, text))
            .map_err(failed())?;
        // From here on it's an entry without a flow, which counts as nothing.
        stage.put(&bin, &about.id).map_err(failed())?;
        let entry = bin.open_dir(&about.id).map_err(failed())?;
        rename_to_free(&parent, name, &entry, FLOW).map_err(failed())?;
        Ok(about)
    }

    /// The flows that can be restored.
    ///
    /// # Errors
    /// When the bin can't be read.
    pub fn deleted(&self) -> Result<DeletedFlows, ManageError> {
        let mut flows: Vec<DeletedFlow> = self
            .bin_entries()?
            .into_iter()
            .map(|entry| entry.about)
            .collect();
        flows.sort_by_key(|flow| std::cmp::Reverse(flow.deleted));
        Ok(DeletedFlows { flows })
    }

    /// Puts a deleted flow back where it was.
    ///
    /// # Errors
    /// [`ManageError`]; nothing has changed then.
    pub fn restore(&self, id: &str) -> Result<FlowId, ManageError> {
        self.require_free_hand()?;
        let failed = || ManageError::io(RESTORE_FAILED);
        let _one = self.managing.lock();
        let (bin, entry) = self.bin_entry(id)?;
        let flow = entry.about.flow;
        let (parent, name) = self.parent(&flow)?;
        let from = bin.open_dir(&entry.name).map_err(failed())?;
        rename_to_free(&from, FLOW, &parent, name).map_err(not_put(&flow, RESTORE_FAILED))?;
        if let Err(error) = bin.remove_dir_all(&entry.name) {
            tracing::warn!(%flow, %error, "what is left of a restored flow in the bin could not be removed");
        }
        Ok(flow)
    }

    /// A deleted flow, and those that were deleted with it.
    ///
    /// # Errors
    /// When there is no such deleted flow.
    pub fn in_deleted(&self, id: &str) -> Result<Vec<FlowId>, ManageError> {
        let (_, entry) = self.bin_entry(id)?;
        let mut flows = entry.about.with;
        flows.push(entry.about.flow);
        Ok(flows)
    }

    /// Deletes a deleted flow for good.
    ///
    /// # Errors
    /// [`ManageError`].
    pub fn purge(&self, id: &str) -> Result<(), ManageError> {
        self.require_free_hand()?;
        let _one = self.managing.lock();
        let (bin, entry) = self.bin_entry(id)?;
        remove_whole(&self.root, &bin, &entry.name)
    }

    /// The deleted flows that can't be restored any more.
    ///
    /// # Errors
    /// When the bin can't be read.
    pub fn old_deleted(&self, now: Millis) -> Result<Vec<String>, ManageError> {
        if self.fixed().is_some() {
            return Ok(Vec::new());
        }
        let flows = self.deleted()?.flows.into_iter();
        let old = flows.filter(|flow| flow.ends <= now);
        Ok(old.map(|flow| flow.id).collect())
    }

    /// Removes what interrupted deletes and restores left in the bin.
    pub(crate) fn tidy_bin(&self) {
        let Ok(bin) = self.root.open_dir(BIN) else {
            return;
        };
        for entry in bin.entries().into_iter().flatten().flatten() {
            let is_empty = entry
                .open_dir()
                .is_ok_and(|folder| folder.symlink_metadata(FLOW).is_err());
            if is_empty && let Err(error) = bin.remove_dir_all(entry.file_name()) {
                tracing::warn!(%error, "what an interrupted delete left could not be removed");
            }
        }
    }

    /// What is in the bin, whole entries alone.
    pub(super) fn bin_entries(&self) -> Result<Vec<Entry>, ManageError> {
        let failed = || ManageError::io("Couldn’t read the deleted flows");
        let bin = match self.root.open_dir(BIN) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            bin => bin.map_err(failed())?,
        };
        let mut entries = Vec::new();
        for entry in bin.entries().map_err(failed())? {
            let name = entry.map_err(failed())?.file_name();
            if let Some(entry) = name.to_str().and_then(|name| read(&bin, name)) {
                entries.push(entry);
            }
        }
        Ok(entries)
    }

    fn bin_entry(&self, id: &str) -> Result<(Dir, Entry), ManageError> {
        let is_id = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_hexdigit());
        let bin = self.root.open_dir(BIN).ok().filter(|_| is_id);
        let found = bin.and_then(|bin| read(&bin, id).map(|entry| (bin, entry)));
        found.ok_or(ManageError::NotDeleted)
    }

    fn make_bin(&self) -> io::Result<Dir> {
        match self.root.create_dir(BIN) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
        let bin = self.root.open_dir(BIN)?;
        // Flows are often in a Git checkout, whose business deleted ones aren't.
        if !bin.exists(".gitignore") {
            bin.write(".gitignore", "*\n")?;
        }
        Ok(bin)
    }
}

fn read(bin: &Dir, name: &str) -> Option<Entry> {
    let folder = bin.open_dir(name).ok()?;
    folder.symlink_metadata(FLOW).ok()?;
    let about = read_in(&folder, ABOUT, ABOUT_LIMIT).ok()?;
    let about: DeletedFlow = serde_json::from_slice(&about).ok()?;
    Some(Entry {
        name: name.to_owned(),
        about: DeletedFlow {
            id: name.to_owned(),
            ..about
        },
    })
}
