//! The binary format of WebAssembly, as far as modules are taken apart and put together here.

use anyhow::{Context, Result, bail};

/// A section with these entries.
pub(super) fn section(id: u8, entries: &[Vec<u8>]) -> Vec<u8> {
    let content = list(entries.iter().cloned());
    [vec![id], number(content.len() as u32), content].concat()
}

/// A name.
pub(super) fn text(text: &str) -> Vec<u8> {
    [number(text.len() as u32), text.as_bytes().to_vec()].concat()
}

/// As LEB128.
pub(super) fn number(mut value: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let low = (value & 0x7f) as u8;
        value >>= 7;
        if value == 0 {
            bytes.push(low);
            return bytes;
        }
        bytes.push(low | 0x80);
    }
}

/// A list of entries, each as it is written.
pub(super) fn list(entries: impl Iterator<Item = Vec<u8>>) -> Vec<u8> {
    let entries: Vec<Vec<u8>> = entries.collect();
    [number(entries.len() as u32), entries.concat()].concat()
}

/// The sections of a module, each with what it is.
pub(super) fn sections(module: &[u8]) -> Result<Vec<(u8, &[u8])>> {
    let mut reader = Reader(module);
    if reader.take(8)? != b"\0asm\x01\0\0\0" {
        bail!("it is no module of WebAssembly");
    }
    let mut sections = Vec::new();
    while !reader.0.is_empty() {
        let id = reader.byte()?;
        let length = reader.number()?;
        sections.push((id, reader.take(length as usize)?));
    }
    Ok(sections)
}

/// The same module with the content that `change` gives each section.
pub(super) fn with_sections(
    module: &[u8],
    mut change: impl FnMut(u8, &[u8]) -> Result<Vec<u8>>,
) -> Result<Vec<u8>> {
    let mut changed = module.get(..8).unwrap_or_default().to_vec();
    for (id, content) in sections(module)? {
        let content = change(id, content)?;
        changed.extend([vec![id], number(content.len() as u32), content].concat());
    }
    Ok(changed)
}

/// Reads what is left of a module or a section.
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn take(&mut self, length: usize) -> Result<&'a [u8]> {
        let (taken, rest) = self
            .0
            .split_at_checked(length)
            .context("it ends too early")?;
        self.0 = rest;
        Ok(taken)
    }

    pub(super) fn byte(&mut self) -> Result<u8> {
        Ok(self.take(1)?[0])
    }

    pub(super) fn number(&mut self) -> Result<u32> {
        let mut value = 0u32;
        for shift in (0..35).step_by(7) {
            let byte = self.byte()?;
            value |= u32::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        bail!("it has a number that is too long")
    }

    pub(super) fn text(&mut self) -> Result<&'a str> {
        let length = self.number()?;
        Ok(std::str::from_utf8(self.take(length as usize)?)?)
    }

    /// Reads what is imported, and returns its kind and its type.
    pub(super) fn import(&mut self) -> Result<&'a [u8]> {
        let before = self.0;
        if self.0.first() == Some(&0) {
            // A function.
            self.byte()?;
            self.number()?;
        } else {
            self.description()?;
        }
        Ok(&before[..before.len() - self.0.len()])
    }

    /// Reads what is imported and no function: its kind and its type.
    pub(super) fn description(&mut self) -> Result<()> {
        match self.byte()? {
            // A table: the type of what is in it, then how large it is.
            1 => {
                self.byte()?;
                self.limits()
            }
            2 => self.limits(),
            // A global: its type, and whether it changes.
            3 => self.take(2).map(drop),
            kind => bail!("{kind}"),
        }
    }

    /// Reads how large a memory or a table is.
    pub(super) fn limits(&mut self) -> Result<()> {
        let has_most = self.byte()? & 1 == 1;
        self.number()?;
        if has_most {
            self.number()?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_they_are_read() {
        for value in [0, 1, 127, 128, 7009, u32::MAX] {
            assert_eq!(Reader(&number(value)).number().unwrap(), value);
        }
        assert!(Reader(&[0x80; 9]).number().is_err());
    }
}
