//! What is taken of a flow that is copied, packed or imported, so that none fills the disk.

/// The most files and folders.
pub(super) const MOST_ENTRIES: u32 = 50_000;
/// What is said of more, as the rest of a sentence.
pub(super) const TOO_MANY: &str = "it has more than 50,000 files";
/// The most bytes.
pub(super) const MOST_BYTES: u64 = 4 << 30;
