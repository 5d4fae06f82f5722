//! The bytecode of base environments. What a runtime loads is compiled when a base is made: sessions wait for it. All the
//! rest takes twice as long, and is compiled once a session is available.

use std::{
    fs, io,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
};

use super::clone;
use crate::engine::Pace;

/// The program that compiles, which a base's own Python runs.
const PROGRAM: &str = include_str!("compile.py");
/// The modules that promptflow's executor loads, a path a line.
const LOADED: &str = include_str!("../../base/loaded.txt");
/// Written once every module of a base is compiled.
const COMPILED: &str = ".compiled";
/// Where Python keeps the bytecode of a folder's modules.
const FOLDER: &str = "__pycache__";

/// Whether every module of a base is compiled.
pub(crate) fn is_complete(base: &Path) -> bool {
    base.join(COMPILED).exists()
}

/// Notes that every module of a base is compiled.
pub(crate) fn completed(base: &Path) -> io::Result<()> {
    fs::write(base.join(COMPILED), "")
}

/// Arguments of Python that compile what a runtime loads of the environment at `from`, which becomes the one at `to`: its
/// copy, where that is another place. Writes the list of it into `to`.
pub(crate) fn loaded(from: &Path, to: &Path) -> io::Result<Vec<String>> {
    let list = to.join("loaded.txt");
    fs::write(&list, LOADED)?;
    Ok(arguments(&[from, to, &list]))
}

/// Arguments of Python that compile all of an environment.
pub(crate) fn all(environment: &Path, pace: Pace) -> Vec<String> {
    let which = match pace {
        Pace::Awaited => "all",
        Pace::Idle => "idle",
    };
    arguments(&[environment, environment, Path::new(which)])
}

fn arguments(paths: &[&Path]) -> Vec<String> {
    let paths = paths.iter().map(|path| path.display().to_string());
    ["-I", "-c", PROGRAM]
        .into_iter()
        .map(str::to_owned)
        .chain(paths)
        .collect()
}

/// Whether it is bytecode that is still written, under a name that Python adds a number to, or that was never finished.
pub(super) fn is_unfinished(path: &Path) -> bool {
    let within = path.parent().and_then(Path::file_name);
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    within.is_some_and(|folder| folder == FOLDER) && name.contains(".pyc.")
}

/// Gives `environment`, which was made from `base`, the bytecode that the base has got since, of those modules that are the
/// base's still.
pub(super) fn add(base: &Path, environment: &Path) -> io::Result<()> {
    add_below(base, environment, Path::new("lib"))
}

fn add_below(base: &Path, environment: &Path, within: &Path) -> io::Result<()> {
    for entry in fs::read_dir(base.join(within))? {
        let entry = entry?;
        let path = within.join(entry.file_name());
        if !entry.file_type()?.is_dir() || !environment.join(&path).is_dir() {
            continue;
        }
        add_below(base, environment, &path)?;
    }
    let bytecode = within.join(FOLDER);
    let names = match fs::read_dir(base.join(&bytecode)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        names => names?,
    };
    for name in names {
        let path = bytecode.join(name?.file_name());
        if !is_unfinished(&path) && is_of_base(base, environment, within, &path)? {
            add_file(base, environment, &path)?;
        }
    }
    Ok(())
}

/// Whether a module's bytecode is wanted: the environment has none, and its module is the base's.
fn is_of_base(base: &Path, environment: &Path, within: &Path, path: &Path) -> io::Result<bool> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let module = within.join(format!("{}.py", name.split('.').next().unwrap_or_default()));
    let inode = |folder: &Path, path: &PathBuf| match fs::symlink_metadata(folder.join(path)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        found => found.map(|found| Some(found.ino())),
    };
    let here = inode(environment, &module)?;
    Ok(here.is_some()
        && here == inode(base, &module)?
        && inode(environment, &path.to_owned())?.is_none())
}

fn add_file(base: &Path, environment: &Path, path: &Path) -> io::Result<()> {
    let (source, target) = (base.join(path), environment.join(path));
    if let Some(folder) = target.parent() {
        fs::create_dir_all(folder)?;
    }
    match clone::link_or_copy(&source, &target) {
        // The runtime itself has written it.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        added => added,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(folder: &Path, path: &str, content: &str) {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    #[test]
    fn an_environment_gets_the_bytecode_of_what_is_the_base_s_still() {
        let root = tempfile::tempdir().unwrap();
        let (base, environment) = (root.path().join("base"), root.path().join("env"));
        fs::create_dir_all(base.join("bin")).unwrap();
        for module in ["a", "b", "more/c", "gone/d"] {
            write(&base, &format!("lib/{module}.py"), "pass");
        }
        clone::clone_environment(&base, &environment).unwrap();
        for module in [
            "__pycache__/a",
            "__pycache__/b",
            "more/__pycache__/c",
            "gone/__pycache__/d",
        ] {
            write(&base, &format!("lib/{module}.cpython-311.pyc"), "base");
        }
        write(&base, "lib/__pycache__/a.cpython-311.pyc.140", "half");
        // An install has replaced one module and removed another; the runtime has compiled a third.
        fs::remove_file(environment.join("lib/b.py")).unwrap();
        write(&environment, "lib/b.py", "other");
        fs::remove_dir_all(environment.join("lib/gone")).unwrap();
        write(
            &environment,
            "lib/more/__pycache__/c.cpython-311.pyc",
            "own",
        );

        for _ in 0..2 {
            add(&base, &environment).unwrap();
            let read = |path: &str| fs::read_to_string(environment.join("lib").join(path)).ok();
            assert_eq!(read("__pycache__/a.cpython-311.pyc").unwrap(), "base");
            assert_eq!(read("__pycache__/a.cpython-311.pyc.140"), None);
            assert_eq!(read("__pycache__/b.cpython-311.pyc"), None);
            assert_eq!(read("more/__pycache__/c.cpython-311.pyc").unwrap(), "own");
            assert!(!environment.join("lib/gone").exists());
        }
    }

    #[test]
    fn a_copy_leaves_out_bytecode_that_is_still_written() {
        let root = tempfile::tempdir().unwrap();
        let (base, copy) = (root.path().join("base"), root.path().join("copy"));
        write(&base, "lib/__pycache__/a.cpython-311.pyc", "whole");
        write(&base, "lib/__pycache__/b.cpython-311.pyc.139864", "half");
        write(&base, "lib/c.py.139864", "a package's own");
        clone::clone_folder(&base, &copy).unwrap();
        assert!(copy.join("lib/__pycache__/a.cpython-311.pyc").exists());
        assert!(
            !copy
                .join("lib/__pycache__/b.cpython-311.pyc.139864")
                .exists()
        );
        assert!(copy.join("lib/c.py.139864").exists());
    }
}
