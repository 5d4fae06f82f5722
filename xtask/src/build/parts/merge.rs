//! Joins modules of the splitter into one.
//!
//! Each of them imports the app's memory, its table and its stack. So that the joined one does so once, they are merged
//! with a module that imports all three and hands them on.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context, Result, bail};

use super::run;
use crate::process;

/// The module under whose name the splitter's modules import what is the app's.
const APP: &str = "__wasm_split";

/// The module under whose name a joined one imports it: under the same one, what hands it on would import from itself.
pub(super) const APP_OF_JOINED: &str = "app";

/// Writes to `joined` what does all that `modules` do; it imports the same, from [`APP_OF_JOINED`].
pub(super) fn merge(modules: &[&Path], features: &[&str], joined: &Path) -> Result<()> {
    let mut imports = BTreeMap::new();
    for module in modules {
        let content =
            fs::read(module).with_context(|| format!("cannot read {}", module.display()))?;
        let found = imports_of(&content, APP)
            .with_context(|| format!("cannot read {}", module.display()))?;
        for import in found {
            match imports.insert(import.name.clone(), import.clone()) {
                Some(other) if other != import => bail!(
                    "{} imports another {} than its neighbours",
                    module.display(),
                    import.name
                ),
                _ => {}
            }
        }
    }
    let hands_on = joined.with_extension("app");
    let content = handing_on(&imports.into_values().collect::<Vec<_>>());
    fs::write(&hands_on, content)
        .with_context(|| format!("cannot write {}", hands_on.display()))?;
    let mut merge = process::command("wasm-merge");
    merge.args(features).arg(&hands_on).arg(APP);
    for (number, module) in modules.iter().enumerate() {
        merge.arg(module).arg(format!("module{number}"));
    }
    run(merge.arg("-o").arg(joined))?;
    fs::remove_file(&hands_on).with_context(|| format!("cannot remove {}", hands_on.display()))
}

/// What a module imports from the app.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Import {
    name: String,
    /// What it is, as the binary format has it: its kind, then its type.
    description: Vec<u8>,
}

/// A module that imports these and exports them under the same names.
fn handing_on(imports: &[Import]) -> Vec<u8> {
    let mut counts = [0u32; 5];
    let mut exports = Vec::new();
    for Import { name, description } in imports {
        let kind = description.first().copied().unwrap_or_default();
        let index = counts.get_mut(usize::from(kind));
        exports.push(
            [
                text(name),
                vec![kind],
                number(index.as_deref().copied().unwrap_or_default()),
            ]
            .concat(),
        );
        if let Some(index) = index {
            *index += 1;
        }
    }
    let imports: Vec<Vec<u8>> = imports
        .iter()
        .map(|import| {
            [
                text(APP_OF_JOINED),
                text(&import.name),
                import.description.clone(),
            ]
            .concat()
        })
        .collect();
    [
        b"\0asm\x01\0\0\0".to_vec(),
        section(2, &imports),
        section(7, &exports),
    ]
    .concat()
}

fn section(id: u8, entries: &[Vec<u8>]) -> Vec<u8> {
    let content = [number(entries.len() as u32), entries.concat()].concat();
    [vec![id], number(content.len() as u32), content].concat()
}

fn text(text: &str) -> Vec<u8> {
    [number(text.len() as u32), text.as_bytes().to_vec()].concat()
}

/// As LEB128.
fn number(mut value: u32) -> Vec<u8> {
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

/// What a module imports; only memories, tables and globals, as functions are called through the table.
fn imports_of(module: &[u8], from: &str) -> Result<Vec<Import>> {
    let sections = sections(module)?;
    match sections.iter().find(|(id, _)| *id == 2) {
        Some((_, content)) => Reader(content).imports(from),
        None => Ok(Vec::new()),
    }
}

/// How many bytes a module's code and data take: the rest of it is joined with that of others, or left out in the end.
pub(super) fn bytes_of_code(module: &[u8]) -> Result<u64> {
    let mut bytes = 0;
    for (id, content) in sections(module)? {
        if matches!(id, 10 | 11) {
            bytes += content.len() as u64;
        }
    }
    Ok(bytes)
}

/// The same module without the places that it keeps empty in its table. The splitter keeps them so that what binds the
/// module leaves them alone; once that is done, they are empty without being named, and the app is 2 KB smaller.
pub(super) fn without_empty_places(module: &[u8]) -> Result<Vec<u8>> {
    let mut lean = module.get(..8).unwrap_or_default().to_vec();
    for (id, content) in sections(module)? {
        if id == 9 {
            lean.extend(section(9, &filled_segments(content)?));
        } else {
            lean.extend([vec![id], number(content.len() as u32), content.to_vec()].concat());
        }
    }
    Ok(lean)
}

/// The segments of a table that put something into it.
fn filled_segments(content: &[u8]) -> Result<Vec<Vec<u8>>> {
    let mut reader = Reader(content);
    let mut filled = Vec::new();
    for _ in 0..reader.number()? {
        let before = reader.0;
        let is_empty = reader.is_empty_segment()?;
        if !is_empty {
            filled.push(before[..before.len() - reader.0.len()].to_vec());
        }
    }
    Ok(filled)
}

/// The sections of a module, each with what it is.
fn sections(module: &[u8]) -> Result<Vec<(u8, &[u8])>> {
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

const I32_CONST: u8 = 0x41;
const REF_NULL: u8 = 0xd0;
const REF_FUNC: u8 = 0xd2;
const END: u8 = 0x0b;

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8]> {
        let (taken, rest) = self
            .0
            .split_at_checked(length)
            .context("it ends too early")?;
        self.0 = rest;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8> {
        Ok(self.take(1)?[0])
    }

    fn number(&mut self) -> Result<u32> {
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

    fn text(&mut self) -> Result<&'a str> {
        let length = self.number()?;
        Ok(std::str::from_utf8(self.take(length as usize)?)?)
    }

    fn imports(&mut self, from: &str) -> Result<Vec<Import>> {
        let count = self.number()?;
        let mut imports = Vec::new();
        for _ in 0..count {
            let (module, name) = (self.text()?, self.text()?.to_owned());
            if module != from {
                bail!("it imports {name} from {module}");
            }
            let before = self.0;
            self.description()
                .with_context(|| format!("its import {name} is of an unknown kind"))?;
            let description = before[..before.len() - self.0.len()].to_vec();
            imports.push(Import { name, description });
        }
        Ok(imports)
    }

    /// Reads a segment of a table; whether it puts nothing but null into the first one.
    fn is_empty_segment(&mut self) -> Result<bool> {
        let kind = self.number()?;
        let [is_put_later, has_table, has_expressions] = [1, 2, 4].map(|bit| kind & bit != 0);
        if kind > 7 {
            bail!("it has a segment of a table of the unknown kind {kind}");
        }
        if !is_put_later {
            if has_table {
                self.number()?;
            }
            self.constant(I32_CONST)?;
        }
        if is_put_later || has_table {
            // The type of what is in it.
            self.byte()?;
        }
        let mut is_empty = kind == 4;
        for _ in 0..self.number()? {
            if !has_expressions {
                self.number()?;
            } else if self.0.first() == Some(&REF_NULL) {
                self.constant(REF_NULL)?;
            } else {
                self.constant(REF_FUNC)?;
                is_empty = false;
            }
        }
        Ok(is_empty)
    }

    /// Reads an expression of one instruction with one operand.
    fn constant(&mut self, instruction: u8) -> Result<()> {
        if self.byte()? != instruction {
            bail!("it has a segment of a table with an unknown expression");
        }
        self.number()?;
        if self.byte()? != END {
            bail!("it has a segment of a table with a longer expression");
        }
        Ok(())
    }

    fn description(&mut self) -> Result<()> {
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

    fn limits(&mut self) -> Result<()> {
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

    fn imports() -> Vec<Import> {
        let import = |name: &str, description: &[u8]| Import {
            name: name.to_owned(),
            description: description.to_vec(),
        };
        vec![
            import("memory", &[2, 0, 19]),
            import("table", &[1, 0x70, 1, 0xe1, 0x36, 0xe1, 0x36]),
            import("stack", &[3, 0x7f, 1]),
        ]
    }

    #[test]
    fn what_is_handed_on_is_imported_as_it_was() {
        assert_eq!(
            imports_of(&handing_on(&imports()), APP_OF_JOINED).unwrap(),
            imports()
        );
    }

    #[test]
    fn what_is_cut_short_or_imports_something_else_is_refused() {
        let module = handing_on(&imports());
        for length in 0..module.len() {
            // Before its end a module may have no imports yet, but never fewer than it says.
            if let Ok(found) = imports_of(&module[..length], APP_OF_JOINED) {
                assert!(found.is_empty() || found == imports(), "{length}");
            }
        }
        let function = handing_on(&[Import {
            name: "f".to_owned(),
            description: vec![0, 0],
        }]);
        assert!(imports_of(&function, APP_OF_JOINED).is_err());
        assert!(imports_of(&module, APP).is_err());
    }

    #[test]
    fn empty_places_go_and_all_else_stays() {
        let filled = [0, 0x41, 1, 0x0b, 2, 7, 8];
        let empty = [4, 0x41, 3, 0x0b, 2, 0xd0, 0x70, 0x0b, 0xd0, 0x70, 0x0b];
        let half = [4, 0x41, 5, 0x0b, 2, 0xd0, 0x70, 0x0b, 0xd2, 9, 0x0b];
        let module = |segments: &[&[u8]]| {
            let segments: Vec<Vec<u8>> = segments.iter().map(|bytes| bytes.to_vec()).collect();
            let code = [vec![10, 3], vec![1, 2, 3]].concat();
            [handing_on(&imports()), section(9, &segments), code].concat()
        };
        let whole = module(&[&filled, &empty, &half]);
        assert_eq!(
            without_empty_places(&whole).unwrap(),
            module(&[&filled, &half])
        );
        assert_eq!(bytes_of_code(&whole).unwrap(), 3);
        // One that is declared, and one of another table.
        let others = module(&[
            &[3, 0, 1, 7],
            &[6, 1, 0x41, 0, 0x0b, 0x6f, 1, 0xd0, 0x6f, 0x0b],
        ]);
        assert_eq!(without_empty_places(&others).unwrap(), others);
        assert!(without_empty_places(&module(&[&[8, 0, 0]])).is_err());
        assert!(without_empty_places(&whole[..whole.len() - 1]).is_err());
    }

    #[test]
    fn numbers_are_written_as_they_are_read() {
        for value in [0, 1, 127, 128, 7009, u32::MAX] {
            assert_eq!(Reader(&number(value)).number().unwrap(), value);
        }
        assert!(Reader(&[0x80; 9]).number().is_err());
    }
}
