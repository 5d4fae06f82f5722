//! An archive that somebody gave: which files it has, if all of them can be taken, and what is in each.

use std::{
    collections::{HashMap, HashSet},
    fs::File,
    io::{self, Read, Seek as _, SeekFrom},
};

use flowdeck_contract::ids::{FilePath, InvalidId};
use zip::{CompressionMethod, ZipArchive};

use super::ImportError;
use crate::flows::limits::{MOST_BYTES, MOST_ENTRIES, TOO_MANY};

/// A file that is packed so much smaller than it is, and is large, is there to fill disks.
const BOMB: (u64, u64) = (200, 10 << 20);
/// Where a zip's end says how many files it has.
const END_LENGTH: u64 = 22;
const END_COMMENT: u64 = 0xFFFF;
const END_MARK: &[u8] = b"PK\x05\x06";

/// An archive whose names and sizes can all be taken.
pub struct Archive {
    files: Vec<PackedFile>,
    content: Content,
}

/// A file of an archive.
#[derive(Clone, Debug)]
pub(super) struct PackedFile {
    pub(super) path: FilePath,
    pub(super) size: u64,
    /// Whether it may be executed.
    pub(super) runs: bool,
    /// Where it is: its number in a zip, its first byte in a tar.
    at: u64,
}

enum Content {
    Zip(Box<ZipArchive<File>>),
    Tar(File),
}

impl Archive {
    /// Looks through an archive.
    ///
    /// # Errors
    /// [`ImportError`], with the file at fault.
    pub fn open(mut file: File) -> Result<Self, ImportError> {
        let mut begin = [0; 4];
        let length = file.read(&mut begin)?;
        file.rewind()?;
        let (files, content) = match begin.get(..length) {
            Some(b"PK\x03\x04" | b"PK\x05\x06") => of_zip(file)?,
            _ => of_tar(file)?,
        };
        check(&files)?;
        Ok(Self { files, content })
    }

    pub(super) fn files(&self) -> &[PackedFile] {
        &self.files
    }

    /// Reads a file; it gives a byte more at most than the archive says that it has.
    pub(super) fn read<T>(
        &mut self,
        file: &PackedFile,
        take: impl FnOnce(&mut dyn Read) -> io::Result<T>,
    ) -> Result<T, ImportError> {
        match &mut self.content {
            Content::Tar(tar) => {
                tar.seek(SeekFrom::Start(file.at))?;
                Ok(take(&mut tar.take(file.size))?)
            }
            Content::Zip(zip) => {
                let index = usize::try_from(file.at).map_err(io::Error::other)?;
                let packed = zip.by_index(index).map_err(|error| broken(&error))?;
                // A zip compares the checksum when its reader comes to the end, which is after the last byte.
                let read = take(&mut packed.take(file.size.saturating_add(1)));
                read.map_err(|error| broken(&error))
            }
        }
    }
}

fn broken(error: &impl std::fmt::Display) -> ImportError {
    ImportError::Unreadable(error.to_string())
}

fn of_zip(mut file: File) -> Result<(Vec<PackedFile>, Content), ImportError> {
    // Its list is read whole: it must not be one of millions.
    if listed(&mut file)? > most_files() {
        return Err(ImportError::TooLarge(TOO_MANY));
    }
    file.rewind()?;
    let mut zip = ZipArchive::new(file).map_err(|error| broken(&error))?;
    if zip
        .has_overlapping_files()
        .map_err(|error| broken(&error))?
    {
        return Err(ImportError::Unreadable("its files overlap".to_owned()));
    }
    let mut files = Vec::new();
    for index in 0..zip.len() {
        let packed = zip.by_index_raw(index).map_err(|error| broken(&error))?;
        let Ok(name) = std::str::from_utf8(packed.name_raw()) else {
            return Err(ImportError::Name {
                name: String::from_utf8_lossy(packed.name_raw()).into_owned(),
                why: "its name isn’t UTF-8".to_owned(),
            });
        };
        let refused = |why| {
            Err(ImportError::File {
                name: name.to_owned(),
                why,
            })
        };
        if packed.encrypted() {
            return refused("it’s encrypted");
        }
        if packed.is_symlink() {
            return refused("it’s a link");
        }
        if !matches!(
            packed.compression(),
            CompressionMethod::Stored | CompressionMethod::Deflated
        ) {
            return refused("it’s packed by a method other than Deflate");
        }
        let (ratio, large) = BOMB;
        if packed.size() > large && packed.size() / packed.compressed_size().max(1) > ratio {
            return refused("it’s more than 200 times as large as it’s packed");
        }
        if let Some(path) = path_of(name)? {
            files.push(PackedFile {
                path,
                size: packed.size(),
                runs: packed.unix_mode().is_some_and(|mode| mode & 0o111 != 0),
                at: index as u64,
            });
        }
    }
    if zip.has_duplicate_names() {
        return Err(ImportError::Unreadable(
            "it has two files of the same name".to_owned(),
        ));
    }
    Ok((files, Content::Zip(Box::new(zip))))
}

fn most_files() -> usize {
    usize::try_from(MOST_ENTRIES).unwrap_or(usize::MAX)
}

/// How many files a zip's end says that it has.
fn listed(file: &mut File) -> io::Result<usize> {
    let length = file.seek(SeekFrom::End(0))?;
    file.seek(SeekFrom::Start(
        length.saturating_sub(END_LENGTH + END_COMMENT),
    ))?;
    let mut end = Vec::new();
    file.take(END_LENGTH + END_COMMENT).read_to_end(&mut end)?;
    let mark = end.windows(END_MARK.len()).rposition(|at| at == END_MARK);
    let count = mark.and_then(|mark| end.get(mark + 10..mark + 12));
    // Without an end it can't be read anyway.
    Ok(count.map_or(0, |count| {
        count
            .iter()
            .rev()
            .fold(0, |sum, byte| sum * 256 + usize::from(*byte))
    }))
}

fn of_tar(file: File) -> Result<(Vec<PackedFile>, Content), ImportError> {
    let mut tar = tar::Archive::new(file);
    let mut files = Vec::new();
    for entry in tar.entries_with_seek().map_err(|error| broken(&error))? {
        let entry = entry.map_err(|error| broken(&error))?;
        let name = entry.path_bytes();
        let Ok(name) = std::str::from_utf8(&name) else {
            return Err(ImportError::Name {
                name: String::from_utf8_lossy(&name).into_owned(),
                why: "its name isn’t UTF-8".to_owned(),
            });
        };
        let kind = entry.header().entry_type();
        if kind.is_dir() {
            path_of(&format!("{}/", name.trim_end_matches('/')))?;
            continue;
        }
        if !kind.is_file() {
            return Err(ImportError::File {
                name: name.to_owned(),
                why: "it’s a link or a device",
            });
        }
        if files.len() >= most_files() {
            return Err(ImportError::TooLarge(TOO_MANY));
        }
        if let Some(path) = path_of(name)? {
            files.push(PackedFile {
                path,
                size: entry.size(),
                runs: entry.header().mode().is_ok_and(|mode| mode & 0o111 != 0),
                at: entry.raw_file_position(),
            });
        }
    }
    Ok((files, Content::Tar(tar.into_inner())))
}

/// A file's path; none for a folder.
fn path_of(name: &str) -> Result<Option<FilePath>, ImportError> {
    let refused = |why: String| ImportError::Name {
        name: name.to_owned(),
        why,
    };
    let (path, is_folder) = match name.strip_suffix('/') {
        Some(folder) => (folder, true),
        None => (name, false),
    };
    let path = FilePath::try_from(path).map_err(|fault| match fault {
        InvalidId::Escapes => refused("its path leads out of the folder".to_owned()),
        InvalidId::Character('\\') => refused("its path has backslashes".to_owned()),
        fault => refused(fault.to_string()),
    })?;
    Ok((!is_folder).then_some(path))
}

/// What a file system wouldn't tell apart, or can't have beside each other, is refused, and so is too much.
fn check(files: &[PackedFile]) -> Result<(), ImportError> {
    let mut bytes = 0u64;
    let mut names: HashMap<String, &str> = HashMap::new();
    let mut folders: HashSet<&str> = HashSet::new();
    for file in files {
        bytes = bytes.saturating_add(file.size);
        let path = file.path.as_str();
        if let Some(other) = names.insert(path.to_lowercase(), path) {
            let why = match other == path {
                true => "it’s in the archive twice".to_owned(),
                false => format!("its name differs from ‘{other}’ in capital letters alone"),
            };
            return Err(ImportError::Name {
                name: path.to_owned(),
                why,
            });
        }
        folders.extend(
            path.match_indices('/')
                .filter_map(|(end, _)| path.get(..end)),
        );
    }
    if bytes > MOST_BYTES {
        return Err(ImportError::TooLarge("its files have more than 4 GiB"));
    }
    match files
        .iter()
        .find(|file| folders.contains(file.path.as_str()))
    {
        Some(file) => Err(ImportError::Name {
            name: file.path.to_string(),
            why: "it’s a file and a folder".to_owned(),
        }),
        None => Ok(()),
    }
}
