//! A copy of an environment that costs next to nothing: files are hard links, so only names are new.

use std::{
    fs, io,
    io::Write as _,
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _, symlink},
    path::{Path, PathBuf},
    thread,
};

use rustix::fs::{Mode, OFlags};

use super::bytecode;

/// Makes `to` a copy of the environment `from`. What a script in `bin` says of where it stands is made true again.
pub(crate) fn clone_environment(from: &Path, to: &Path) -> io::Result<()> {
    clone_folder(from, to)?;
    relocate_scripts(from, to)
}

/// As [`clone_environment`], of one that is a copy of what stood at `was` and says so still, where `take` brings each
/// file.
pub(crate) fn clone_moved(
    from: &Path,
    was: &Path,
    to: &Path,
    take: &(impl Fn(&Path) -> io::Result<()> + Sync),
) -> io::Result<()> {
    clone_by(from, to, Path::new(""), take)?;
    relocate_scripts(was, to)
}

/// Adds files of `from`, which stood at `was`, to `to`; `take` brings each.
pub(crate) fn add_files(
    from: &Path,
    was: &Path,
    to: &Path,
    files: Vec<&Path>,
    take: &impl Fn(&Path) -> io::Result<()>,
) -> io::Result<()> {
    for path in files {
        let (source, target) = (from.join(path), to.join(path));
        if let Some(folder) = target.parent() {
            fs::create_dir_all(folder)?;
        }
        if source.is_symlink() {
            symlink(fs::read_link(&source)?, &target)?;
        } else {
            take(path)?;
        }
    }
    relocate_scripts(was, to)
}

/// Makes `to` a copy of the folder `from`.
pub(crate) fn clone_folder(from: &Path, to: &Path) -> io::Result<()> {
    let link = |path: &Path| link_or_copy(&from.join(path), &to.join(path));
    clone_by(from, to, Path::new(""), &link)
}

/// Copies what is `within` a folder to another, where `take` brings each file by its path in the folder. Thousands of files
/// are brought by all cores: a start waits for it.
pub(crate) fn clone_by(
    from: &Path,
    to: &Path,
    within: &Path,
    take: &(impl Fn(&Path) -> io::Result<()> + Sync),
) -> io::Result<()> {
    const LEAST: usize = 500;
    let paths = make_folders(from, to, within)?;
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let part = paths.len().div_ceil(threads).max(LEAST);
    let bring = |paths: &[(PathBuf, fs::FileType)]| {
        let mut paths = paths.iter();
        paths.try_for_each(|(path, kind)| bring(from, to, path, *kind, take))
    };
    thread::scope(|scope| {
        let parts: Vec<_> = paths
            .chunks(part)
            .map(|part| scope.spawn(|| bring(part)))
            .collect();
        let died = |_| Err(io::Error::other("a copying thread died"));
        let ends: Vec<_> = parts
            .into_iter()
            .map(|part| part.join().unwrap_or_else(died))
            .collect();
        ends.into_iter().collect()
    })
}

/// Makes every folder anew; gives what else there is, by its path.
fn make_folders(from: &Path, to: &Path, within: &Path) -> io::Result<Vec<(PathBuf, fs::FileType)>> {
    let (mut folders, mut others) = (vec![within.to_owned()], Vec::new());
    while let Some(folder) = folders.pop() {
        fs::create_dir(to.join(&folder))?;
        for entry in fs::read_dir(from.join(&folder))? {
            let entry = entry?;
            let (path, kind) = (folder.join(entry.file_name()), entry.file_type()?);
            if kind.is_dir() {
                folders.push(path);
            } else {
                others.push((path, kind));
            }
        }
    }
    Ok(others)
}

fn bring(
    from: &Path,
    to: &Path,
    path: &Path,
    kind: fs::FileType,
    take: &impl Fn(&Path) -> io::Result<()>,
) -> io::Result<()> {
    if kind.is_symlink() {
        symlink(fs::read_link(from.join(path))?, to.join(path))
    } else if !kind.is_file() {
        // A pipe would hold up whoever opens it.
        let why = format!("{} isn’t a file, a folder or a link", path.display());
        Err(io::Error::new(io::ErrorKind::InvalidInput, why))
    } else if bytecode::is_unfinished(path) {
        // It would be gone before it could be linked.
        Ok(())
    } else {
        take(path)
    }
}

/// Opens a regular file to read it. What is opened is looked at, not what was there before: a pipe or a link that has
/// taken a file's place holds nobody up and leads nowhere.
pub(crate) fn open(path: &Path) -> io::Result<fs::File> {
    let flags = OFlags::NONBLOCK | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let file = fs::File::from(rustix::fs::open(
        path,
        flags | OFlags::RDONLY,
        Mode::empty(),
    )?);
    if file.metadata()?.is_file() {
        return Ok(file);
    }
    let why = format!("{} isn’t a file", path.display());
    Err(io::Error::new(io::ErrorKind::InvalidInput, why))
}

/// Copies a file with its mode and time, by which Python knows that its bytecode is up to date.
pub(crate) fn copy(source: &Path, target: &Path) -> io::Result<()> {
    let mut from = open(source)?;
    let known = from.metadata()?;
    let mut to = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(target)?;
    io::copy(&mut from, &mut to)?;
    to.set_permissions(known.permissions())?;
    to.set_modified(known.modified()?)
}

pub(crate) fn link_or_copy(source: &Path, target: &Path) -> io::Result<()> {
    match fs::hard_link(source, target) {
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::CrossesDevices | io::ErrorKind::TooManyLinks
            ) =>
        {
            copy(source, target)
        }
        result => result,
    }
}

pub(crate) fn relocate_scripts(from: &Path, to: &Path) -> io::Result<()> {
    let (old, new) = (
        from.as_os_str().as_encoded_bytes(),
        to.as_os_str().as_encoded_bytes(),
    );
    for entry in fs::read_dir(to.join("bin"))? {
        let entry = entry?;
        if !entry.file_type()?.is_file() {
            continue;
        }
        let content = fs::read(entry.path())?;
        if let Some(content) = replaced(&content, old, new) {
            rewrite(&entry.path(), &content)?;
        }
    }
    Ok(())
}

/// Writes a new file: the old one is the base's too.
fn rewrite(path: &Path, content: &[u8]) -> io::Result<()> {
    let mode = fs::metadata(path)?.permissions().mode();
    fs::remove_file(path)?;
    fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(mode)
        .open(path)?
        .write_all(content)
}

/// `content` with `new` for `old`; `None` when it isn't text or does not hold `old`.
fn replaced(content: &[u8], old: &[u8], new: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(content).ok()?;
    let (old, new) = (
        std::str::from_utf8(old).ok()?,
        std::str::from_utf8(new).ok()?,
    );
    text.contains(old)
        .then(|| text.replace(old, new).into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_shares_files_but_not_what_names_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let (base, copy) = (folder.path().join("base"), folder.path().join("copy"));
        fs::create_dir_all(base.join("bin")).unwrap();
        fs::create_dir_all(base.join("lib/x")).unwrap();
        fs::write(base.join("lib/x/a.py"), "pass").unwrap();
        fs::write(
            base.join("bin/tool"),
            format!("#!{}/bin/python\n", base.display()),
        )
        .unwrap();
        fs::set_permissions(base.join("bin/tool"), fs::Permissions::from_mode(0o755)).unwrap();
        symlink("/usr/bin/env", base.join("bin/python")).unwrap();
        clone_environment(&base, &copy).unwrap();

        let tool = fs::read_to_string(copy.join("bin/tool")).unwrap();
        assert_eq!(tool, format!("#!{}/bin/python\n", copy.display()));
        assert_eq!(
            fs::metadata(copy.join("bin/tool"))
                .unwrap()
                .permissions()
                .mode()
                & 0o777,
            0o755
        );
        assert!(
            fs::read_to_string(base.join("bin/tool"))
                .unwrap()
                .contains("/base/")
        );
        assert_eq!(
            fs::read_link(copy.join("bin/python")).unwrap(),
            Path::new("/usr/bin/env")
        );
        assert_eq!(fs::read(copy.join("lib/x/a.py")).unwrap(), b"pass");
    }

    #[test]
    fn what_is_no_file_folder_or_link_refuses_the_copy_and_holds_nobody_up() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("from"), folder.path().join("to"));
        fs::create_dir_all(from.join("lib")).unwrap();
        fs::write(from.join("lib/a.py"), "pass").unwrap();
        let pipe = rustix::fs::FileType::Fifo;
        let at = from.join("lib/pipe");
        rustix::fs::mknodat(rustix::fs::CWD, &at, pipe, Mode::RWXU, 0).unwrap();
        let error = clone_folder(&from, &to).unwrap_err();
        assert!(error.to_string().contains("lib/pipe"), "{error}");
        // Also where it has taken a file's place since that was looked at.
        for copied in [copy(&at, &folder.path().join("copy")), open(&at).map(drop)] {
            assert_eq!(copied.unwrap_err().kind(), io::ErrorKind::InvalidInput);
        }
        symlink("a.py", from.join("lib/link")).unwrap();
        assert!(open(&from.join("lib/link")).is_err());
    }

    #[test]
    fn a_copy_has_the_mode_and_time_of_its_file() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("from"), folder.path().join("to"));
        fs::write(&from, "pass").unwrap();
        fs::set_permissions(&from, fs::Permissions::from_mode(0o444)).unwrap();
        let time = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000);
        fs::File::open(&from).unwrap().set_modified(time).unwrap();
        copy(&from, &to).unwrap();
        let copied = fs::metadata(&to).unwrap();
        assert_eq!(copied.permissions().mode() & 0o777, 0o444);
        assert_eq!(copied.modified().unwrap(), time);
        assert_eq!(fs::read(&to).unwrap(), b"pass");
    }
}
