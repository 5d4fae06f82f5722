//! What flows ask for, remembered as long as no file changes that says so: lists of flows look at each of them again and
//! again.

use std::{
    collections::HashMap,
    fs, io,
    path::Path,
    time::{Duration, SystemTime},
};

use flowdeck_contract::{
    connections::ConnectionNeed,
    ids::{FilePath, FlowId},
};
use parking_lot::Mutex;

use crate::{error::ComputeError, owner::Owner};

/// A file that changed this recently may change again without a new time.
const SETTLED: Duration = Duration::from_secs(2);

/// What is remembered of each flow.
#[derive(Debug, Default)]
pub(super) struct Asked(Mutex<HashMap<FlowId, Known>>);

#[derive(Clone, Debug)]
struct Known {
    /// Each file that was looked at, with how it was.
    files: Vec<(String, Stamp)>,
    needs: Vec<ConnectionNeed>,
}

/// How a file is, as far as one can tell without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stamp {
    Absent,
    Present { modified: SystemTime, bytes: u64 },
}

impl Stamp {
    /// `None` when one can't look, or the file may be changing at this moment.
    fn of(folder: &Path, file: &str) -> Option<Self> {
        // What isn't a path within the folder isn't read either.
        if FilePath::try_from(file.trim_start_matches("./")).is_err() {
            return Some(Self::Absent);
        }
        let metadata = match fs::metadata(folder.join(file)) {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Some(Self::Absent),
            Err(_) => return None,
        };
        let modified = metadata.modified().ok()?;
        let is_settled = modified.elapsed().is_ok_and(|age| age > SETTLED);
        is_settled.then_some(Self::Present {
            modified,
            bytes: metadata.len(),
        })
    }
}

impl Asked {
    /// Reads again what the flow asks for, when somebody next wants to know.
    pub(super) fn forget(&self, flow: &FlowId) {
        self.0.lock().remove(flow);
    }

    /// What the flow in `folder` asks for. `read` reads it, and notes each file beside the definition that decides.
    pub(super) fn of(
        &self,
        flow: &FlowId,
        folder: &Path,
        read: impl FnOnce(&mut dyn FnMut(&str)) -> Result<Vec<ConnectionNeed>, ComputeError>,
    ) -> Result<Vec<ConnectionNeed>, ComputeError> {
        let known = self.0.lock().get(flow).cloned();
        let is_same = |(file, stamp): &(String, Stamp)| Stamp::of(folder, file) == Some(*stamp);
        if let Some(known) = known.filter(|known| known.files.iter().all(is_same)) {
            return Ok(known.needs);
        }
        let stamp = |file: &str| Some((file.to_owned(), Stamp::of(folder, file)?));
        // Before it is read: what changes meanwhile is read again.
        let definitions: Option<Vec<_>> = Owner::from(flow)
            .definition_files()
            .into_iter()
            .map(stamp)
            .collect();
        let mut sources = Some(Vec::new());
        let needs = read(&mut |file| {
            let stamped = stamp(file);
            if let Some(sources) = &mut sources
                && let Some(stamped) = stamped
            {
                sources.push(stamped);
            } else {
                sources = None;
            }
        })?;
        let mut all = self.0.lock();
        match (definitions, sources) {
            (Some(definitions), Some(sources)) => {
                let known = Known {
                    files: [definitions, sources].concat(),
                    needs: needs.clone(),
                };
                all.insert(flow.clone(), known);
            }
            _ => {
                all.remove(flow);
            }
        }
        Ok(needs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn need(name: &str) -> ConnectionNeed {
        ConnectionNeed {
            node: None,
            input: None,
            line: 1,
            name: name.to_owned(),
            accepts: Vec::new(),
            problem: None,
        }
    }

    #[test]
    fn what_is_remembered_is_read_again_once_a_file_changes() {
        let folder = tempfile::tempdir().unwrap();
        let at = |file: &str| folder.path().join(file);
        let age = |file: &str, seconds| {
            let file = fs::File::options().write(true).open(at(file)).unwrap();
            file.set_modified(SystemTime::now() - Duration::from_secs(seconds))
                .unwrap();
        };
        fs::write(at("flow.dag.yaml"), "nodes: []").unwrap();
        fs::write(at("tool.py"), "a").unwrap();
        let asked = Asked::default();
        let flow = FlowId::try_from("mine").unwrap();
        let read = |name: &str| {
            let needs = asked.of(&flow, folder.path(), |note| {
                note("tool.py");
                note("../outside.py");
                Ok(vec![need(name)])
            });
            needs.unwrap().remove(0).name
        };
        assert_eq!(
            (read("one"), read("two")),
            ("one".to_owned(), "two".to_owned())
        );
        for file in ["flow.dag.yaml", "tool.py"] {
            age("flow.dag.yaml", 60);
            age("tool.py", 60);
            let first = read(&format!("before {file}"));
            assert_eq!(read("again"), first);
            age(file, 30);
            assert_eq!(read("changed"), "changed");
        }
        fs::remove_file(at("tool.py")).unwrap();
        assert_eq!(read("gone"), "gone");
        assert_eq!(read("again"), "gone");
    }
}
