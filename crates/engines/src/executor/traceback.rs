//! Python tracebacks: the part that is about the user's code, and the place in it.

use std::path::{Path, PathBuf};

use flowdeck_contract::{ids::FilePath, runs::SourcePlace};

/// What stands before a line of a traceback: those of exceptions in a group are drawn as a tree.
const IN_GROUP: [char; 3] = [' ', '|', '+'];

/// Where the code of a run stands: the flow folder, or a copy of it that stands for it.
#[derive(Clone, Debug)]
pub(crate) struct Code {
    pub(super) folder: PathBuf,
    pub(super) copy: Option<PathBuf>,
}

impl Code {
    pub(crate) fn new(folder: &Path, copy: Option<&Path>) -> Self {
        Self {
            folder: folder.to_owned(),
            copy: copy.map(Path::to_owned),
        }
    }

    /// `text` as if it had run in the flow folder itself.
    pub(super) fn in_folder(&self, text: &str) -> String {
        match &self.copy {
            Some(copy) => text.replace(&*copy.to_string_lossy(), &self.folder.to_string_lossy()),
            None => text.to_owned(),
        }
    }

    /// The path in the flow folder that a frame's line is about, when it is about one.
    fn place(&self, line: &str) -> Option<SourcePlace> {
        let (file, rest) = line
            .trim_start_matches(IN_GROUP)
            .strip_prefix("File \"")?
            .split_once("\", line ")?;
        let path = Path::new(file).strip_prefix(&self.folder).ok()?;
        let digits = rest.split(|c: char| !c.is_ascii_digit()).next()?;
        Some(SourcePlace {
            path: FilePath::try_from(path.to_str()?).ok()?,
            line: digits.parse().ok()?,
        })
    }
}

/// The traceback from the user's code on: what leads there is promptflow's. `None` when no code of the user is in it.
pub(super) fn from_user_code(traceback: &str, code: &Code) -> Option<String> {
    let lines: Vec<&str> = traceback.lines().collect();
    let first = lines.iter().position(|line| code.place(line).is_some())?;
    let head = lines[..first]
        .iter()
        .find(|line| line.ends_with("Traceback (most recent call last):"));
    let kept: Vec<&str> = head.into_iter().chain(&lines[first..]).copied().collect();
    Some(kept.join("\n").trim_end().to_owned())
}

/// The innermost place in a file of the flow. Of a group it is where the group itself was raised, else where what is in it was.
pub(super) fn innermost(traceback: &str, code: &Code) -> Option<SourcePlace> {
    let lines: Vec<&str> = traceback.lines().collect();
    let begins = |line: &&str| line.trim_start().starts_with("+-+---");
    let own = lines.iter().position(begins).unwrap_or(lines.len());
    let innermost = |lines: &[&str]| lines.iter().rev().find_map(|line| code.place(line));
    innermost(&lines[..own]).or_else(|| innermost(&lines[own..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACEBACK: &str = "Traceback (most recent call last):\n  File \"/venv/promptflow/tracing/_trace.py\", line 545, in wrapped\n    return func()\n  File \"/flows/f/two.py\", line 9, in two\n    helper(x)\n  File \"/flows/f/lib/h.py\", line 12, in helper\n    return 1/0\n           ~^~\n  File \"/usr/lib/python3/json.py\", line 3, in f\nZeroDivisionError: division by zero\n";

    #[test]
    fn it_begins_in_the_user_s_code_and_ends_where_it_ended() {
        let code = Code::new(Path::new("/flows/f"), None);
        let cut = from_user_code(TRACEBACK, &code).unwrap();
        assert!(
            cut.starts_with("Traceback (most recent call last):\n  File \"/flows/f/two.py\""),
            "{cut}"
        );
        assert!(cut.ends_with("ZeroDivisionError: division by zero"));
        let place = innermost(TRACEBACK, &code).unwrap();
        assert_eq!((place.path.as_str(), place.line), ("lib/h.py", 12));
    }

    #[test]
    fn a_group_is_raised_where_it_was_and_not_where_its_exceptions_were() {
        let code = Code::new(Path::new("/flows/f"), None);
        let group = "  + Exception Group Traceback (most recent call last):\n  |   File \"/venv/pf.py\", line 1, in w\n  |   File \"/flows/f/g.py\", line 6, in g\n  |     raise ExceptionGroup('several', [ValueError('one')])\n  | ExceptionGroup: several (1 sub-exception)\n  +-+---------------- 1 ----------------\n    | Traceback (most recent call last):\n    |   File \"/flows/f/h.py\", line 3, in h\n    | ValueError: one\n    +------------------------------------\n";
        let place = innermost(group, &code).unwrap();
        assert_eq!((place.path.as_str(), place.line), ("g.py", 6));
        let shown = from_user_code(group, &code).unwrap();
        assert!(shown.starts_with("  + Exception Group Traceback (most recent call last):\n  |   File \"/flows/f/g.py\""), "{shown}");
        let outside = group.replace("/flows/f/g.py", "/venv/g.py");
        let place = innermost(&outside, &code).unwrap();
        assert_eq!((place.path.as_str(), place.line), ("h.py", 3));
    }

    #[test]
    fn a_folder_beside_the_flow_is_not_in_it() {
        let code = Code::new(Path::new("/flows/f"), None);
        let other = "  File \"/flows/f2/two.py\", line 9, in two\n  File \"/flows/f/../x.py\", line 1, in x";
        assert_eq!(innermost(other, &code), None);
        assert_eq!(from_user_code(other, &code), None);
    }

    #[test]
    fn a_copy_stands_for_the_folder() {
        let code = Code::new(Path::new("/flows/f"), Some(Path::new("/data/work/r")));
        let text = code.in_folder("  File \"/data/work/r/a.py\", line 2, in a");
        assert_eq!(innermost(&text, &code).unwrap().path.as_str(), "a.py");
    }
}
