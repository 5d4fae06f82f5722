//! Secrets that a server makes once for its data folder, each in a file that only its user can read.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
};

/// What the file holds, when `read` takes it; else what `make` gives, which the file holds from then on.
#[cfg_attr(
    not(test),
    expect(
        clippy::disallowed_methods,
        reason = "a file of the server's own or of its administrator's"
    )
)]
pub(super) fn load_or_make<T>(
    path: &Path,
    read: impl Fn(&str) -> Option<T>,
    make: impl FnOnce() -> (String, T),
) -> io::Result<T> {
    match fs::read_to_string(path) {
        Ok(text) => match read(text.trim()) {
            Some(secret) => return Ok(secret),
            None => {
                tracing::warn!(path = %path.display(), "holds no secret; a new one is made");
            }
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let (text, secret) = make();
    let temporary = path.with_extension("new");
    // What an interrupted start left may have another mode.
    if let Err(error) = fs::remove_file(&temporary)
        && error.kind() != io::ErrorKind::NotFound
    {
        return Err(error);
    }
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&temporary)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&temporary, path)?;
    Ok(secret)
}
