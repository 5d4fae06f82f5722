//! Environments that are kept: what was built once for a base and a requirements file is made again in a moment. One is
//! used only when it is still what it was when it was kept, and what was not used for longest goes when there are too
//! many.

mod key;
mod manifest;

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use flowdeck_contract::{Millis, settings::EnvironmentCache};
use serde::{Deserialize, Serialize};

pub(crate) use self::key::{Ingredients, Key};
use self::manifest::Manifest;
use super::clone;
use crate::{id, paths::remove};

/// The environment in an entry's folder.
const ENVIRONMENT: &str = "env";
const MANIFEST: &str = "manifest.json";
/// Its time is when the entry was last used.
const USED: &str = "used";

/// Where environments are kept, and how much they may take.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    folder: PathBuf,
    /// In bytes; nothing is kept when it is 0.
    limit: u64,
}

/// What is known of an entry.
#[derive(Debug, Serialize, Deserialize)]
struct Facts {
    /// When it was built.
    built: Millis,
    /// How long that took, in milliseconds.
    took: u64,
    /// Where it was: what its scripts say of where they stand.
    was: PathBuf,
    /// The size of the files that are not the base's.
    bytes: u64,
    manifest: Manifest,
}

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
    pub(crate) fn new(folder: PathBuf, limit: u64) -> Self {
        Self { folder, limit }
    }

    /// Removes what was not finished when its maker died.
    pub(crate) fn remove_unfinished(&self) -> io::Result<()> {
        for (name, folder) in self.folders()? {
            if name.starts_with("new-") || name.starts_with("old-") {
                remove(&folder)?;
            }
        }
        self.evict()
    }

    /// Whether there is one under `key`.
    pub(crate) fn has(&self, key: &Key) -> bool {
        self.entry(key).exists()
    }

    /// Makes the environment `to` of the one that is kept under `key`.
    pub(crate) fn reuse(&self, key: &Key, to: &Path) -> io::Result<Found> {
        self.use_whole(key, |facts, environment| {
            remove(to)?;
            clone::clone_moved(environment, &facts.was, to)
        })
    }

    /// Whether the one under `key` is `base` and more: nothing of `base` is missing or another in it, and nothing of it is
    /// read when Python starts alone.
    pub(crate) fn adds_to(&self, key: &Key, base: &Path) -> io::Result<bool> {
        let facts = self.facts(&self.entry(key)).ok().flatten();
        facts.map_or(Ok(false), |facts| facts.manifest.adds_to(base))
    }

    /// Adds what the one under `key` has beside `base` to `to`, which was made from `base`.
    pub(crate) fn add(&self, key: &Key, base: &Path, to: &Path) -> io::Result<Found> {
        self.use_whole(key, |facts, environment| {
            let added = facts.manifest.beside(base);
            clone::add_files(environment, &facts.was, to, added)
        })
    }

    fn use_whole(
        &self,
        key: &Key,
        make: impl FnOnce(&Facts, &Path) -> io::Result<()>,
    ) -> io::Result<Found> {
        let entry = self.entry(key);
        let facts = match self.facts(&entry) {
            Ok(Some(facts)) => facts,
            Ok(None) => return Ok(Found::None),
            Err(why) => return self.drop_damaged(&entry, &why),
        };
        let environment = entry.join(ENVIRONMENT);
        match facts.manifest.difference(&environment) {
            Ok(None) => {}
            Ok(Some(why)) => return self.drop_damaged(&entry, &why),
            Err(error) => return self.drop_damaged(&entry, &error.to_string()),
        }
        make(&facts, &environment)?;
        fs::write(entry.join(USED), "")?;
        Ok(Found::Reused(Reused {
            built: facts.built,
            took: Duration::from_millis(facts.took),
        }))
    }

    /// Keeps a copy of the environment `from`, which it took so long to build from `base`, in the place of another one
    /// under `key`. Gives the size of what is not the base's.
    pub(crate) fn keep(
        &self,
        key: &Key,
        from: &Path,
        base: &Path,
        took: Duration,
    ) -> io::Result<Option<u64>> {
        if self.limit == 0 {
            return Ok(None);
        }
        let new = self.folder.join(format!("new-{}", id::token()));
        let kept = self.keep_in(&new, key, from, base, took);
        if !matches!(kept, Ok(Some(_))) {
            remove(&new)?;
        }
        self.evict()?;
        kept
    }

    fn keep_in(
        &self,
        new: &Path,
        key: &Key,
        from: &Path,
        base: &Path,
        took: Duration,
    ) -> io::Result<Option<u64>> {
        fs::create_dir_all(new)?;
        let environment = new.join(ENVIRONMENT);
        clone::clone_folder(from, &environment)?;
        let manifest = Manifest::of(&environment)?;
        let bytes = manifest.bytes_beside(base);
        if bytes > self.limit {
            return Ok(None);
        }
        let facts = Facts {
            built: now(),
            took: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
            was: from.to_owned(),
            bytes,
            manifest,
        };
        fs::write(new.join(USED), "")?;
        fs::write(new.join(MANIFEST), serde_json::to_vec(&facts)?)?;
        let entry = self.entry(key);
        // Whole, or not there.
        if entry.exists() {
            let old = self.folder.join(format!("old-{}", id::token()));
            fs::rename(&entry, &old)?;
            fs::rename(new, &entry)?;
            remove(&old)?;
        } else {
            fs::rename(new, &entry)?;
        }
        Ok(Some(bytes))
    }

    /// How much is kept.
    pub(crate) fn state(&self) -> io::Result<EnvironmentCache> {
        let entries = self.entries()?;
        Ok(EnvironmentCache {
            environments: u32::try_from(entries.len()).unwrap_or(u32::MAX),
            bytes: entries.iter().map(|entry| entry.bytes).sum(),
            limit_bytes: self.limit,
        })
    }

    fn entry(&self, key: &Key) -> PathBuf {
        self.folder.join(key.as_str())
    }

    /// `None` when there is no such entry; an error says what is wrong with it.
    fn facts(&self, entry: &Path) -> Result<Option<Facts>, String> {
        if !entry.exists() {
            return Ok(None);
        }
        let read = fs::read(entry.join(MANIFEST)).map_err(|error| error.to_string())?;
        let facts = serde_json::from_slice(&read).map_err(|error| error.to_string())?;
        Ok(Some(facts))
    }

    fn drop_damaged(&self, entry: &Path, why: &str) -> io::Result<Found> {
        tracing::warn!(entry = %entry.display(), why, "a kept environment is damaged and was dropped");
        remove(entry)?;
        Ok(Found::Damaged(why.to_owned()))
    }

    fn folders(&self) -> io::Result<Vec<(String, PathBuf)>> {
        let entries = match fs::read_dir(&self.folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries?,
        };
        let named = entries.filter_map(|entry| {
            let entry = entry.ok()?;
            Some((entry.file_name().into_string().ok()?, entry.path()))
        });
        Ok(named.collect())
    }

    /// The entries, the one that was not used for longest first.
    fn entries(&self) -> io::Result<Vec<Entry>> {
        let mut entries = Vec::new();
        for (name, folder) in self.folders()? {
            if name.starts_with("new-") || name.starts_with("old-") {
                continue;
            }
            // One that cannot be read is the first to go.
            let facts = self.facts(&folder).ok().flatten();
            let used = fs::metadata(folder.join(USED)).and_then(|used| used.modified());
            entries.push(Entry {
                bytes: facts.map_or(0, |facts| facts.bytes),
                used: used.unwrap_or(UNIX_EPOCH),
                folder,
            });
        }
        entries.sort_by_key(|entry| entry.used);
        Ok(entries)
    }

    fn evict(&self) -> io::Result<()> {
        let entries = self.entries()?;
        let mut bytes: u64 = entries.iter().map(|entry| entry.bytes).sum();
        for entry in entries {
            if bytes <= self.limit && self.limit > 0 {
                return Ok(());
            }
            tracing::info!(entry = %entry.folder.display(), "a kept environment was not used for longest and goes");
            remove(&entry.folder)?;
            bytes -= entry.bytes;
        }
        Ok(())
    }
}

struct Entry {
    folder: PathBuf,
    bytes: u64,
    used: SystemTime,
}

fn now() -> Millis {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    Millis(now.map_or(0, |now| i64::try_from(now.as_millis()).unwrap_or(i64::MAX)))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

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

        /// A copy of the base with a file of so many bytes.
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
        let state = kept.state().unwrap();
        assert_eq!(
            (state.environments, state.bytes, state.limit_bytes),
            (1, bytes, 1_000_000)
        );
    }

    #[test]
    fn one_that_is_not_what_it_was_is_dropped() {
        type Damage = fn(&Path);
        let damages: [Damage; 5] = [
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
            damage(&kept.entry(&key));
            let to = stage.root.path().join("again");
            let found = kept.reuse(&key, &to).unwrap();
            assert!(matches!(found, Found::Damaged(_)), "{number}: {found:?}");
            assert!(!to.exists());
            assert!(matches!(kept.reuse(&key, &to).unwrap(), Found::None));
        }
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
                .open(kept.entry(&Key::of_text(key)).join(USED));
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
                none.state().unwrap().environments,
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
        fs::create_dir_all(kept.folder.join("new-0/env")).unwrap();
        fs::create_dir_all(kept.folder.join("old-0/env")).unwrap();
        assert_eq!(kept.state().unwrap().environments, 1);
        kept.remove_unfinished().unwrap();
        assert_eq!(fs::read_dir(&kept.folder).unwrap().count(), 1);
    }
}
