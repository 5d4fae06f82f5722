//! The splitter's loader as data, and the few lines that take its place in the app's own script.
//!
//! The splitter writes a script of its own that fetches every chunk by itself. Here only what it says is read: which
//! functions load a part, and which modules each of them needs.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};

use super::merge::APP_OF_JOINED;

/// What the name of every function that loads a part begins with.
const LOAD: &str = "__wasm_split_load_";

/// The module under which the app imports these functions.
pub(super) const MODULE: &str = "./__wasm_split.js";

/// The parts of the app as the splitter cut it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Split {
    /// Each part with the stems of the modules that it needs: its own, and those that it shares with others.
    pub(super) parts: BTreeMap<String, Vec<String>>,
    /// What the app gives every module, such as its memory.
    shared: String,
    /// What every module is given besides, with its value: a debug build proves by it that all are of one build.
    constants: String,
}

impl Split {
    /// Reads the loader that the splitter wrote.
    pub(super) fn read(script: &str) -> Result<Self> {
        let mut chunks = BTreeMap::new();
        let mut parts = BTreeMap::new();
        for statement in statements(script) {
            if let Some(rest) = statement.strip_prefix("const __chunk_") {
                let (number, rest) = rest.split_once(' ').context("a chunk without a name")?;
                chunks.insert(format!("__chunk_{number}"), module(rest)?);
            } else if let Some(rest) = statement.strip_prefix("export const ") {
                let (name, rest) = rest.split_once(' ').context("a part without a name")?;
                let name = name
                    .strip_prefix(LOAD)
                    .with_context(|| format!("the splitter's loader exports {name}"))?;
                parts.insert(name.to_owned(), (module(rest)?, needs(rest)?));
            }
        }
        if parts.is_empty() {
            bail!("the splitter's loader has no parts");
        }
        let known = |chunk: String| {
            let module = chunks.get(&chunk).cloned().flatten();
            module.with_context(|| format!("the splitter's loader names {chunk} and has none"))
        };
        let all = |(own, needs): (Option<String>, Vec<String>)| -> Result<Vec<String>> {
            let shared: Result<Vec<String>> = needs.into_iter().map(known).collect();
            Ok(own.into_iter().chain(shared?).collect())
        };
        let parts: Result<_> = parts
            .into_iter()
            .map(|(name, part)| Ok((name, all(part)?)))
            .collect();
        Ok(Self {
            parts: parts?,
            shared: shared(script)?,
            constants: constants(script)?,
        })
    }

    /// The script that loads the parts from `files`, given as the numbers of those that each part needs.
    pub(super) fn script(&self, files: &[String], needs: &BTreeMap<String, Vec<usize>>) -> String {
        let names: Vec<String> = files.iter().map(|file| format!("\"{file}\"")).collect();
        let parts: Vec<String> = needs
            .iter()
            .map(|(name, needs)| format!("{LOAD}{name}: loadPart({needs:?})"))
            .collect();
        SCRIPT
            .replace("NAMES", &names.join(", "))
            .replace("SHARED", &self.shared)
            .replace("CONSTANTS", &self.constants)
            .replace("JOINED", APP_OF_JOINED)
            .replace("PARTS", &parts.join(", "))
    }
}

/// What takes the loader's place. A module that couldn't be loaded is requested again when it is needed again; one that is
/// inside the app is not. The page's own script has compiled some ahead.
const SCRIPT: &str = r#"
const names = [NAMES];
const modules = [];
let shared;
const instantiate = async (name) => {
    const compiled = await globalThis.flowdeckApp?.ahead[name];
    shared ??= (({ SHARED }) => ({ __wasm_split: { CONSTANTS SHARED }, JOINED: { SHARED } }))(initSync());
    return compiled
        ? WebAssembly.instantiate(compiled, shared)
        : WebAssembly.instantiateStreaming(fetch(new URL("./" + name, import.meta.url)), shared);
};
const loadModule = (number) =>
    globalThis.flowdeckApp?.inside.includes(names[number]) ||
    (modules[number] ??= instantiate(names[number]).catch((error) => {
        delete modules[number];
        throw error;
    }));
const loadPart = (needs) => async (callback, data) => {
    let done = false;
    try {
        await Promise.all(needs.map(loadModule));
        done = true;
    } catch (error) {
        console.error(error);
    }
    initSync().__indirect_function_table.get(callback)(data, done);
};
const parts = { PARTS };
"#;

/// The app's script with `loader` in it, instead of an import of the splitter's from `from`.
pub(super) fn put_into(app: &str, from: &str, loader: &str) -> Result<String> {
    let from = format!("from \"./{from}\"");
    let (imports, rest): (Vec<&str>, Vec<&str>) = app
        .lines()
        .partition(|line| line.starts_with("import * as ") && line.contains(&from));
    if imports.is_empty() {
        bail!("the app's script does not import the splitter's loader");
    }
    let key = format!("\"{MODULE}\": ");
    let given = format!("{key}parts,");
    let mut lines: Vec<&str> = Vec::new();
    for line in rest {
        if !line.trim_start().starts_with(&key) {
            lines.push(line);
        } else if !lines.contains(&given.as_str()) {
            // The app imports it once for each function.
            lines.push(&given);
        }
    }
    if !lines.contains(&given.as_str()) {
        bail!("the app's script does not give {MODULE} to its module");
    }
    Ok(lines.join("\n") + loader)
}

/// The statements of the loader that begin a line, each with all that belongs to it.
fn statements(script: &str) -> Vec<String> {
    let begins = |line: &str| {
        ["const ", "export ", "let ", "function ", "import ", "/*"]
            .iter()
            .any(|word| line.starts_with(word))
    };
    let mut all: Vec<String> = Vec::new();
    for line in script.lines() {
        match all.last_mut().filter(|_| !begins(line)) {
            Some(last) => {
                last.push('\n');
                last.push_str(line);
            }
            None => all.push(line.to_owned()),
        }
    }
    all
}

/// The stem of the module that a statement fetches; `None` where all of the part is shared.
fn module(statement: &str) -> Result<Option<String>> {
    let mut files = statement
        .split('"')
        .filter_map(|text| text.strip_prefix("./")?.strip_suffix(".wasm"));
    let first = files.next().map(str::to_owned);
    if files.next().is_some() {
        bail!("the splitter's loader fetches two modules at once: {statement}");
    }
    Ok(first)
}

/// The chunks that a part needs besides its own module: the last list of its statement.
fn needs(statement: &str) -> Result<Vec<String>> {
    let list = statement.rsplit_once('[').and_then(|(_, rest)| {
        let (list, _) = rest.split_once(']')?;
        Some(list)
    });
    let list = list.with_context(|| format!("a part says not what it needs: {statement}"))?;
    let names = list.split(',').map(str::trim);
    Ok(names
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect())
}

/// The names of what the app gives every module.
fn shared(script: &str) -> Result<String> {
    let names = script.split_once("const { ").and_then(|(_, rest)| {
        let (names, after) = rest.split_once('}')?;
        after
            .trim_start()
            .starts_with("= initSync(")
            .then_some(names)
    });
    let names = names.context("the splitter's loader shares nothing of the app")?;
    Ok(names.trim().trim_end_matches(',').to_owned())
}

/// What every module is given besides, as properties of an object; each ends with a comma.
fn constants(script: &str) -> Result<String> {
    let given = script
        .split_once("sharedImports = { __wasm_split: {")
        .and_then(|(_, rest)| rest.split_once('}'));
    let (constants, _) =
        given.context("the splitter's loader doesn't say what it gives to modules")?;
    Ok(constants.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPLIT: &str = r#"import { initSync } from "./app.js";

let sharedImports = undefined;
function getSharedImports() {
    if (sharedImports === undefined) {
        sharedImports = { __wasm_split: {  } };
        const { __indirect_function_table, memory,  } = initSync(undefined, undefined);
    }
    return sharedImports;
}
/* one, two */
const __chunk_15 = makeLoad(() => {
    const src = fetch(new URL("./chunk_15.wasm", import.meta.url));
    return async (imports) => (WebAssembly.instantiateStreaming(src, imports));
}
, []);
export const __wasm_split_load_one = wrapAsyncCb(makeLoad(() => {
    const src = fetch(new URL("./split_one.wasm", import.meta.url));
    return async (imports) => (WebAssembly.instantiateStreaming(src, imports));
}
, [__chunk_15]));
export const __wasm_split_load_two = wrapAsyncCb(makeLoad(() => async (_imp) => ({}), [__chunk_15]));
"#;

    fn split() -> Split {
        Split::read(SPLIT).unwrap()
    }

    #[test]
    fn parts_need_their_own_module_and_those_that_they_share() {
        let parts = [
            ("one", vec!["split_one", "chunk_15"]),
            ("two", vec!["chunk_15"]),
        ];
        let parts = parts.map(|(name, modules)| {
            let modules = modules.into_iter().map(str::to_owned).collect();
            (name.to_owned(), modules)
        });
        assert_eq!(split().parts, BTreeMap::from(parts));
        assert_eq!(split().shared, "__indirect_function_table, memory");
    }

    #[test]
    fn modules_of_a_debug_build_are_given_what_proves_that_they_are_of_one_build() {
        let debug = SPLIT.replace(
            "__wasm_split: {  }",
            "__wasm_split: { __canary_1f: ~0xdead, }",
        );
        let needs = BTreeMap::from([("one".to_owned(), vec![0])]);
        let script = |split: &str| {
            Split::read(split)
                .unwrap()
                .script(&["a.wasm".to_owned()], &needs)
        };
        let given = "__wasm_split: { __canary_1f: ~0xdead, __indirect_function_table, memory }";
        assert!(script(&debug).contains(given), "{}", script(&debug));
        assert!(!script(SPLIT).contains("canary"));
    }

    #[test]
    fn a_loader_of_another_shape_is_refused() {
        assert!(Split::read("").is_err());
        assert!(Split::read(&SPLIT.replace("__chunk_15]", "__chunk_16]")).is_err());
        assert!(Split::read(&SPLIT.replace("= initSync(", "= other(")).is_err());
        assert!(Split::read(&SPLIT.replace("sharedImports = {", "imports = {")).is_err());
    }

    #[test]
    fn the_script_takes_the_place_of_every_import() {
        let app = "import * as import1 from \"./parts-1.js\"\nimport * as import2 from \"./parts-1.js\"\nconst all = {\n    \"./__wasm_split.js\": import1,\n    \"./__wasm_split.js\": import2,\n};\n";
        let needs = BTreeMap::from([("one".to_owned(), vec![0, 1])]);
        let loader = split().script(&["a.wasm".to_owned(), "b.wasm".to_owned()], &needs);
        let script = put_into(app, "parts-1.js", &loader).unwrap();
        assert!(!script.contains("import *"), "{script}");
        assert_eq!(script.matches("\"./__wasm_split.js\": parts,").count(), 1);
        assert!(script.contains("const names = [\"a.wasm\", \"b.wasm\"];"));
        assert!(script.contains("__wasm_split_load_one: loadPart([0, 1])"));
        assert!(script.contains("(({ __indirect_function_table, memory }) =>"));
        assert!(put_into(app, "parts-2.js", &loader).is_err());
    }
}
