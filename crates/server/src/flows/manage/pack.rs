//! Packs a flow's folder as a zip: its files at the top, as Azure's *Download* has them. Or some of its files.

use std::{
    fs::File,
    io::{self, BufWriter, Seek as _},
};

use cap_std::fs::{Dir, Metadata, PermissionsExt as _};
use flowdeck_contract::{
    files::FileKind,
    ids::{FilePath, FlowId},
};
use jiff::{Timestamp, tz::TimeZone};
use zip::{CompressionMethod, DateTime, ZipWriter, write::SimpleFileOptions};

use super::{
    ManageError,
    copy::{Budget, DEEPEST, own_entries},
};
use crate::{
    files::{FileError, modified},
    flows::{FlowError, Flows},
};

type Zip = ZipWriter<BufWriter<File>>;

const FAILED: &str = "Couldn’t pack the flow";

impl Flows {
    /// The flow's folder as a zip, to be read from its beginning. Links, and files of tools, are left out. `go_on` is asked
    /// before each file.
    ///
    /// # Errors
    /// [`ManageError`], or what `go_on` fails with.
    pub fn pack<E: From<ManageError>>(
        &self,
        flow: &FlowId,
        go_on: impl Fn() -> Result<(), E>,
    ) -> Result<File, E> {
        self.require(flow).map_err(ManageError::from)?;
        let folder = self.folder(flow).map_err(ManageError::from)?;
        packed(|zip, budget| add_folder(zip, &folder.dir, "", DEEPEST, budget, &go_on))
    }

    /// Files and folders of a flow as a zip: with their paths, or, of a single one, with its name at the top. As
    /// [`Flows::pack`] otherwise.
    ///
    /// # Errors
    /// As [`Flows::pack`]; also when one isn't there, or is a link.
    pub fn pack_files<E: From<ManageError>>(
        &self,
        flow: &FlowId,
        paths: &[FilePath],
        go_on: impl Fn() -> Result<(), E>,
    ) -> Result<File, E> {
        self.require(flow).map_err(ManageError::from)?;
        let folder = self.folder(flow).map_err(ManageError::from)?;
        let refused = |error: FileError| ManageError::from(FlowError::from(error));
        packed(|zip, budget| {
            for path in paths {
                let name = match paths {
                    [_] => path.file_name(),
                    _ => path.as_str(),
                };
                let is_folder = folder
                    .entry(path)
                    .and_then(|entry| entry.ok_or_else(|| FileError::NotFound(path.to_string())))
                    .map_err(refused)?
                    .kind
                    == FileKind::Folder;
                if is_folder {
                    let below = folder.dir.open_dir(path.as_str());
                    let below = below.map_err(ManageError::io(FAILED))?;
                    let name = format!("{name}/");
                    add_folder(zip, &below, &name, DEEPEST, budget, &go_on)?;
                } else {
                    go_on()?;
                    let file = folder.open(path).map_err(refused)?;
                    add_file(zip, name, cap_std::fs::File::from_std(file), budget)?;
                }
            }
            Ok(())
        })
    }
}

/// A zip of what `add` adds, to be read from its beginning.
fn packed<E: From<ManageError>>(
    add: impl FnOnce(&mut Zip, &mut Budget) -> Result<(), E>,
) -> Result<File, E> {
    let file = tempfile::tempfile().map_err(ManageError::io(FAILED))?;
    let mut zip = ZipWriter::new(BufWriter::new(file));
    add(&mut zip, &mut Budget::default())?;
    let written = zip.finish().map_err(io::Error::from);
    let file = written.and_then(|file| file.into_inner().map_err(io::IntoInnerError::into_error));
    let file = file.and_then(|mut file| file.rewind().map(|()| file));
    Ok(file.map_err(ManageError::io(FAILED))?)
}

fn add_folder<E: From<ManageError>>(
    zip: &mut Zip,
    folder: &Dir,
    path: &str,
    depth: usize,
    budget: &mut Budget,
    go_on: &impl Fn() -> Result<(), E>,
) -> Result<(), E> {
    if depth == 0 {
        return Err(ManageError::TooLarge("its folders are too deep").into());
    }
    for entry in own_entries(folder).map_err(ManageError::io(FAILED))? {
        go_on()?;
        let name = entry.file_name();
        let metadata = entry.metadata().map_err(ManageError::io(FAILED))?;
        // A zip's names are text.
        let Some(name) = name.to_str() else { continue };
        if metadata.is_dir() {
            budget.take(0)?;
            let below = entry.open_dir().map_err(ManageError::io(FAILED))?;
            add_folder(
                zip,
                &below,
                &format!("{path}{name}/"),
                depth - 1,
                budget,
                go_on,
            )?;
        } else if metadata.is_file() {
            let file = entry.open().map_err(ManageError::io(FAILED))?;
            add_file(zip, &format!("{path}{name}"), file, budget)?;
        }
    }
    Ok(())
}

fn add_file(
    zip: &mut Zip,
    name: &str,
    mut file: cap_std::fs::File,
    budget: &mut Budget,
) -> Result<(), ManageError> {
    let metadata = file.metadata().map_err(ManageError::io(FAILED))?;
    budget.take(metadata.len())?;
    zip.start_file(name, options(&metadata))
        .map_err(io::Error::from)
        .and_then(|()| io::copy(&mut file, zip).map(drop))
        .map_err(ManageError::io(FAILED))
}

fn options(metadata: &Metadata) -> SimpleFileOptions {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .unix_permissions(metadata.permissions().mode() & 0o777)
        .large_file(metadata.len() >= u64::from(u32::MAX));
    match date(metadata) {
        Some(date) => options.last_modified_time(date),
        None => options,
    }
}

/// None for a time that a zip can't hold.
fn date(metadata: &Metadata) -> Option<DateTime> {
    let at = Timestamp::from_millisecond(modified(metadata).0).ok()?;
    let at = TimeZone::UTC.to_datetime(at);
    let part = |value: i8| u8::try_from(value).ok();
    DateTime::from_date_and_time(
        u16::try_from(at.year()).ok()?,
        part(at.month())?,
        part(at.day())?,
        part(at.hour())?,
        part(at.minute())?,
        part(at.second())?,
    )
    .ok()
}
