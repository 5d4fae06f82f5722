//! Pictures that people give to the inputs of flows. They're kept by their content beside the flow's runs, where its session
//! finds them.

use std::{
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
    time::SystemTime,
};

use flowdeck_access::{
    disk,
    folder::{Folder, ReadError},
};
use flowdeck_contract::{
    Exact, Values,
    ids::FlowId,
    pictures::{KeptPicture, PICTURE_LIMIT, Picture, PictureKind, PictureName, placed},
};
use sha2::{Digest as _, Sha256};

use crate::{error::ComputeError, paths::Paths};

/// So many are kept for a flow…
const MOST: usize = 500;
/// …with so many bytes in all; those that were given longest ago go first.
const MOST_BYTES: u64 = 500_000_000;

/// Keeps a picture of this kind.
pub(crate) fn keep(
    paths: &Paths,
    flow: &FlowId,
    kind: PictureKind,
    bytes: &[u8],
) -> Result<KeptPicture, ComputeError> {
    let failed = || ComputeError::io("Keeping the picture");
    let folder = paths.pictures(flow);
    fs::create_dir_all(&folder).map_err(failed())?;
    // The flow's session writes beside it, and may have put a link in its place.
    if !folder.symlink_metadata().map_err(failed())?.is_dir() {
        return Err(failed()(io::ErrorKind::NotADirectory.into()));
    }
    let digest = hex::encode(Sha256::digest(bytes));
    let name = format!("{digest}.{}", kind.format());
    let file = folder.join(&name);
    write(&folder, &file, bytes).map_err(failed())?;
    forget_oldest(&folder, &file);
    let name = PictureName::try_from(name)
        .map_err(|error| ComputeError::invalid("PictureUnusable", error.to_string()))?;
    Ok(KeptPicture {
        name,
        media_type: kind.media_type(),
        bytes: bytes.len() as u64,
    })
}

/// A picture that is kept, by its name.
pub(crate) fn read(
    paths: &Paths,
    flow: &FlowId,
    name: &PictureName,
) -> Result<Vec<u8>, ComputeError> {
    let folder = Folder::open(&paths.pictures(flow));
    match folder.and_then(|folder| folder.read(name.as_str(), PICTURE_LIMIT)) {
        Ok(bytes) => Ok(bytes),
        Err(ReadError::Io(error)) if error.kind() != io::ErrorKind::NotFound => {
            Err(ComputeError::io("Reading the picture")(error))
        }
        Err(_) => Err(ComputeError::PictureNotKept),
    }
}

/// The inputs as the runtime takes them: with the paths of pictures that are kept.
pub(crate) fn for_the_runtime(paths: &Paths, flow: &FlowId, inputs: &Values) -> Values {
    let path = |picture: &Picture| match picture {
        Picture::Kept(name) => path_of(paths, flow, name).to_str().map(str::to_owned),
        _ => None,
    };
    let placed = inputs
        .iter()
        .map(|(name, value)| (name.to_owned(), placed(value, &path)));
    placed.collect()
}

/// The first input with a picture that is no longer kept.
pub(crate) fn missing<'v>(paths: &Paths, flow: &FlowId, inputs: &'v Values) -> Option<&'v str> {
    let lacks = |value: &Exact| {
        let found = std::cell::Cell::new(false);
        let _same = placed(value, &|picture| {
            if let Picture::Kept(name) = picture
                && !path_of(paths, flow, name).is_file()
            {
                found.set(true);
            }
            None
        });
        found.get()
    };
    let mut inputs = inputs.iter();
    inputs.find_map(|(name, value)| lacks(value).then_some(name))
}

fn path_of(paths: &Paths, flow: &FlowId, name: &PictureName) -> PathBuf {
    paths.pictures(flow).join(name.as_str())
}

/// Puts the file there whole. The same picture again counts as given now.
fn write(folder: &Path, file: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut written = tempfile::NamedTempFile::new_in(folder)?;
    written.write_all(bytes)?;
    let mut permissions = written.as_file().metadata()?.permissions();
    std::os::unix::fs::PermissionsExt::set_mode(&mut permissions, 0o644);
    written.as_file().set_permissions(permissions)?;
    written.persist(file)?;
    Ok(())
}

fn forget_oldest(folder: &Path, just_kept: &Path) {
    let entries = disk::entries(folder).unwrap_or_default();
    let known = entries.into_iter().filter_map(|path| {
        let metadata = path.symlink_metadata().ok()?;
        let given = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
        Some((given, metadata.len(), path))
    });
    let mut known: Vec<_> = known.filter(|(.., path)| path != just_kept).collect();
    known.sort_by(|one, other| other.cmp(one));
    let mut total = 0;
    for (at, (_, bytes, path)) in known.into_iter().enumerate() {
        total += bytes;
        if (at + 1 >= MOST || total > MOST_BYTES)
            && let Err(error) = disk::remove(&path)
        {
            tracing::warn!(%error, "an old picture could not be removed");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_pictures_that_were_given_longest_ago_are_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let at = |number: usize| folder.path().join(format!("{number:04}"));
        for number in 0..MOST + 2 {
            let file = fs::File::create(at(number)).unwrap();
            let age = Duration::from_secs(number as u64);
            file.set_modified(SystemTime::UNIX_EPOCH + age).unwrap();
        }
        forget_oldest(folder.path(), &at(0));
        assert!(at(0).exists(), "it was given just now");
        assert!(!at(1).exists() && !at(2).exists());
        assert!(at(3).exists() && at(MOST + 1).exists());
        let large = fs::File::create(at(0)).unwrap();
        large.set_len(MOST_BYTES + 1).unwrap();
        forget_oldest(folder.path(), &at(MOST + 1));
        assert_eq!(disk::entries(folder.path()).unwrap(), [at(MOST + 1)]);
    }
}
