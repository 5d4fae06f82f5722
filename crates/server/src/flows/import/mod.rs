//! Brings flows along from an archive: looks into it first, and then takes flows out of it, each whole or not at all.
//!
//! An archive is a zip, or a tar as a browser makes it of a folder. Nothing of it is trusted: `archive` refuses what could
//! lead out of a folder, or fill the disk.

mod archive;
mod error;
mod found;
mod held;
mod take;

pub use archive::Archive;
pub use error::ImportError;
pub use found::Found;
pub use held::Held;
