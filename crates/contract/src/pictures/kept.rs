//! Pictures that people give to a flow's inputs, before and beside its runs.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The largest picture that is taken, in bytes.
pub const PICTURE_LIMIT: u64 = 10_000_000;

/// A kind of picture that browsers show without running anything of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PictureKind {
    /// `image/avif`.
    Avif,
    /// `image/bmp`.
    Bmp,
    /// `image/gif`.
    Gif,
    /// `image/jpeg`.
    Jpeg,
    /// `image/png`.
    Png,
    /// `image/webp`.
    Webp,
}

impl PictureKind {
    /// Every kind.
    pub const ALL: [Self; 6] = [
        Self::Avif,
        Self::Bmp,
        Self::Gif,
        Self::Jpeg,
        Self::Png,
        Self::Webp,
    ];

    /// The kind of this media type.
    #[must_use]
    pub fn of_media_type(media_type: &str) -> Option<Self> {
        let format = media_type.strip_prefix("image/")?;
        Self::ALL.into_iter().find(|kind| kind.format() == format)
    }

    /// Such as `image/png`.
    #[must_use]
    pub fn media_type(self) -> String {
        format!("image/{}", self.format())
    }

    /// What follows `image/` in its media type, and the dot in names of files.
    #[must_use]
    pub fn format(self) -> &'static str {
        match self {
            Self::Avif => "avif",
            Self::Bmp => "bmp",
            Self::Gif => "gif",
            Self::Jpeg => "jpeg",
            Self::Png => "png",
            Self::Webp => "webp",
        }
    }
}

/// The name of a picture that the server keeps for a flow: the SHA-256 of its content and its kind, such as `….png`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = String))]
#[serde(try_from = "String", into = "String")]
pub struct PictureName(String);

/// Why a text isn't the name of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("A picture’s name is 64 hexadecimal digits and its kind, such as ‘.png’.")]
pub struct InvalidPictureName;

/// Digits of the content's SHA-256.
const DIGITS: usize = 64;

impl PictureName {
    /// The name as it's written in values.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The kind that the picture is of.
    #[must_use]
    pub fn kind(&self) -> Option<PictureKind> {
        let format = self.0.get(DIGITS + 1..)?;
        PictureKind::ALL
            .into_iter()
            .find(|kind| kind.format() == format)
    }
}

impl TryFrom<String> for PictureName {
    type Error = InvalidPictureName;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        let (digits, format) = text.split_once('.').ok_or(InvalidPictureName)?;
        let fits = digits.len() == DIGITS
            && digits.bytes().all(is_digit)
            && PictureKind::ALL.iter().any(|kind| kind.format() == format);
        fits.then_some(Self(text)).ok_or(InvalidPictureName)
    }
}

impl TryFrom<&str> for PictureName {
    type Error = InvalidPictureName;

    fn try_from(text: &str) -> Result<Self, Self::Error> {
        text.to_owned().try_into()
    }
}

impl From<PictureName> for String {
    fn from(name: PictureName) -> Self {
        name.0
    }
}

impl fmt::Display for PictureName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A picture that the server keeps for a flow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct KeptPicture {
    /// Names it in the values of inputs, in the place of a path.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub name: PictureName,
    /// What it is, such as `image/png`.
    pub media_type: String,
    /// Its size.
    pub bytes: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_digest_and_a_kind() {
        let digits = "0123456789abcdef".repeat(4);
        let name = PictureName::try_from(format!("{digits}.png")).unwrap();
        assert_eq!(name.kind(), Some(PictureKind::Png));
        for text in [
            String::new(),
            "a.png".to_owned(),
            digits.clone(),
            format!("{digits}.svg"),
            format!("{digits}.png.svg"),
            format!("../{digits}.png"),
            format!("{}.png", digits.to_uppercase()),
            format!("{digits}0.png"),
        ] {
            assert!(PictureName::try_from(text.clone()).is_err(), "{text}");
        }
    }

    #[test]
    fn every_kind_is_found_by_its_media_type_and_drawings_are_none() {
        for kind in PictureKind::ALL {
            assert_eq!(PictureKind::of_media_type(&kind.media_type()), Some(kind));
        }
        for other in ["image/svg+xml", "text/html", "png", ""] {
            assert_eq!(PictureKind::of_media_type(other), None);
        }
    }
}
