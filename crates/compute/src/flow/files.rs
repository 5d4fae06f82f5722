//! A requirements file with the files that it includes, as they are on disk.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use flowdeck_flow::{LineKind, RequirementLine, requirement_lines};

/// A requirements file and all that it names with `-r` and `-c`, each once, itself first.
#[derive(Debug, Default)]
pub(crate) struct RequirementFiles {
    files: Vec<RequirementFile>,
    numbers: BTreeMap<PathBuf, usize>,
}

/// One of them.
#[derive(Debug)]
pub(crate) struct RequirementFile {
    /// Relative to the flow folder where it is inside of it, else as it was named.
    pub(crate) name: String,
    /// The folder it is in.
    pub(crate) beside: PathBuf,
    pub(crate) text: String,
}

impl RequirementFiles {
    /// Reads `file` of `folder`; `text` counts in place of what is on disk. What cannot be read is left out: the
    /// install complains of it.
    pub(crate) fn read(folder: &Path, file: &str, text: Option<String>) -> Self {
        let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        let mut files = Self::default();
        let path = folder.join(file);
        let path = path.canonicalize().unwrap_or(path);
        if let Some(text) = text.or_else(|| fs::read_to_string(&path).ok()) {
            files.add(&folder, path, file, text);
        }
        files
    }

    fn add(&mut self, folder: &Path, path: PathBuf, named: &str, text: String) {
        let inside = path.strip_prefix(folder).ok();
        let name = inside.map_or(named.to_owned(), |path| path.display().to_string());
        let beside = path.parent().unwrap_or(&path).to_owned();
        let lines = requirement_lines(&text);
        self.numbers.insert(path, self.files.len());
        self.files.push(RequirementFile {
            name,
            beside: beside.clone(),
            text,
        });
        for line in lines {
            let (LineKind::Include(named) | LineKind::Constraints(named)) = line.kind else {
                continue;
            };
            let Ok(path) = beside.join(&named).canonicalize() else {
                continue;
            };
            if !self.numbers.contains_key(&path)
                && let Ok(text) = fs::read_to_string(&path)
            {
                self.add(folder, path, &named, text);
            }
        }
    }

    /// The files, by their numbers.
    pub(crate) fn all(&self) -> &[RequirementFile] {
        &self.files
    }

    /// The number of the file that `file` names.
    pub(crate) fn number(&self, file: &RequirementFile, named: &str) -> Option<usize> {
        let path = file.beside.join(named).canonicalize().ok()?;
        self.numbers.get(&path).copied()
    }

    /// The first package that is asked for by its name.
    pub(crate) fn package(&self) -> Option<String> {
        self.lines().find_map(|(_, line)| match line.kind {
            LineKind::Named { name } => Some(name),
            _ => None,
        })
    }

    /// Every line of every file.
    pub(crate) fn lines(&self) -> impl Iterator<Item = (&RequirementFile, RequirementLine)> {
        let files = self.files.iter();
        files.flat_map(|file| {
            let lines = requirement_lines(&file.text).into_iter();
            lines.map(move |line| (file, line))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_file_is_read_once_and_known_by_every_name() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("f");
        fs::create_dir_all(folder.join("more")).unwrap();
        fs::write(root.path().join("out.txt"), "beta\n").unwrap();
        fs::write(
            folder.join("r.txt"),
            "-r more/a.txt\n-c none.txt\n-r ../out.txt\n",
        )
        .unwrap();
        fs::write(folder.join("more/a.txt"), "alpha\n-r ../r.txt\n").unwrap();
        let files = RequirementFiles::read(&folder, "r.txt", None);
        let names: Vec<&str> = files.all().iter().map(|file| file.name.as_str()).collect();
        assert_eq!(names, ["r.txt", "more/a.txt", "../out.txt"]);
        assert_eq!(files.number(&files.all()[1], "../r.txt"), Some(0));
        let other = RequirementFiles::read(&folder, "r.txt", Some("-r ../out.txt".to_owned()));
        assert_eq!(other.all().len(), 2);
    }
}
