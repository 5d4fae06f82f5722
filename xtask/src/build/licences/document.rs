//! The licences as one text: each once, below the packages that come with it.

use anyhow::{Context, Result};
use std::collections::BTreeMap;

use super::package::Package;

const RULE: &str =
    "================================================================================";

/// Writes the licences of `packages`; `mit` is the text of the MIT licence, with somebody else's copyright.
pub(super) fn of(packages: Vec<Package>, mit: &str) -> Result<String> {
    let (_, permission) = mit
        .split_once("\n\nPermission is hereby granted")
        .context("LICENSE-MIT has another text than the MIT licence")?;
    let mit_of = |holders: &str| {
        format!(
            "MIT License\n\nCopyright (c) {holders}\n\nPermission is hereby granted{permission}"
        )
    };
    // Texts that differ in their line breaks alone are the same.
    let mut sections: BTreeMap<Vec<String>, (Vec<String>, String)> = BTreeMap::new();
    for package in packages {
        let mut texts = package.texts()?;
        if texts.is_empty() {
            texts.push(without_text(&package, mit_of));
        }
        for text in texts {
            let words = text.split_whitespace().map(str::to_owned).collect();
            let (names, _) = sections.entry(words).or_insert((Vec::new(), text));
            names.push(line(&package));
        }
    }
    let mut sections: Vec<_> = sections.into_values().collect();
    sections.sort_unstable();
    let mut document =
        "flowdeck is made with the work of many others. These are their licences.\n".to_owned();
    for (names, text) in sections {
        document += &format!(
            "\n{RULE}\n{}\n{RULE}\n\n{}\n",
            names.join("\n"),
            text.trim_end()
        );
    }
    Ok(document)
}

fn line(package: &Package) -> String {
    let named = [&package.name[..], &package.version, &package.licence];
    named
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("  ")
}

/// For a package that comes without any text.
fn without_text(package: &Package, mit_of: impl Fn(&str) -> String) -> String {
    let offers_mit = package
        .licence
        .split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '.')))
        .any(|word| word == "MIT");
    if offers_mit && !package.licence.contains("AND") {
        return mit_of(&package.holders);
    }
    let place = package.repository.as_deref().unwrap_or("its registry");
    format!("Its package holds no text of its licence; see {place}.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test::temporary_folder;
    use std::{fs, path::PathBuf};

    const MIT: &str =
        "MIT License\n\nCopyright (c) us\n\nPermission is hereby granted, and so on.\n";

    fn package(name: &str, licence: &str, folder: Option<PathBuf>) -> Package {
        Package {
            name: name.to_owned(),
            version: "1.0.0".to_owned(),
            licence: licence.to_owned(),
            repository: Some(format!("https://example.org/{name}")),
            holders: "Ada".to_owned(),
            folder,
        }
    }

    #[test]
    fn one_text_of_two_packages_stands_once() {
        let folder = temporary_folder("licences");
        let kept = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::create_dir_all(&path).unwrap();
            fs::write(path.join("LICENSE.md"), text).unwrap();
            package(name, "Zlib", Some(path))
        };
        let packages = vec![
            kept("b", "As is,\nno warranty."),
            kept("a", "As is, no\nwarranty."),
        ];
        let document = of(packages, MIT).unwrap();
        assert_eq!(document.matches("warranty").count(), 1, "{document}");
        assert!(
            document.contains("b  1.0.0  Zlib\na  1.0.0  Zlib\n"),
            "{document}"
        );
    }

    #[test]
    fn a_package_without_a_text_gets_the_one_it_names_or_says_where_it_is() {
        let document = of(vec![package("a", "MIT OR Apache-2.0", None)], MIT).unwrap();
        assert!(
            document.contains("Copyright (c) Ada\n\nPermission is hereby granted, and so on."),
            "{document}"
        );
        assert!(!document.contains("(c) us"), "{document}");
        let document = of(vec![package("a", "MPL-2.0", None)], MIT).unwrap();
        assert!(
            document.contains("see https://example.org/a."),
            "{document}"
        );
        assert!(of(Vec::new(), "Other words").is_err());
    }
}
