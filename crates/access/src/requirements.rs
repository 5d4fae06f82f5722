//! A requirements file with all that it includes: read once, decoded as pip decodes, and the same for all who use it.

use std::{
    collections::{BTreeMap, VecDeque},
    path::{Component, Path, PathBuf},
};

use flowdeck_contract::codes;
use flowdeck_contract::packages::AskedBy;
use flowdeck_flow::{
    DecodeError, LineKind, REQUIREMENT_FILE_MISSING, RequirementLine, decode, is_plain,
    requirement_lines,
};
use sha2::{Digest as _, Sha256};

mod findings;
mod keeping;

pub use findings::sentence_of;

use crate::{
    error::EngineError,
    folder::{Folder, LIMIT, ReadError},
    redact::without_passwords,
};

/// A flow's requirements never have more files, or more bytes in all.
const MOST_FILES: usize = 200;
const MOST_BYTES: usize = 8 * 1024 * 1024;

/// A requirements file and all that it names with `-r` and `-c` beneath the flow folder, each once, itself first. What
/// is elsewhere is left to the installer to read, with the session's rights.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequirementSet {
    folder: PathBuf,
    files: Vec<RequirementFile>,
    elsewhere: Vec<String>,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequirementFile {
    /// Relative to the flow folder.
    pub name: String,
    /// What it says, decoded.
    pub text: String,
    /// Its lines, with what each is for.
    pub lines: Vec<RequirementLine>,
    /// What `-r` leads to asks for packages; what `-c` alone leads to only bounds them.
    pub role: Role,
    /// Whether an installer that knows less than pip reads its bytes as pip does.
    is_plain: bool,
    /// The numbers of the files that its lines name.
    included: BTreeMap<String, usize>,
}

/// What a file of requirements is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// It asks for packages.
    Requirements,
    /// It only bounds the versions of packages that others ask for.
    Constraints,
}

/// A file that is to be read, and who names it.
struct Task {
    path: PathBuf,
    role: Role,
    by: Option<By>,
}

#[derive(Clone)]
struct By {
    file: usize,
    line: u32,
    text: String,
    named: String,
}

/// Where a line of a requirements file leads.
enum Target {
    Beneath(PathBuf),
    Elsewhere,
}

fn opened(folder: &Path) -> Result<Folder, EngineError> {
    Folder::open(folder).map_err(|error| unreadable("The flow folder", &error))
}

impl RequirementSet {
    /// Reads `file`, relative to `folder`, with all that it includes.
    ///
    /// # Errors
    /// When one of the files can't be read, and when there is too much of them: with file and line.
    pub fn read(folder: &Path, file: &str) -> Result<Self, EngineError> {
        Self::with(opened(folder)?, folder, file, None)
    }

    /// The same in a folder that is held open, which a session may have moved meanwhile. `folder` is where it was.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn read_opened(opened: Folder, folder: &Path, file: &str) -> Result<Self, EngineError> {
        Self::with(opened, folder, file, None)
    }

    /// The same, with `text` in place of what is in `file`.
    pub fn with_text(folder: &Path, file: &str, text: String) -> Result<Self, EngineError> {
        Self::with(opened(folder)?, folder, file, Some(text))
    }

    fn with(
        opened: Folder,
        folder: &Path,
        file: &str,
        text: Option<String>,
    ) -> Result<Self, EngineError> {
        let mut walk = Walk {
            set: Self {
                folder: folder.to_owned(),
                files: Vec::new(),
                elsewhere: Vec::new(),
            },
            folder: opened,
            numbers: BTreeMap::new(),
            tasks: [VecDeque::new(), VecDeque::new()],
            bytes: 0,
        };
        let path = match (&text, walk.folder.resolve(file)) {
            (_, Ok(path)) => path,
            (Some(_), Err(_)) => PathBuf::from(file),
            (None, Err(error)) => return Err(unreadable(file, &error)),
        };
        let root = Task {
            path,
            role: Role::Requirements,
            by: None,
        };
        walk.read(root, text)?;
        while let Some(task) = walk.next() {
            walk.read(task, None)?;
        }
        Ok(walk.set)
    }

    /// The files, by their numbers.
    pub fn files(&self) -> &[RequirementFile] {
        &self.files
    }

    /// The folder that their names are relative to.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Lines that name a requirements file elsewhere, which no one but the installer reads.
    pub fn elsewhere(&self) -> &[String] {
        &self.elsewhere
    }

    /// Whether an installer that knows less than pip reads all of the files as pip does.
    pub fn is_plain(&self) -> bool {
        self.files.iter().all(|file| file.is_plain)
    }

    /// What all of it says, in hexadecimal.
    pub fn hash(&self) -> String {
        let mut hash = Sha256::new();
        for file in &self.files {
            for part in [&file.name, &file.text] {
                hash.update((part.len() as u64).to_be_bytes());
                hash.update(part);
            }
        }
        hex::encode(hash.finalize())
    }

    /// The first package that a line names.
    pub fn package(&self) -> Option<String> {
        self.lines().find_map(|(_, line)| match &line.kind {
            LineKind::Named { name } => Some(name.clone()),
            _ => None,
        })
    }

    /// Every line of every file.
    pub fn lines(&self) -> impl Iterator<Item = (&RequirementFile, &RequirementLine)> {
        let files = self.files.iter();
        files.flat_map(|file| file.lines.iter().map(move |line| (file, line)))
    }
}

impl RequirementFile {
    /// The number of the file that a line's `-r` or `-c` names, when it is one of the set.
    pub fn included(&self, named: &str) -> Option<usize> {
        self.included.get(named).copied()
    }

    /// Its folder, relative to the flow folder.
    pub fn beside(&self) -> &Path {
        Path::new(&self.name).parent().unwrap_or(Path::new(""))
    }
}

struct Walk {
    set: RequirementSet,
    folder: Folder,
    numbers: BTreeMap<PathBuf, usize>,
    /// Requirements, then constraints: a file that is both asks for packages.
    tasks: [VecDeque<Task>; 2],
    bytes: usize,
}

impl Walk {
    fn next(&mut self) -> Option<Task> {
        self.tasks.iter_mut().find_map(VecDeque::pop_front)
    }

    fn read(&mut self, task: Task, text: Option<String>) -> Result<(), EngineError> {
        let number = match self.numbers.get(&task.path) {
            Some(number) => *number,
            None => self.add(&task, text)?,
        };
        if let Some(By { file, named, .. }) = task.by {
            self.set.files[file].included.insert(named, number);
        }
        Ok(())
    }

    fn add(&mut self, task: &Task, text: Option<String>) -> Result<usize, EngineError> {
        if self.set.files.len() == MOST_FILES {
            return Err(self.too_much(task, &format!("more than {MOST_FILES} files")));
        }
        let name = task.path.display().to_string();
        let (text, is_unchanged) = match text {
            Some(text) => (text, true),
            None => {
                let bytes = self.folder.read(&task.path, LIMIT);
                let bytes = bytes.map_err(|error| self.failed(task, &name, &error))?;
                let text = decode(&bytes).map_err(|error| no_text(&name, &error))?;
                let is_unchanged = text.as_bytes() == bytes;
                (text, is_unchanged)
            }
        };
        self.bytes += text.len();
        if self.bytes > MOST_BYTES {
            return Err(self.too_much(task, &format!("more than {} MiB", MOST_BYTES >> 20)));
        }
        let number = self.set.files.len();
        self.numbers.insert(task.path.clone(), number);
        let lines = requirement_lines(&text);
        self.set.files.push(RequirementFile {
            name,
            is_plain: is_unchanged && is_plain(&text),
            text,
            lines: lines.clone(),
            role: task.role,
            included: BTreeMap::new(),
        });
        for line in &lines {
            self.follow(number, task.role, line)?;
        }
        Ok(number)
    }

    fn follow(
        &mut self,
        file: usize,
        role: Role,
        line: &RequirementLine,
    ) -> Result<(), EngineError> {
        let (named, role) = match &line.kind {
            LineKind::Include(named) => (named, role),
            LineKind::Constraints(named) => (named, Role::Constraints),
            _ => return Ok(()),
        };
        let by = By {
            file,
            line: line.line,
            text: line.text.clone(),
            named: named.clone(),
        };
        let target = self.target(self.set.files[file].beside(), named);
        match target.map_err(|error| self.failed_line(&by, &error))? {
            Target::Beneath(path) => {
                self.tasks[usize::from(role == Role::Constraints)].push_back(Task {
                    path,
                    role,
                    by: Some(by),
                });
            }
            Target::Elsewhere => self.set.elsewhere.push(line.text.clone()),
        }
        Ok(())
    }

    fn target(&self, beside: &Path, named: &str) -> Result<Target, ReadError> {
        let is_address = named.contains("://") || named.starts_with("file:");
        if is_address || named.contains("${") {
            return Ok(Target::Elsewhere);
        }
        let path = Path::new(named);
        let path = match path.strip_prefix(self.folder.path()) {
            Ok(beneath) => beneath.to_owned(),
            Err(_) if path.has_root() => return Ok(Target::Elsewhere),
            Err(_) => beside.join(path),
        };
        match self.folder.resolve(&path) {
            Ok(path) => Ok(Target::Beneath(path)),
            Err(ReadError::Outside) => Ok(Target::Elsewhere),
            // What leads up and out need not be there for the server.
            Err(_) if leads_out(&path) => Ok(Target::Elsewhere),
            Err(error) => Err(error),
        }
    }

    fn failed(&self, task: &Task, name: &str, error: &ReadError) -> EngineError {
        match &task.by {
            Some(by) => self.failed_line(by, error),
            None => unreadable(name, error),
        }
    }

    fn failed_line(&self, by: &By, error: &ReadError) -> EngineError {
        let file = &self.set.files[by.file];
        let (code, remedy) = match error {
            ReadError::Missing => (
                REQUIREMENT_FILE_MISSING,
                "Create the file, or remove the line that names it.",
            ),
            _ => (
                codes::REQUIREMENTS_UNREADABLE,
                "Correct the file or the line that names it.",
            ),
        };
        let named = lexical(&file.beside().join(&by.named));
        let (text, line) = (without_passwords(&by.text), by.line);
        let why = sentence(error);
        let message = format!("'{text}' ({}, line {line}): {why}", file.name);
        EngineError::new(code, message)
            .with_remedy(remedy)
            .about([named.unwrap_or_else(|| by.named.clone())])
            .at(Some(file.asked_by(line)))
    }

    fn too_much(&self, task: &Task, what: &str) -> EngineError {
        let error = |named: &str| {
            let message = format!("The requirements include {what}.{named}");
            EngineError::new(codes::REQUIREMENTS_TOO_LARGE, message)
                .with_remedy("Put the requirements into fewer files.")
        };
        let Some(by) = &task.by else {
            return error("");
        };
        let (file, line) = (&self.set.files[by.file], by.line);
        let text = without_passwords(&by.text);
        error(&format!(
            " '{text}' ({}, line {line}) is one too many.",
            file.name
        ))
        .at(Some(file.asked_by(line)))
    }
}

fn leads_out(path: &Path) -> bool {
    let mut depth = 0_usize;
    path.components().any(|part| match part {
        Component::ParentDir if depth == 0 => true,
        Component::ParentDir => {
            depth -= 1;
            false
        }
        Component::Normal(_) => {
            depth += 1;
            false
        }
        _ => false,
    })
}

/// `a/../b` is `b`; `None` for what leads out.
fn lexical(path: &Path) -> Option<String> {
    let mut parts = Vec::new();
    for part in path.components() {
        match part {
            Component::Normal(part) => parts.push(part.to_str()?),
            Component::ParentDir => drop(parts.pop()?),
            Component::CurDir => {}
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    (!parts.is_empty()).then(|| parts.join("/"))
}

fn no_text(name: &str, error: &DecodeError) -> EngineError {
    let line = error.line();
    let message = format!("{name} can't be read as text. {error}");
    EngineError::new(codes::REQUIREMENTS_UNREADABLE, message)
        .with_remedy(format!("Save {name} as UTF-8, or correct line {line}."))
        .at(Some(AskedBy {
            file: name.to_owned(),
            line,
            text: String::new(),
        }))
}

fn sentence(error: &ReadError) -> String {
    match error {
        ReadError::TooLarge(error) => error.to_string(),
        error => format!("{error}."),
    }
}

fn unreadable(name: &str, error: &ReadError) -> EngineError {
    let message = format!("{name} can't be read: {}", sentence(error));
    match error {
        ReadError::TooLarge(error) => {
            EngineError::new(codes::REQUIREMENTS_TOO_LARGE, error.to_string())
                .with_remedy("Put the requirements into fewer lines.")
        }
        ReadError::Missing => EngineError::new(REQUIREMENT_FILE_MISSING, message)
            .with_remedy(
                "Create the file, or correct environment.python_requirements_txt in flow.dag.yaml.",
            )
            .about([name]),
        ReadError::Outside => EngineError::new(codes::REQUIREMENTS_OUTSIDE_FLOW, message)
            .with_remedy("Put the file into the flow folder."),
        _ => EngineError::new(codes::REQUIREMENTS_UNREADABLE, message)
            .with_remedy("Replace it with a text file."),
    }
}

#[cfg(test)]
mod tests;
