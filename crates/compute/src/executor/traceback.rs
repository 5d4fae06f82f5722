//! Python tracebacks: the part that is about the user's code, and the place in it.

use std::path::{Path, PathBuf};

use flowdeck_contract::{ids::FilePath, runs::SourcePlace};

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
            .trim_start()
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
        .find(|line| line.starts_with("Traceback (most recent call last)"));
    let kept: Vec<&str> = head.into_iter().chain(&lines[first..]).copied().collect();
    Some(kept.join("\n").trim_end().to_owned())
}

/// The innermost place in a file of the flow.
pub(super) fn innermost(traceback: &str, code: &Code) -> Option<SourcePlace> {
    traceback.lines().rev().find_map(|line| code.place(line))
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
