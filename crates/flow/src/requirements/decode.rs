//! The bytes of a requirements file as text, by pip's rules: a byte order mark, else a coding line (PEP 263) in the
//! first two lines, else UTF-8.

use encoding_rs::Encoding;
use thiserror::Error;

use crate::problem::quoted;

/// Why a requirements file isn't text.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DecodeError {
    /// Its coding line names an encoding that isn't known.
    #[error("Line {line} names the encoding {}, which isn't known.", quoted(.name))]
    UnknownEncoding {
        /// The coding line, from 1.
        line: u32,
        /// The encoding as it is named there.
        name: String,
    },
    /// Its bytes aren't of the encoding that it has by its first bytes or its coding line.
    #[error("Line {line} isn't valid {encoding}.")]
    Malformed {
        /// The encoding's name.
        encoding: String,
        /// The first line that can't be decoded, from 1.
        line: u32,
    },
}

impl DecodeError {
    /// The line at fault, from 1.
    #[must_use]
    pub fn line(&self) -> u32 {
        match self {
            Self::UnknownEncoding { line, .. } | Self::Malformed { line, .. } => *line,
        }
    }
}

/// Decodes a requirements file as pip does, without its byte order mark. Any bytes have an answer.
///
/// # Errors
/// When pip could not decode it either, or the coding line names an encoding that no browser knows.
pub fn decode(bytes: &[u8]) -> Result<String, DecodeError> {
    // UTF-32's mark begins like UTF-16's.
    match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => utf_8(rest),
        // Python's codecs for a little endian mark take another mark that follows it.
        [0xff, 0xfe, 0, 0, 0, 0, 0xfe, 0xff, rest @ ..] | [0, 0, 0xfe, 0xff, rest @ ..] => {
            utf_32(rest, u32::from_be_bytes)
        }
        [0xff, 0xfe, 0, 0, 0xff, 0xfe, 0, 0, rest @ ..] | [0xff, 0xfe, 0, 0, rest @ ..] => {
            utf_32(rest, u32::from_le_bytes)
        }
        [0xff, 0xfe, 0xfe, 0xff, rest @ ..] | [0xfe, 0xff, rest @ ..] => {
            utf_16(rest, u16::from_be_bytes)
        }
        [0xff, 0xfe, 0xff, 0xfe, rest @ ..] | [0xff, 0xfe, rest @ ..] => {
            utf_16(rest, u16::from_le_bytes)
        }
        _ => match coding(bytes) {
            Some((line, name)) => by_name(bytes, line, name),
            None => utf_8(bytes),
        },
    }
}

/// The encoding that a comment in one of the first two lines names, and the line.
fn coding(bytes: &[u8]) -> Option<(u32, &str)> {
    let lines = bytes.split(|byte| *byte == b'\n');
    (1..)
        .zip(lines.take(2))
        .filter(|(_, line)| line.starts_with(b"#"))
        .find_map(|(number, line)| Some((number, named_encoding(line)?)))
}

/// What follows `coding:` or `coding=`.
fn named_encoding(line: &[u8]) -> Option<&str> {
    const WORD: &[u8] = b"coding";
    line.windows(WORD.len() + 1)
        .enumerate()
        .filter(|(_, part)| part.starts_with(WORD) && matches!(part.last(), Some(b':' | b'=')))
        .find_map(|(at, part)| {
            let rest = line.get(at + part.len()..)?;
            let blank = |byte: &u8| byte.is_ascii_whitespace() || *byte == 0x0b;
            let rest = rest.get(rest.iter().take_while(|byte| blank(byte)).count()..)?;
            let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
            let name = rest.get(..rest.iter().take_while(|byte| is_part(byte)).count())?;
            let name = std::str::from_utf8(name).ok()?;
            (!name.is_empty()).then_some(name)
        })
}

fn by_name(bytes: &[u8], line: u32, name: &str) -> Result<String, DecodeError> {
    let plain: String = name
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    match plain.as_str() {
        "utf8" | "u8" | "utf" | "utf8sig" | "utf8ucs2" | "utf8ucs4" | "cp65001" => utf_8(bytes),
        "ascii" | "usascii" | "646" | "ansix341968" | "ansix341986" | "iso646us" | "us" => {
            match bytes.iter().position(|byte| !byte.is_ascii()) {
                Some(at) => Err(malformed("ASCII", &bytes[..at])),
                None => utf_8(bytes),
            }
        }
        "latin1" | "latin" | "l1" | "iso88591" | "iso885911987" | "8859" | "cp819" | "ibm819" => {
            Ok(bytes.iter().copied().map(char::from).collect())
        }
        _ => {
            let unknown = || DecodeError::UnknownEncoding {
                line,
                name: name.to_owned(),
            };
            let encoding = known(&plain).ok_or_else(unknown)?;
            by_table(encoding, bytes)
        }
    }
}

/// Python's names of what browsers know as well.
fn known(plain: &str) -> Option<&'static Encoding> {
    let label = match plain {
        "cp932" | "ms932" | "mskanji" | "windows31j" => "windows-31j",
        "cp936" | "936" | "ms936" => "gbk",
        "cp949" | "949" | "ms949" | "uhc" => "euc-kr",
        "cp950" | "950" | "ms950" => "big5",
        "eucjp" | "ujis" => "euc-jp",
        "euckr" | "ksc5601" => "euc-kr",
        "iso2022jp" => "iso-2022-jp",
        "koi8r" => "koi8-r",
        "koi8u" => "koi8-u",
        "macroman" | "macintosh" => "macintosh",
        "shiftjis" | "sjis" => "shift_jis",
        other => other,
    };
    let label = match label.strip_prefix("windows") {
        Some(number) if !number.starts_with('-') => format!("windows-{number}"),
        _ => label.to_owned(),
    };
    let found = Encoding::for_label_no_replacement(label.as_bytes())?;
    // A file in these has no coding line that could be read before they are known.
    (found.is_ascii_compatible() || found == encoding_rs::ISO_2022_JP).then_some(found)
}

fn by_table(encoding: &'static Encoding, bytes: &[u8]) -> Result<String, DecodeError> {
    let decoded = encoding.decode_without_bom_handling_and_without_replacement(bytes);
    // In these browsers take bytes that have no character for control characters; Python refuses them.
    let strict = encoding.name().starts_with("windows-");
    let is_undefined = |c: char| strict && ('\u{80}'..='\u{9f}').contains(&c);
    match decoded {
        Some(text) => match text.find(is_undefined) {
            None => Ok(text.into_owned()),
            Some(at) => Err(malformed(encoding.name(), &text.as_bytes()[..at])),
        },
        None => {
            let (text, _) = encoding.decode_without_bom_handling(bytes);
            let end = text.find(char::REPLACEMENT_CHARACTER).unwrap_or(text.len());
            Err(malformed(encoding.name(), &text.as_bytes()[..end]))
        }
    }
}

fn utf_8(bytes: &[u8]) -> Result<String, DecodeError> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.to_owned()),
        Err(error) => Err(malformed("UTF-8", &bytes[..error.valid_up_to()])),
    }
}

fn utf_16(bytes: &[u8], unit: impl Fn([u8; 2]) -> u16) -> Result<String, DecodeError> {
    let (units, rest) = bytes.as_chunks::<2>();
    let units = units.iter().map(|pair| unit(*pair));
    let decoded = char::decode_utf16(units).map(Result::ok);
    collect("UTF-16", decoded, rest.is_empty())
}

fn utf_32(bytes: &[u8], unit: impl Fn([u8; 4]) -> u32) -> Result<String, DecodeError> {
    let (units, rest) = bytes.as_chunks::<4>();
    let decoded = units.iter().map(|four| char::from_u32(unit(*four)));
    collect("UTF-32", decoded, rest.is_empty())
}

fn collect(
    encoding: &str,
    chars: impl Iterator<Item = Option<char>>,
    is_whole: bool,
) -> Result<String, DecodeError> {
    let mut text = String::new();
    for c in chars {
        let Some(c) = c else {
            return Err(malformed(encoding, text.as_bytes()));
        };
        text.push(c);
    }
    if is_whole {
        Ok(text)
    } else {
        Err(malformed(encoding, text.as_bytes()))
    }
}

/// That what follows `before` can't be decoded.
fn malformed(encoding: &str, before: &[u8]) -> DecodeError {
    let breaks = before.iter().filter(|byte| **byte == b'\n').count();
    DecodeError::Malformed {
        encoding: encoding.to_owned(),
        line: u32::try_from(breaks).unwrap_or(u32::MAX).saturating_add(1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_and_coding_lines_tell_the_encoding() {
        let utf_16 = |text: &str, unit: fn(u16) -> [u8; 2]| -> Vec<u8> {
            let units = std::iter::once(0xfeff).chain(text.encode_utf16());
            units.flat_map(unit).collect()
        };
        let utf_32: Vec<u8> = "\u{feff}flask\n"
            .chars()
            .flat_map(|c| u32::from(c).to_le_bytes())
            .collect();
        for (bytes, text) in [
            (b"flask\n".to_vec(), "flask\n"),
            ("\u{feff}flask\n".into(), "flask\n"),
            (utf_16("flask\n", u16::to_le_bytes), "flask\n"),
            (utf_16("fl\u{1f40d}\n", u16::to_be_bytes), "fl\u{1f40d}\n"),
            (utf_32, "flask\n"),
            (
                b"# coding: latin-1\n# caf\xe9\n".to_vec(),
                "# coding: latin-1\n# café\n",
            ),
            (
                b"\n# vim: set fileencoding=gbk :\n# \xc4\xe3\n".to_vec(),
                "\n# vim: set fileencoding=gbk :\n# 你\n",
            ),
            (
                b"#-*- coding: cp1252 -*-\n# \x80".to_vec(),
                "#-*- coding: cp1252 -*-\n# €",
            ),
        ] {
            assert_eq!(decode(&bytes).as_deref(), Ok(text), "{bytes:?}");
        }
    }

    #[test]
    fn what_is_no_text_is_told_with_its_line() {
        let told = |bytes: &[u8]| decode(bytes).unwrap_err().to_string();
        assert_eq!(told(b"flask\n\xff\n"), "Line 2 isn't valid UTF-8.");
        assert_eq!(told(b"\xff\xfef\0\n\0\0\xd8"), "Line 2 isn't valid UTF-16.");
        assert_eq!(told(b"\xff\xfef\0\n"), "Line 1 isn't valid UTF-16.");
        assert_eq!(
            told(b"# coding: ascii\n\n# \xe9"),
            "Line 3 isn't valid ASCII."
        );
        assert_eq!(
            told(b"# coding: cp1252\n# \x81"),
            "Line 2 isn't valid windows-1252."
        );
        assert_eq!(
            told(b"\n# coding: klingon\n"),
            "Line 2 names the encoding 'klingon', which isn't known."
        );
        assert!(told(b"# coding: utf-16\n").contains("isn't known"));
    }
}
