//! What is wrong with requirements, found before any installer reads them.

use flowdeck_contract::codes;
use flowdeck_contract::packages::AskedBy;
use flowdeck_flow::{Finding, Severity, check_requirement_files, hashed_packages};

use super::{RequirementFile, RequirementSet};
use crate::{error::EngineError, redact::without_passwords};

/// The code of a line that lacks a hash, which says nothing about how the line is written.
const HASH_MISSING: &str = codes::REQUIREMENT_HASH_MISSING;

impl RequirementSet {
    /// What the editor says of each file, with the file: errors and warnings in the order of the text.
    pub fn findings(&self) -> Vec<(&RequirementFile, Finding)> {
        let texts: Vec<(&str, &str)> = self
            .files
            .iter()
            .map(|file| (file.name.as_str(), file.text.as_str()))
            .collect();
        let found = check_requirement_files(&texts).into_iter();
        found
            .filter_map(|(number, finding)| Some((self.files.get(number)?, finding)))
            .collect()
    }

    /// Whether one line has a hash, so that every package needs one.
    pub fn needs_hashes(&self) -> bool {
        hashed_packages(self.files.iter().map(|file| file.text.as_str())).is_some()
    }

    /// Whether an installer can read all of it.
    ///
    /// # Errors
    /// The first line that none can, with what to do.
    pub fn require_readable(&self) -> Result<(), EngineError> {
        let found = self.findings();
        let error = found
            .iter()
            .find(|(_, finding)| finding.severity == Severity::Error);
        error.map_or(Ok(()), |(file, finding)| Err(refused(file, finding)))
    }
}

impl RequirementFile {
    /// The line that a finding or an error is about.
    pub fn asked_by(&self, line: u32) -> AskedBy {
        let of = self.lines.iter().rev().find(|of| of.line <= line);
        AskedBy {
            file: self.name.clone(),
            line,
            text: of.map_or_else(String::new, |of| without_passwords(&of.text)),
        }
    }
}

fn refused(file: &RequirementFile, finding: &Finding) -> EngineError {
    let code = match finding.code == HASH_MISSING {
        true => HASH_MISSING,
        false => codes::REQUIREMENT_INVALID,
    };
    let message = sentence_of(&file.name, finding);
    EngineError::new(code, message)
        .with_remedy(format!("Correct line {} of {}.", finding.line, file.name))
        .at(Some(file.asked_by(finding.line)))
}

/// A finding as a sentence of its own.
pub fn sentence_of(file: &str, finding: &Finding) -> String {
    format!("{file}, line {}: {}", finding.line, finding.message)
}
