//! The codes of failures that programs compare: the server chooses by them, and the app offers the next step by them.
//!
//! A code is a text, and stays one on the wire: a newer server may send others, which the app shows like any
//! failure. A code that nothing compares is written where its failure is made.

/// The flow's base image isn't an image reference, or can't be a base.
pub const BASE_IMAGE_INVALID: &str = "BaseImageInvalid";
/// A package had to be built from its source, and that failed.
pub const BUILD_FAILED: &str = "BuildFailed";
/// No compute instance has this name.
pub const COMPUTE_INSTANCE_NOT_FOUND: &str = "ComputeInstanceNotFound";
/// The compute instance has to be started first.
pub const COMPUTE_INSTANCE_STOPPED: &str = "ComputeInstanceStopped";
/// Connections that the flow needs stand in the way of a run.
pub const CONNECTIONS_NEEDED: &str = "ConnectionsNeeded";
/// A connection has changed since it was read.
pub const CONNECTION_CHANGED: &str = "ConnectionChanged";
/// Another connection has the name.
pub const CONNECTION_EXISTS: &str = "ConnectionExists";
/// Required fields of a connection have no value.
pub const CONNECTION_INCOMPLETE: &str = "ConnectionIncomplete";
/// The secrets of a connection can't be read with the key that the server has.
pub const CONNECTION_LOCKED: &str = "ConnectionLocked";
/// No connection has the name that a flow asks for.
pub const CONNECTION_MISSING: &str = "ConnectionMissing";
/// A connection signs in with Microsoft Entra ID, and no identity is meant for its service.
pub const CONNECTION_NO_IDENTITY: &str = "ConnectionNoIdentity";
/// A connection is limited to other flows.
pub const CONNECTION_NOT_FOR_FLOW: &str = "ConnectionNotForFlow";
/// A connection has another type than the flow asks for.
pub const CONNECTION_WRONG_TYPE: &str = "ConnectionWrongType";
/// A conversation has no room for another question: its history is too long, or a turn too large.
pub const CONVERSATION_FULL: &str = "ConversationFull";
/// There is no space left on a disk.
pub const DISK_FULL: &str = "DiskFull";
/// A private feed needs an identity, and the session has none.
pub const FEED_IDENTITY_MISSING: &str = "FeedIdentityMissing";
/// A private feed refused the session's identity.
pub const FEED_REFUSED: &str = "FeedRefused";
/// A run says nothing of the flow's files.
pub const FILES_NOT_KEPT: &str = "FilesNotKept";
/// The flow has no such file.
pub const FILE_NOT_FOUND: &str = "FileNotFound";
/// promptflow would refuse the flow's definition.
pub const FLOW_INVALID: &str = "FlowInvalid";
/// There is no such flow.
pub const FLOW_NOT_FOUND: &str = "FlowNotFound";
/// The flow's definition can't be read.
pub const FLOW_UNREADABLE: &str = "FlowUnreadable";
/// A package isn't the one whose hash the requirements name.
pub const HASH_MISMATCH: &str = "HashMismatch";
/// Pictures of a conversation's history can't be read any more.
pub const HISTORY_PICTURES_LOST: &str = "HistoryPicturesLost";
/// An identity has no credential, or it can't be read.
pub const IDENTITY_CREDENTIAL_MISSING: &str = "IdentityCredentialMissing";
/// The administrator hasn't named this host for the identity.
pub const IDENTITY_NOT_FOR_HOST: &str = "IdentityNotForHost";
/// The managed-identity endpoint, or a registry, refused the identity.
pub const IDENTITY_REFUSED: &str = "IdentityRefused";
/// The idle shutdown time is out of its bounds.
pub const IDLE_TIME_INVALID: &str = "IdleTimeInvalid";
/// The registry doesn't give the image, or doesn't have it.
pub const IMAGE_REFUSED: &str = "ImageRefused";
/// The package index refused access.
pub const INDEX_REFUSED: &str = "IndexRefused";
/// The server was restarted in the middle of it.
pub const INTERRUPTED: &str = "Interrupted";
/// The machine's managed-identity endpoint doesn't answer.
pub const MANAGED_IDENTITY_UNAVAILABLE: &str = "ManagedIdentityUnavailable";
/// The session used more memory than it has.
pub const MEMORY_EXCEEDED: &str = "MemoryExceeded";
/// A package index, or a feed, can't be reached.
pub const NETWORK_UNREACHABLE: &str = "NetworkUnreachable";
/// There is no compute session.
pub const NO_SESSION: &str = "NoSession";
/// A package doesn't support the base's Python.
pub const PYTHON_VERSION_CONFLICT: &str = "PythonVersionConflict";
/// The quota has no room for the VM size.
pub const QUOTA_EXCEEDED: &str = "QuotaExceeded";
/// The flow, or a line, names a file that isn't there.
pub const REQUIREMENT_FILE_MISSING: &str = "RequirementFileMissing";
/// A line has no hash where every line needs one.
pub const REQUIREMENT_HASH_MISSING: &str = "RequirementHashMissing";
/// A line of the requirements can't be read.
pub const REQUIREMENT_INVALID: &str = "RequirementInvalid";
/// No index has the package.
pub const REQUIREMENT_NOT_FOUND: &str = "RequirementNotFound";
/// After an install a package isn't at a version that the requirements allow.
pub const REQUIREMENT_NOT_SATISFIED: &str = "RequirementNotSatisfied";
/// Requirements contradict each other.
pub const REQUIREMENTS_CONFLICT: &str = "RequirementsConflict";
/// A requirements file is outside of the flow folder.
pub const REQUIREMENTS_OUTSIDE_FLOW: &str = "RequirementsOutsideFlow";
/// The requirements include too much.
pub const REQUIREMENTS_TOO_LARGE: &str = "RequirementsTooLarge";
/// A requirements file can't be read.
pub const REQUIREMENTS_UNREADABLE: &str = "RequirementsUnreadable";
/// The runtime doesn't answer.
pub const RUNTIME_UNREACHABLE: &str = "RuntimeUnreachable";
/// No index has the version of the package.
pub const VERSION_NOT_FOUND: &str = "VersionNotFound";

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    /// The sources that compare codes. The crate of definitions knows no other of ours, and has codes of its own.
    const FOLDERS: [&str; 5] = [
        "src",
        "crates/access/src",
        "crates/compute/src",
        "crates/engines/src",
        "crates/server/src",
    ];

    /// The constants of this file, each with its text.
    fn all() -> Vec<(String, String)> {
        let text = include_str!("codes.rs");
        let line = |line: &str| {
            let (name, code) = line.strip_prefix("pub const ")?.split_once(": &str = \"")?;
            Some((name.to_owned(), code.strip_suffix("\";")?.to_owned()))
        };
        text.lines().filter_map(line).collect()
    }

    fn sources(folder: &Path, found: &mut Vec<(String, String)>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                sources(&path, found);
            } else if name.ends_with(".rs") && !name.contains("tests") {
                let text = fs::read_to_string(&path).unwrap();
                let product = text.split("#[cfg(test)]").next().unwrap().to_owned();
                found.push((path.display().to_string(), product));
            }
        }
    }

    #[test]
    fn a_code_that_is_compared_is_written_here_alone() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let mut files = Vec::new();
        for folder in FOLDERS {
            sources(&root.join(folder), &mut files);
        }
        let codes = all();
        assert!(codes.len() > 30 && files.len() > 200);
        for (path, text) in files {
            if path.ends_with("contract/src/codes.rs") {
                continue;
            }
            for (name, code) in &codes {
                for line in text.lines() {
                    let is_code = line.contains(&format!("\"{code}\"")) && !line.contains("Icon::");
                    assert!(!is_code, "{path}: use codes::{name} in {line}");
                }
            }
        }
    }
}
