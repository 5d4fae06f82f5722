//! The app's layers, as a test: what a file uses stands in its own layer or below.

#![expect(clippy::unwrap_used, reason = "its functions are for tests alone")]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// Each with its height, from below to above. What is not named here is above them all.
const LAYERS: [(usize, &[&str]); 9] = [
    (0, &["storage"]),
    (0, &["routes"]),
    (1, &["api"]),
    (2, &["live"]),
    (2, &["sign_in_link"]),
    (2, &["nav"]),
    (3, &["ui"]),
    (4, &["pages", "parts"]),
    (5, &["pages"]),
];

/// Pages name the parts of themselves that load when they are first shown; `lazy` makes them.
const BESIDE: [&str; 2] = ["lazy", "testing"];

/// Those that must be able to do without another part of their own layer or of one below.
const STRANGERS: [(&[&str], &[&str]); 4] = [
    (&["ui"], &["api"]),
    (&["ui"], &["live"]),
    (&["ui"], &["nav"]),
    (&["pages", "flow", "files"], &["pages", "flow", "raw"]),
];

type Module = Vec<String>;

fn is_in(module: &[String], root: &[&str]) -> bool {
    module.len() >= root.len() && root.iter().zip(module).all(|(name, part)| name == part)
}

fn layer(module: &[String]) -> usize {
    // The longer name counts: `pages::parts` is below `pages`.
    let named = LAYERS.iter().filter(|(_, name)| is_in(module, name));
    let height = named
        .max_by_key(|(_, name)| name.len())
        .map(|(height, _)| *height);
    height.unwrap_or(usize::MAX)
}

/// What is wrong with a file of `from` using `used`.
fn fault(from: &[String], used: &[String]) -> Option<String> {
    let told = |why: &str| {
        Some(format!(
            "{} uses {}: {why}",
            from.join("::"),
            used.join("::")
        ))
    };
    let beside = |module: &[String]| BESIDE.iter().any(|name| is_in(module, &[name]));
    // The root only lists what is below it.
    if used.is_empty() || beside(from) || beside(used) {
        return None;
    }
    if layer(used) > layer(from) {
        return told("that is in a layer above");
    }
    let page = |module: &[String]| {
        let is_page = is_in(module, &["pages"]) && !is_in(module, &["pages", "parts"]);
        // A path of one name is the list of pages itself.
        is_page.then(|| module.get(1).cloned()).flatten()
    };
    if let (Some(own), Some(other)) = (page(from), page(used))
        && own != other
    {
        return told("a page may not know another page");
    }
    let strange = STRANGERS
        .iter()
        .any(|(own, other)| is_in(from, own) && is_in(used, other));
    if strange {
        told("it must be able to do without")
    } else {
        None
    }
}

/// The paths that a tree of a `use` stands for.
fn expand(tree: &str) -> Vec<Vec<String>> {
    let tree = tree.trim();
    let Some(open) = tree.find('{') else {
        let path = tree.split(" as ").next().unwrap_or_default();
        return vec![
            path.split("::")
                .map(|part| part.trim().to_owned())
                .collect(),
        ];
    };
    let (before, inside) = (
        &tree[..open],
        &tree[open + 1..tree.rfind('}').unwrap_or(tree.len())],
    );
    let before: Vec<String> = before
        .split("::")
        .map(|part| part.trim().to_owned())
        .filter(|part| !part.is_empty())
        .collect();
    let (mut depth, mut start, mut parts) = (0, 0, Vec::new());
    for (at, letter) in inside.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&inside[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&inside[start..]);
    let parts = parts.into_iter().filter(|part| !part.trim().is_empty());
    parts
        .flat_map(expand)
        .map(|path| before.iter().cloned().chain(path).collect())
        .collect()
}

/// The module that a path within the app leads into, as seen from `module`; `None` for one of another crate.
fn within(module: &[String], path: &[String]) -> Option<Module> {
    let mut rest = path.iter();
    let mut at: Module = match rest.next()?.as_str() {
        "crate" => Vec::new(),
        "super" => module[..module.len().saturating_sub(1)].to_vec(),
        "self" => module.to_vec(),
        _ => return None,
    };
    for part in rest {
        match part.as_str() {
            "super" => drop(at.pop()),
            "" | "self" | "*" => {}
            // A type or a function isn't a module.
            name if name.starts_with(char::is_uppercase) => break,
            name => at.push(name.to_owned()),
        }
    }
    Some(at)
}

/// The paths into the app that a file's text names, in `use` lines or elsewhere.
fn used(text: &str) -> BTreeSet<Vec<String>> {
    let code: String = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .map(|line| format!("{line}\n"))
        .collect();
    let trees = code
        .split("use ")
        .skip(1)
        .filter_map(|rest| rest.split_once(';'))
        .map(|(tree, _)| tree);
    let trees = trees.filter(|tree| {
        ["crate::", "super::", "self::"]
            .iter()
            .any(|begin| tree.starts_with(begin))
    });
    let inline = code.split("crate::").skip(1).map(|rest| {
        let end =
            rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_' && letter != ':');
        format!(
            "crate::{}",
            rest[..end.unwrap_or(rest.len())].trim_end_matches(':')
        )
    });
    trees
        .flat_map(expand)
        .chain(inline.flat_map(|path| expand(&path)))
        .collect()
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn module(root: &Path, file: &Path) -> Module {
    let path = file.strip_prefix(root).unwrap().with_extension("");
    let mut module: Module = path
        .iter()
        .map(|part| part.to_string_lossy().into_owned())
        .collect();
    if module
        .last()
        .is_some_and(|last| matches!(last.as_str(), "mod" | "lib"))
    {
        module.pop();
    }
    module
}

#[test]
fn nothing_uses_what_is_above_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    assert!(files.len() > 200, "only {} sources", files.len());
    let mut faults = Vec::new();
    for file in files.iter().filter(|file| !file.ends_with("layers.rs")) {
        let module = module(&root, file);
        let text = fs::read_to_string(file).unwrap();
        let paths = used(&text)
            .into_iter()
            .filter_map(|path| within(&module, &path));
        faults.extend(paths.filter_map(|path| fault(&module, &path)));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_use_that_climbs_is_found() {
    let module = |path: &str| path.split("::").map(str::to_owned).collect::<Module>();
    for (from, text, expected) in [
        ("api::client", "use crate::ui::Button;", 1),
        (
            "ui::button",
            "use crate::{\n    api::{Api, Load},\n    storage::Store,\n};",
            1,
        ),
        ("live::flow", "use crate::{api::Api, ui::{Icon, Tab}};", 1),
        ("pages::parts::failure", "use super::super::flow::Run;", 1),
        ("pages::parts::failure", "crate::pages::flow::run()", 1),
        (
            "pages::flow",
            "use crate::pages::{flows, parts::Failure};",
            1,
        ),
        ("pages::flow::files::tree", "use super::super::raw::Tab;", 1),
        (
            "pages::flow::raw::mode",
            "use super::super::files::Tree;",
            0,
        ),
        (
            "shell",
            "use crate::pages::FlowPage;\n// use crate::app;",
            0,
        ),
    ] {
        let from = module(from);
        let paths = used(text)
            .into_iter()
            .filter_map(|path| within(&from, &path));
        let faults: BTreeSet<String> = paths.filter_map(|path| fault(&from, &path)).collect();
        assert_eq!(faults.len(), expected, "{text}: {faults:?}");
    }
}
