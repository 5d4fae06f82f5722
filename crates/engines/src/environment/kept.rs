//! Environments that are kept: what was built once for a base and a requirements file is made again in a moment. One is
//! used only when it is still what it was when it was kept, and what was not used for longest goes when there are too
//! many.

mod contents;
mod entry;
mod key;
mod manifest;
mod shelf;

use std::{
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use flowdeck_access::disk::remove;
use flowdeck_contract::{Millis, settings::EnvironmentCache};

pub(crate) use self::key::{Ingredients, Key};
use self::{
    entry::{Facts, KeptFolder},
    shelf::Shelf,
};
use super::clone;

/// Where environments are kept, and how much they may take.
#[derive(Clone, Debug)]
pub(crate) struct Kept(Shelf);

/// An environment that was made of a kept one.
#[derive(Debug)]
pub(crate) struct Reused {
    pub(crate) built: Millis,
    /// What building it had taken.
    pub(crate) took: Duration,
}

/// What came of looking for one.
#[derive(Debug)]
pub(crate) enum Found {
    Reused(Reused),
    None,
    /// There was one, which was not what it had been; it is gone.
    Damaged(String),
}

impl Kept {
    /// `limit` is in bytes; nothing is kept when it is 0.
    pub(crate) fn new(folder: PathBuf, limit: u64) -> Self {
        Self(Shelf::new(folder, limit))
    }

    /// Removes what was not finished when its maker died.
    pub(crate) fn remove_unfinished(&self) -> io::Result<()> {
        self.0.remove_unfinished()?;
        self.0.evict()
    }

    /// Whether there is one under `key`.
    pub(crate) fn has(&self, key: &Key) -> bool {
        self.entry(key).exists()
    }

    /// Makes the environment `to` of the one that is kept under `key`.
    pub(crate) fn reuse(&self, key: &Key, to: &Path) -> io::Result<Found> {
        self.use_whole(key, |facts, environment| {
            remove(to)?;
            let take = |path: &Path| facts.contents.take(path, environment, to);
            let made = clone::clone_moved(environment, &facts.was, to, &take);
            made.or_else(|error| remove(to).and(Err(error)))
        })
    }

    /// Whether the one under `key` is `base` and more: nothing of `base` is missing or another in it, and nothing of it
    /// is read when Python starts alone.
    pub(crate) fn adds_to(&self, key: &Key, base: &Path) -> io::Result<bool> {
        let facts = self.entry(key).facts().ok().flatten();
        facts.map_or(Ok(false), |facts| facts.manifest.adds_to(base))
    }

    /// Adds what the one under `key` has beside `base` to `to`, which was made from `base`.
    pub(crate) fn add(&self, key: &Key, base: &Path, to: &Path) -> io::Result<Found> {
        self.use_whole(key, |facts, environment| {
            let added = facts.manifest.beside(base);
            let take = |path: &Path| facts.contents.take(path, environment, to);
            clone::add_files(environment, &facts.was, to, added, &take)
        })
    }

    fn use_whole(
        &self,
        key: &Key,
        make: impl FnOnce(&Facts, &Path) -> io::Result<()>,
    ) -> io::Result<Found> {
        let entry = self.entry(key);
        let damaged = |why: String| {
            tracing::warn!(entry = %entry.folder().display(), why, "a kept environment is damaged and was dropped");
            entry.remove()?;
            Ok(Found::Damaged(why))
        };
        let facts = match entry.whole() {
            Ok(Some(facts)) => facts,
            Ok(None) => return Ok(Found::None),
            Err(why) => return damaged(why),
        };
        match make(&facts, &entry.environment()) {
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                return damaged(error.to_string());
            }
            made => made?,
        }
        entry.note_use()?;
        Ok(Found::Reused(Reused {
            built: facts.built,
            took: facts.took(),
        }))
    }

    /// Keeps a copy of the environment `from`, which took `time` to build from `base`, in place of another one
    /// under `key`. Gives the size of what is not the base's.
    pub(crate) fn keep(
        &self,
        key: &Key,
        from: &Path,
        base: &Path,
        took: Duration,
    ) -> io::Result<Option<u64>> {
        if self.0.limit() == 0 {
            return Ok(None);
        }
        let new = self.0.new_entry();
        let made = new.make(from, base, took, self.0.limit());
        let kept = made.and_then(|bytes| {
            if bytes.is_some() {
                self.0.put(&new, &self.entry(key))?;
            }
            Ok(bytes)
        });
        if !matches!(kept, Ok(Some(_))) {
            new.remove()?;
        }
        self.0.evict()?;
        kept
    }

    /// How much is kept; `None` when nobody could look.
    pub(crate) fn counted(&self) -> Option<EnvironmentCache> {
        let state = self.0.state();
        state
            .inspect_err(
                |error| tracing::warn!(%error, "the kept environments could not be counted"),
            )
            .ok()
    }

    fn entry(&self, key: &Key) -> KeptFolder {
        self.0.entry(key.as_str())
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::symlink, time::UNIX_EPOCH};

    use super::*;

    struct Stage {
        root: tempfile::TempDir,
    }

    impl Stage {
        fn new() -> Self {
            let root = tempfile::tempdir().unwrap();
            let stage = Self { root };
            fs::create_dir_all(stage.base().join("lib")).unwrap();
            fs::write(stage.base().join("lib/base.py"), "b".repeat(1000)).unwrap();
            stage
        }

        fn base(&self) -> PathBuf {
            self.root.path().join("base")
        }

        fn kept(&self, limit: u64) -> Kept {
            Kept::new(self.root.path().join("kept"), limit)
        }

        /// A copy of the base with a file of this many bytes.
        fn environment(&self, name: &str, bytes: usize) -> PathBuf {
            let folder = self.root.path().join(name);
            clone::clone_folder(&self.base(), &folder).unwrap();
            fs::create_dir_all(folder.join("bin")).unwrap();
            symlink("/usr/bin/env", folder.join("bin/python")).unwrap();
            let script = format!("#!{}/bin/python\n", folder.display());
            fs::write(folder.join("bin/tool"), script).unwrap();
            fs::write(folder.join("lib/more.py"), "m".repeat(bytes)).unwrap();
            folder
        }

        fn keep(&self, kept: &Kept, key: &str, bytes: usize) -> Option<u64> {
            let from = self.environment(&format!("env-{key}"), bytes);
            let key = Key::of_text(key);
            let took = Duration::from_secs(34);
            kept.keep(&key, &from, &self.base(), took).unwrap()
        }
    }

    fn reused(kept: &Kept, key: &str, to: &Path) -> bool {
        matches!(
            kept.reuse(&Key::of_text(key), to).unwrap(),
            Found::Reused(_)
        )
    }

    #[test]
    fn what_was_kept_is_made_again_at_its_new_place() {
        let stage = Stage::new();
        let kept = stage.kept(1_000_000);
        let to = stage.root.path().join("again");
        assert!(!reused(&kept, "a", &to));
        let bytes = stage.keep(&kept, "a", 10).unwrap();
        assert!(
            (10..500).contains(&bytes),
            "the base's files do not count: {bytes}"
        );
        fs::remove_dir_all(stage.root.path().join("env-a")).unwrap();
        let Found::Reused(reused) = kept.reuse(&Key::of_text("a"), &to).unwrap() else {
            panic!("it is there");
        };
        assert_eq!(reused.took, Duration::from_secs(34));
        let script = fs::read_to_string(to.join("bin/tool")).unwrap();
        assert_eq!(script, format!("#!{}/bin/python\n", to.display()));
        assert_eq!(
            fs::read_to_string(to.join("lib/more.py")).unwrap(),
            "m".repeat(10)
        );
        let state = kept.counted().unwrap();
        assert_eq!(
            (state.environments, state.bytes, state.limit_bytes),
            (1, bytes, 1_000_000)
        );
    }

    #[test]
    fn one_that_is_not_what_it_was_is_dropped() {
        type Damage = fn(&Path);
        let damages: [Damage; 6] = [
            |entry| {
                let file = entry.join("env/lib/more.py");
                let time = fs::metadata(&file).unwrap().modified().unwrap();
                fs::write(&file, "e".repeat(10)).unwrap();
                let written = fs::File::options().write(true).open(&file).unwrap();
                written.set_modified(time).unwrap();
            },
            |entry| fs::write(entry.join("env/lib/more.py"), "changed").unwrap(),
            |entry| fs::remove_file(entry.join("env/lib/more.py")).unwrap(),
            |entry| fs::write(entry.join("env/lib/new.pth"), "import evil").unwrap(),
            |entry| fs::write(entry.join("manifest.json"), "{").unwrap(),
            |entry| {
                fs::remove_file(entry.join("env/bin/python")).unwrap();
                symlink("/tmp/evil", entry.join("env/bin/python")).unwrap();
            },
        ];
        for (number, damage) in damages.into_iter().enumerate() {
            let stage = Stage::new();
            let kept = stage.kept(1_000_000);
            stage.keep(&kept, "a", 10).unwrap();
            let key = Key::of_text("a");
            damage(kept.entry(&key).folder());
            let to = stage.root.path().join("again");
            let found = kept.reuse(&key, &to).unwrap();
            assert!(matches!(found, Found::Damaged(_)), "{number}: {found:?}");
            assert!(!to.exists());
            assert!(matches!(kept.reuse(&key, &to).unwrap(), Found::None));
        }
    }

    #[test]
    fn who_writes_into_files_in_place_changes_nobody_else_s() {
        let stage = Stage::new();
        let kept = stage.kept(1_000_000);
        stage.keep(&kept, "a", 10).unwrap();
        let poison = |environment: &Path| {
            let file = environment.join("lib/more.py");
            let time = fs::metadata(&file).unwrap().modified().unwrap();
            let written = fs::File::options().write(true).open(&file).unwrap();
            std::os::unix::fs::FileExt::write_all_at(&written, b"poisoned!!", 0).unwrap();
            written.set_modified(time).unwrap();
        };
        poison(&stage.root.path().join("env-a"));
        for name in ["one", "two"] {
            let to = stage.root.path().join(name);
            assert!(reused(&kept, "a", &to), "{name}");
            let content = fs::read_to_string(to.join("lib/more.py")).unwrap();
            assert_eq!(content, "m".repeat(10), "{name}");
            poison(&to);
        }
        let to = stage.root.path().join("standby");
        clone::clone_folder(&stage.base(), &to).unwrap();
        let added = kept.add(&Key::of_text("a"), &stage.base(), &to).unwrap();
        assert!(matches!(added, Found::Reused(_)));
        poison(&to);
        assert!(reused(&kept, "a", &stage.root.path().join("last")));
    }

    #[test]
    fn what_was_not_used_for_longest_goes_first() {
        let stage = Stage::new();
        let kept = stage.kept(2_500);
        stage.keep(&kept, "a", 1_000);
        stage.keep(&kept, "b", 1_000);
        let used = |key: &str, seconds: u64| {
            let used = fs::File::options()
                .write(true)
                .open(kept.entry(&Key::of_text(key)).folder().join("used"));
            used.unwrap()
                .set_modified(UNIX_EPOCH + Duration::from_secs(seconds))
                .unwrap();
        };
        used("a", 20);
        used("b", 10);
        stage.keep(&kept, "c", 1_000);
        let to = stage.root.path().join("to");
        assert!(reused(&kept, "a", &to) && reused(&kept, "c", &to) && !reused(&kept, "b", &to));
        assert_eq!(
            stage.keep(&kept, "d", 5_000),
            None,
            "larger than everything may be"
        );
        assert!(reused(&kept, "a", &to));
        let none = stage.kept(0);
        none.remove_unfinished().unwrap();
        assert_eq!(
            (
                none.counted().unwrap().environments,
                stage.keep(&none, "e", 1)
            ),
            (0, None)
        );
    }

    #[test]
    fn what_is_more_than_the_base_is_added_to_what_is_the_base_alone() {
        let stage = Stage::new();
        let kept = stage.kept(1_000_000);
        stage.keep(&kept, "a", 10);
        let key = Key::of_text("a");
        assert!(kept.adds_to(&key, &stage.base()).unwrap());
        let to = stage.root.path().join("standby");
        clone::clone_folder(&stage.base(), &to).unwrap();
        assert!(matches!(
            kept.add(&key, &stage.base(), &to).unwrap(),
            Found::Reused(_)
        ));
        assert_eq!(
            fs::read_to_string(to.join("lib/more.py")).unwrap(),
            "m".repeat(10)
        );
        let script = fs::read_to_string(to.join("bin/tool")).unwrap();
        assert_eq!(script, format!("#!{}/bin/python\n", to.display()));

        for (name, content) in [("lib/base.py", "other"), ("lib/x.pth", "import x")] {
            let from = stage.environment(&format!("with-{}", name.replace('/', "-")), 1);
            drop(fs::remove_file(from.join(name)));
            fs::write(from.join(name), content).unwrap();
            let key = Key::of_text("other");
            kept.keep(&key, &from, &stage.base(), Duration::ZERO)
                .unwrap();
            assert!(!kept.adds_to(&key, &stage.base()).unwrap(), "{name}");
        }
        assert!(!kept.adds_to(&Key::of_text("none"), &stage.base()).unwrap());
    }

    #[test]
    fn another_one_takes_its_place_and_leftovers_go() {
        let stage = Stage::new();
        let kept = stage.kept(1_000_000);
        stage.keep(&kept, "a", 10);
        let from = stage.environment("newer", 20);
        let key = Key::of_text("a");
        kept.keep(&key, &from, &stage.base(), Duration::ZERO)
            .unwrap();
        let to = stage.root.path().join("to");
        assert!(reused(&kept, "a", &to));
        assert_eq!(
            fs::read_to_string(to.join("lib/more.py")).unwrap().len(),
            20
        );
        fs::create_dir_all(stage.root.path().join("kept/new-0/env")).unwrap();
        fs::create_dir_all(stage.root.path().join("kept/old-0/env")).unwrap();
        assert_eq!(kept.counted().unwrap().environments, 1);
        kept.remove_unfinished().unwrap();
        assert_eq!(
            fs::read_dir(stage.root.path().join("kept"))
                .unwrap()
                .count(),
            1
        );
    }
}
