//! Joins modules of the splitter into one.
//!
//! Each of them imports the app's memory, its table and its stack. So that the joined one does so once, they are merged
//! with a module that imports all three and hands them on.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context, Result, bail};

use super::{
    binary::{Reader, number, section, sections, text},
    run,
};
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
    into_app(&hands_on, modules, features, joined)?;
    fs::remove_file(&hands_on).with_context(|| format!("cannot remove {}", hands_on.display()))
}

/// Writes to `joined` what `modules` do together with `app`, which exports what they import.
pub(super) fn into_app(
    app: &Path,
    modules: &[&Path],
    features: &[&str],
    joined: &Path,
) -> Result<()> {
    let mut merge = process::command("wasm-merge");
    // With the names of functions, by which they are ordered in the end.
    merge.arg("-g").args(features).arg(app).arg(APP);
    for (number, module) in modules.iter().enumerate() {
        merge.arg(module).arg(format!("module{number}"));
    }
    run(merge.arg("-o").arg(joined))
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

impl Reader<'_> {
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
}
