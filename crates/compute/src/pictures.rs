//! Pictures that people give to the inputs of flows. They're kept by their content beside the flow's runs, where its session
//! finds them.

use std::cell::RefCell;

use flowdeck_access::folder::{Folder, ReadError};
use flowdeck_contract::{
    Exact, Values,
    ids::{FlowId, RunId},
    pictures::{KeptPicture, PICTURE_LIMIT, Picture, PictureKind, PictureName, placed},
};
use sha2::{Digest as _, Sha256};

use crate::{error::ComputeError, paths::Paths};

/// So many are kept for a flow…
const MOST: usize = 500;
/// …with so many bytes in all; those that were given longest ago go first.
const MOST_BYTES: u64 = 500_000_000;
/// The session's user, who may not be the server's, reads them.
const MODE: u32 = 0o644;

/// Keeps a picture of this kind. The same picture again counts as given now.
pub(crate) fn keep(
    paths: &Paths,
    flow: &FlowId,
    kind: PictureKind,
    bytes: &[u8],
) -> Result<KeptPicture, ComputeError> {
    let digest = hex::encode(Sha256::digest(bytes));
    let name = PictureName::try_from(format!("{digest}.{}", kind.format()))
        .map_err(|error| ComputeError::invalid("PictureUnusable", error.to_string()))?;
    let kept = paths.pictures_made(flow).and_then(|folder| {
        folder.put(name.as_str(), bytes, MODE)?;
        Ok(folder)
    });
    let folder = kept.map_err(|error| ComputeError::io("Keeping the picture")(error.into()))?;
    if let Err(error) = forget_oldest(&folder, name.as_str()) {
        tracing::warn!(%flow, %error, "old pictures could not be forgotten");
    }
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
    let folder = paths.pictures_opened(flow);
    match folder.and_then(|folder| folder.read(name.as_str(), PICTURE_LIMIT)) {
        Ok(bytes) => Ok(bytes),
        Err(ReadError::Io(error)) => Err(ComputeError::io("Reading the picture")(error)),
        Err(_) => Err(ComputeError::PictureNotKept),
    }
}

/// The inputs as the runtime takes them: with the paths of pictures that are kept.
pub(crate) fn for_the_runtime(paths: &Paths, flow: &FlowId, inputs: &Values) -> Values {
    let folder = paths.pictures(flow);
    let path = |picture: &Picture| match picture {
        Picture::Kept(name) => folder.join(name.as_str()).to_str().map(str::to_owned),
        _ => None,
    };
    let placed = inputs
        .iter()
        .map(|(name, value)| (name.to_owned(), placed(value, &path)));
    placed.collect()
}

/// A value of a run with the pictures that it made kept by name, so that they outlive the run's folder; one that can't be
/// read stays as it is.
pub(crate) fn kept_of_run(paths: &Paths, flow: &FlowId, run: &RunId, value: &Exact) -> Exact {
    placed(value, &|picture| match picture {
        Picture::OfRun(file) => match keep_of_run(paths, flow, run, file) {
            Ok(kept) => Some(kept.name.to_string()),
            Err(error) => {
                tracing::warn!(%flow, %run, %error, "a picture of an answer could not be kept");
                None
            }
        },
        _ => None,
    })
}

/// Keeps a picture that a run made, by its file's name.
pub(crate) fn keep_of_run(
    paths: &Paths,
    flow: &FlowId,
    run: &RunId,
    file: &str,
) -> Result<KeptPicture, ComputeError> {
    let kind = kind_of(file).ok_or(ComputeError::PictureNotKept)?;
    let bytes = paths
        .read_output(flow, run, file, PICTURE_LIMIT)
        .map_err(|error| ComputeError::io("Reading a picture of the run")(error.into()))?;
    keep(paths, flow, kind, &bytes)
}

/// The kind that a file's name says.
fn kind_of(file: &str) -> Option<PictureKind> {
    let (_, extension) = file.rsplit_once('.')?;
    match extension {
        "jpg" => Some(PictureKind::Jpeg),
        other => PictureKind::of_media_type(&format!("image/{other}")),
    }
}

/// The first input with a picture that is no longer kept.
pub(crate) fn missing<'v>(
    paths: &Paths,
    flow: &FlowId,
    inputs: &'v Values,
) -> Result<Option<&'v str>, ComputeError> {
    for (name, value) in inputs.iter() {
        if !lost(paths, flow, value)?.is_empty() {
            return Ok(Some(name));
        }
    }
    Ok(None)
}

/// The pictures of a value that are no longer kept, in its order.
pub(crate) fn lost(
    paths: &Paths,
    flow: &FlowId,
    value: &Exact,
) -> Result<Vec<PictureName>, ComputeError> {
    let named = RefCell::new(Vec::new());
    let _same = placed(value, &|picture| {
        if let Picture::Kept(name) = picture {
            named.borrow_mut().push(name.clone());
        }
        None
    });
    let named = named.into_inner();
    if named.is_empty() {
        return Ok(named);
    }
    let failed = || ComputeError::io("Looking for the pictures");
    let folder = match paths.pictures_opened(flow) {
        Ok(folder) => folder,
        Err(ReadError::Io(error)) => return Err(failed()(error)),
        // There is none, or the flow's session has put something else in its place.
        Err(_) => return Ok(named),
    };
    let mut lost = Vec::new();
    for name in named {
        match folder.has_file(name.as_str()) {
            Ok(true) => {}
            Err(ReadError::Io(error)) => return Err(failed()(error)),
            Ok(false) | Err(_) => lost.push(name),
        }
    }
    Ok(lost)
}

fn forget_oldest(folder: &Folder, just_kept: &str) -> Result<(), ReadError> {
    let mut known = folder.files()?;
    known.retain(|file| file.name != just_kept);
    let mut total = 0;
    for (at, file) in known.iter().rev().enumerate() {
        total += file.bytes;
        if at + 1 >= MOST || total > MOST_BYTES {
            folder.remove(&file.name)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::{
        fs,
        os::unix::fs::symlink,
        time::{Duration, SystemTime},
    };

    use super::*;

    #[test]
    fn the_pictures_that_were_given_longest_ago_are_forgotten() {
        let top = tempfile::tempdir().unwrap();
        let folder = Folder::open(top.path()).unwrap();
        let at = |number: usize| top.path().join(format!("{number:04}"));
        for number in 0..MOST + 2 {
            let file = fs::File::create(at(number)).unwrap();
            let age = Duration::from_secs(number as u64);
            file.set_modified(SystemTime::UNIX_EPOCH + age).unwrap();
        }
        forget_oldest(&folder, "0000").unwrap();
        assert!(at(0).exists(), "it was given just now");
        assert!(!at(1).exists() && !at(2).exists());
        assert!(at(3).exists() && at(MOST + 1).exists());
        let large = fs::File::create(at(0)).unwrap();
        large.set_len(MOST_BYTES + 1).unwrap();
        forget_oldest(&folder, &format!("{:04}", MOST + 1)).unwrap();
        let left: Vec<_> = folder.files().unwrap();
        assert_eq!(left.len(), 1);
        assert!(at(MOST + 1).exists());
    }

    #[tokio::test]
    async fn a_flow_that_puts_a_link_in_place_of_its_pictures_reaches_no_other_s() {
        let data = tempfile::tempdir().unwrap();
        let (paths, _lock) = Paths::open(data.path()).await.unwrap();
        let flow = |name: &str| FlowId::try_from(name).unwrap();
        let (mine, theirs) = (flow("mine"), flow("theirs"));
        let kept = keep(&paths, &theirs, PictureKind::Png, b"theirs").unwrap();
        fs::create_dir_all(paths.runs(&mine)).unwrap();
        symlink("../theirs/pictures", paths.pictures(&mine)).unwrap();

        let refused = keep(&paths, &mine, PictureKind::Png, b"mine").unwrap_err();
        assert!(
            refused.to_string().starts_with("Keeping the picture"),
            "{refused}"
        );
        assert!(read(&paths, &mine, &kept.name).is_err());
        let value = Exact::from(&serde_json::json!({"data:image/png;path": kept.name}));
        assert_eq!(
            lost(&paths, &mine, &value).unwrap(),
            std::slice::from_ref(&kept.name)
        );
        assert!(lost(&paths, &theirs, &value).unwrap().is_empty());
        let all = fs::read_dir(paths.pictures(&theirs)).unwrap();
        assert_eq!(all.count(), 1, "nothing came, nothing went");

        // A link in the place of one picture is replaced, and what it led to stays.
        fs::remove_file(paths.pictures(&mine)).unwrap();
        fs::create_dir(paths.pictures(&mine)).unwrap();
        let linked = paths.pictures(&mine).join(kept.name.as_str());
        symlink(paths.pictures(&theirs).join(kept.name.as_str()), &linked).unwrap();
        assert_eq!(
            lost(&paths, &mine, &value).unwrap(),
            std::slice::from_ref(&kept.name)
        );
        keep(&paths, &mine, PictureKind::Png, b"theirs").unwrap();
        assert!(!linked.is_symlink());
        assert_eq!(read(&paths, &theirs, &kept.name).unwrap(), b"theirs");
    }
}
