//! The names in a module: those of functions, by which they are ordered, and those of what the app's script gives to it.

use std::collections::HashMap;

use anyhow::{Context, Result, bail};

use super::binary::{Reader, list, number, text, with_sections};

const CUSTOM: u8 = 0;
const IMPORTS: u8 = 2;
const EXPORTS: u8 = 7;

/// In the section of names: those of functions.
const FUNCTIONS: u8 = 1;

/// The module with the names of functions as the source has them. wasm-bindgen writes them so for the app, and the splitter
/// leaves them as the linker has them for parts: by one kind of name alone are those that are alike beside each other, which
/// is worth 4 KB after compression.
pub(super) fn readable(module: &[u8]) -> Result<Vec<u8>> {
    with_sections(module, |id, content| {
        let mut reader = Reader(content);
        if id != CUSTOM || reader.text()? != "name" {
            return Ok(content.to_vec());
        }
        let mut sections = text("name");
        while !reader.0.is_empty() {
            let kind = reader.byte()?;
            let length = reader.number()?;
            let names = reader.take(length as usize)?;
            if kind == FUNCTIONS {
                let names = readable_list(names)?;
                sections.extend([vec![kind], number(names.len() as u32), names].concat());
            }
        }
        Ok(sections)
    })
}

fn readable_list(names: &[u8]) -> Result<Vec<u8>> {
    let mut reader = Reader(names);
    let mut seen: HashMap<String, u32> = HashMap::new();
    let entries: Result<Vec<Vec<u8>>> = (0..reader.number()?)
        .map(|_| {
            let index = reader.number()?;
            let mut name = readable_name(reader.text()?);
            let times = seen.entry(name.clone()).or_default();
            if *times > 0 {
                name = format!("{name}_{times}");
            }
            *times += 1;
            Ok([number(index), text(&name)].concat())
        })
        .collect();
    Ok(list(entries?.into_iter()))
}

/// `_ZN…` and `_R…` without what changes from build to build.
fn readable_name(name: &str) -> String {
    // What the splitter calls its own functions after.
    let linked = name.split(' ').next().unwrap_or(name);
    match rustc_demangle::try_demangle(linked) {
        Ok(readable) => format!("{readable:#}"),
        Err(_) => without_hashes(name),
    }
}

/// A readable name without the hash of its function, at its end, and those of crates, in brackets.
fn without_hashes(name: &str) -> String {
    let is_hash =
        |text: &str| text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let name = match name.rsplit_once("::h") {
        Some((before, hash)) if is_hash(hash) => before,
        _ => name,
    };
    let mut left = String::new();
    for (number, piece) in name.split('[').enumerate() {
        match piece.split_once(']') {
            Some((hash, rest)) if number > 0 && is_hash(hash) => left.push_str(rest),
            _ if number > 0 => left.extend(["[", piece]),
            _ => left.push_str(piece),
        }
    }
    left
}

/// The app's module and script with short names for what the script gives to the module, of which each page loads hundreds.
pub(super) fn shortened(module: &[u8], script: &str, from: &str) -> Result<(Vec<u8>, String)> {
    let mut script = script.to_owned();
    let mut count = 0;
    let module = with_sections(module, |id, content| {
        if id != IMPORTS {
            return Ok(content.to_vec());
        }
        let mut reader = Reader(content);
        let entries: Result<Vec<Vec<u8>>> = (0..reader.number()?)
            .map(|_| {
                let (module, mut name) = (reader.text()?, reader.text()?.to_owned());
                let kind = reader.import()?;
                if module == from {
                    let short = short(count);
                    count += 1;
                    script = renamed(&script, &name, &short)?;
                    name = short;
                }
                Ok([text(module), text(&name), kind.to_vec()].concat())
            })
            .collect();
        Ok(list(entries?.into_iter()))
    })?;
    if count == 0 {
        bail!("the app imports nothing from {from}");
    }
    Ok((module, script))
}

/// The script with another name for one of the functions that it gives to the module.
fn renamed(script: &str, name: &str, short: &str) -> Result<String> {
    let key = format!("\n        {name}: ");
    if script.matches(&key).count() != 1 {
        bail!("the app's script must give {name} to its module once");
    }
    Ok(script.replacen(&key, &format!("\n        {short}: "), 1))
}

/// `a`, `b`, … `z`, `ba`, …
fn short(mut count: u32) -> String {
    let mut letters = Vec::new();
    loop {
        letters.push(char::from(b'a' + (count % 26) as u8));
        count /= 26;
        if count == 0 {
            return letters.iter().rev().collect();
        }
    }
}

/// The app's module and script without the classes that nothing makes an instance of: those of streams that scripts read,
/// which come with a library. A class is one that the script exports and the module doesn't import a way to make.
pub(super) fn without_unused_classes(module: &[u8], script: &str) -> Result<(Vec<u8>, String)> {
    let classes: Vec<String> = script
        .lines()
        .filter_map(|line| line.strip_prefix("export class ")?.strip_suffix(" {"))
        .filter(|class| !script.contains(&format!("{class}.__wrap(")))
        .filter(|class| !script.contains(&format!("_assertClass(arg0, {class})")))
        .map(str::to_owned)
        .collect();
    let mut script = script.to_owned();
    for class in &classes {
        for (from, to) in [
            (format!("export class {class} {{\n"), "\n}\n"),
            (format!("if (Symbol.dispose) {class}."), "\n"),
            (format!("const {class}Finalization = "), ";\n"),
        ] {
            script = without(&script, &from, to)?;
        }
    }
    let is_used = |name: &str| {
        let name = name.strip_prefix("__wbg_").unwrap_or(name);
        let class = name.split_once('_').map(|(class, _)| class);
        !classes
            .iter()
            .any(|unused| class == Some(&unused.to_lowercase()))
    };
    let module = with_sections(module, |id, content| {
        if id != EXPORTS {
            return Ok(content.to_vec());
        }
        let mut reader = Reader(content);
        let mut kept = Vec::new();
        for _ in 0..reader.number()? {
            let name = reader.text()?;
            let (kind, index) = (reader.byte()?, reader.number()?);
            if is_used(name) {
                kept.push([text(name), vec![kind], number(index)].concat());
            }
        }
        Ok(list(kept.into_iter()))
    })?;
    Ok((module, script))
}

/// A text without what stands between `from` and the next `to`, and without both.
fn without(script: &str, from: &str, to: &str) -> Result<String> {
    let (before, rest) = script
        .split_once(from)
        .with_context(|| format!("the app's script must have `{from}`"))?;
    let (_, after) = rest
        .split_once(to)
        .with_context(|| format!("the app's script must have `{to}` after `{from}`"))?;
    Ok(format!("{before}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::build::parts::binary::section;

    fn module(sections: &[Vec<u8>]) -> Vec<u8> {
        [b"\0asm\x01\0\0\0".to_vec(), sections.concat()].concat()
    }

    fn named(names: &[&str]) -> Vec<u8> {
        let names = (0..).zip(names);
        let names = list(names.map(|(index, name)| [number(index), text(name)].concat()));
        let content = [text("name"), vec![1], number(names.len() as u32), names].concat();
        [vec![0], number(content.len() as u32), content].concat()
    }

    #[test]
    fn functions_are_named_as_in_the_source_each_by_a_name_of_its_own() {
        let before = module(&[named(&[
            "_ZN4core3fmt5write17h0123456789abcdefE",
            "_ZN4core3fmt5write17hfedcba9876543210E shim",
            "core::fmt::write",
            "<unknown> externref shim",
            "<[T] as core[e24a27700634d609]::fmt::Debug>::fmt::h0123456789abcdef",
        ])]);
        let after = module(&[named(&[
            "core::fmt::write",
            "core::fmt::write_1",
            "core::fmt::write_2",
            "<unknown> externref shim",
            "<[T] as core::fmt::Debug>::fmt",
        ])]);
        assert_eq!(readable(&before).unwrap(), after);
    }

    fn import(from: &str, name: &str) -> Vec<u8> {
        [text(from), text(name), vec![0, 3]].concat()
    }

    const SCRIPT: &str = "    const import0 = {\n        __wbg_f_01: function() {},\n        __wbg_g_02: function() {},\n    };\n";

    #[test]
    fn module_and_script_agree_on_short_names() {
        let imports = [
            import("s", "__wbg_f_01"),
            import("t", "kept"),
            import("s", "__wbg_g_02"),
        ];
        let (shorter, script) = shortened(&module(&[section(2, &imports)]), SCRIPT, "s").unwrap();
        let imports = [import("s", "a"), import("t", "kept"), import("s", "b")];
        assert_eq!(shorter, module(&[section(2, &imports)]));
        assert!(script.contains("\n        a: function() {},\n        b: function() {},"));
        let unknown = module(&[section(2, &[import("s", "__wbg_h_03")])]);
        assert!(shortened(&unknown, SCRIPT, "s").is_err());
        assert!(shortened(&unknown, SCRIPT, "t").is_err());
    }

    #[test]
    fn short_names_are_all_different() {
        let all: std::collections::BTreeSet<String> = (0..2_000).map(short).collect();
        assert_eq!(all.len(), 2_000);
    }

    #[test]
    fn a_class_goes_that_nothing_makes_and_others_stay() {
        let class = |name: &str| {
            format!(
                "export class {name} {{\n    free() {{\n    }}\n}}\nif (Symbol.dispose) {name}.prototype;\nconst {name}Finalization = 1\n    : 2;\n"
            )
        };
        let script = [
            class("Unused"),
            class("Used"),
            "const ret = Used.__wrap(arg0);\n".to_owned(),
        ];
        let export = |name: &str| [text(name), vec![0, 1]].concat();
        let exports = [
            "__wbg_unused_free",
            "unused_pull",
            "__wbg_used_free",
            "unusedness_pull",
            "main",
        ];
        let whole = module(&[section(7, &exports.map(export))]);
        let (lean, left) = without_unused_classes(&whole, &script.concat()).unwrap();
        assert_eq!(left, script[1..].concat());
        let exports = ["__wbg_used_free", "unusedness_pull", "main"];
        assert_eq!(lean, module(&[section(7, &exports.map(export))]));
    }
}
