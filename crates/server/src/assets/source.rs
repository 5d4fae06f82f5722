//! Where the files are: in a folder, or in the binary.

use std::{borrow::Cow, io, path::Path, sync::Arc};

use cap_std::{ambient_authority, fs::Dir};

use crate::assets::INDEX;

/// The browser app's files.
#[derive(Clone, Debug)]
pub struct Assets(Source);

#[derive(Clone, Debug)]
enum Source {
    Folder(Arc<Dir>),
    #[cfg(feature = "embed")]
    Embedded,
    /// There are none; the text says how to get them.
    Missing(String),
}

#[cfg(feature = "embed")]
#[derive(rust_embed::RustEmbed)]
#[folder = "../../dist"]
struct Dist;

/// A compression that files are kept in beside the plain one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    Brotli,
    Gzip,
}

impl Encoding {
    /// As HTTP calls it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gzip",
        }
    }

    fn extension(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gz",
        }
    }

    /// The best one that an `Accept-Encoding` header takes.
    pub(crate) fn accepted(header: &str) -> impl Iterator<Item = Self> {
        let takes = |name: &str| {
            header.split(',').any(|part| {
                let mut parts = part.split(';').map(str::trim);
                let is_it = parts
                    .next()
                    .is_some_and(|encoding| encoding.eq_ignore_ascii_case(name));
                let is_refused = parts.any(|parameter| {
                    matches!(
                        parameter.replace(' ', "").as_str(),
                        "q=0" | "q=0.0" | "q=0.00" | "q=0.000"
                    )
                });
                is_it && !is_refused
            })
        };
        let both =
            [Self::Brotli, Self::Gzip].map(|encoding| takes(encoding.name()).then_some(encoding));
        both.into_iter().flatten()
    }
}

impl Assets {
    /// The files in `folder`; without one, those in the binary.
    #[must_use]
    pub fn new(folder: Option<&Path>) -> Self {
        match folder {
            Some(folder) => Self::in_folder(folder),
            None => Self::embedded(),
        }
    }

    fn in_folder(folder: &Path) -> Self {
        let opened = Dir::open_ambient_dir(folder, ambient_authority()).and_then(|dir| {
            dir.metadata(INDEX)?;
            Ok(dir)
        });
        Self(match opened {
            Ok(dir) => Source::Folder(Arc::new(dir)),
            Err(error) => {
                Source::Missing(format!("Can’t read {}/{INDEX}: {error}.", folder.display()))
            }
        })
    }

    #[cfg(feature = "embed")]
    fn embedded() -> Self {
        Self(Source::Embedded)
    }

    #[cfg(not(feature = "embed"))]
    fn embedded() -> Self {
        Self(Source::Missing(
            "This binary was built without it.".to_owned(),
        ))
    }

    /// Why there are no files; `None` when there are.
    pub(crate) fn missing(&self) -> Option<&str> {
        match &self.0 {
            Source::Missing(why) => Some(why),
            _ => None,
        }
    }

    /// A file, whole; `None` when there is none of this name.
    #[cfg_attr(
        not(test),
        expect(
            clippy::disallowed_methods,
            reason = "a file of the server's own or of its administrator's"
        )
    )]
    pub(crate) fn get(&self, path: &str) -> io::Result<Option<Cow<'static, [u8]>>> {
        match &self.0 {
            Source::Folder(dir) => match dir.read(path) {
                Ok(bytes) => Ok(Some(Cow::Owned(bytes))),
                Err(error) if is_absence(&error) => Ok(None),
                Err(error) => Err(error),
            },
            #[cfg(feature = "embed")]
            Source::Embedded => Ok(Dist::get(path).map(|file| file.data)),
            Source::Missing(_) => Ok(None),
        }
    }

    /// The compressed form of a file; `None` when it is not kept.
    pub(crate) fn compressed(
        &self,
        path: &str,
        encoding: Encoding,
    ) -> io::Result<Option<Cow<'static, [u8]>>> {
        self.get(&format!("{path}.{}", encoding.extension()))
    }
}

/// Also what leads out of the folder, or can be no path at all.
fn is_absence(error: &io::Error) -> bool {
    use io::ErrorKind::{
        InvalidFilename, InvalidInput, IsADirectory, NotADirectory, NotFound, PermissionDenied,
    };
    matches!(
        error.kind(),
        NotFound | NotADirectory | IsADirectory | InvalidInput | InvalidFilename
    ) || (error.kind() == PermissionDenied && error.raw_os_error().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_encoding_that_is_taken_comes_first() {
        use Encoding::{Brotli, Gzip};
        for (header, expected) in [
            ("gzip, deflate, br, zstd", vec![Brotli, Gzip]),
            ("gzip;q=1.0, br;q=0", vec![Gzip]),
            ("BR; q=0.5", vec![Brotli]),
            ("", vec![]),
            ("broken;;;, brx", vec![]),
        ] {
            assert_eq!(
                Encoding::accepted(header).collect::<Vec<_>>(),
                expected,
                "{header}"
            );
        }
    }
}
