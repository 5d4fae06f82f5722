//! A set of packages as text.

use crate::engine::PackageFacts;

/// A requirements file that asks for these packages and versions, one a line, by name, from where `feeds` say.
pub fn lock(feeds: &[String], packages: &[PackageFacts]) -> String {
    let mut lines: Vec<String> = packages.iter().map(line).collect();
    lines.sort();
    let feeds: String = feeds.iter().map(|feed| format!("{feed}\n")).collect();
    feeds + &lines.concat()
}

fn line(package: &PackageFacts) -> String {
    let PackageFacts { name, version, .. } = package;
    match &package.location {
        Some(location) => format!("{name} @ {location}\n"),
        None => format!("{name}=={version}\n"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::packages::Lines;

    proptest! {
        #[test]
        fn a_lock_is_read_as_what_it_was_made_of(
            packages in prop::collection::btree_map(
                "[a-z][a-z0-9]{0,5}(-[a-z0-9]{1,4})?",
                ("[0-9]{1,3}(\\.[0-9]{1,3}){0,2}(rc1|\\.post2)?", proptest::option::of("[a-z]{1,6}")),
                0..20,
            )
        ) {
            let packages: Vec<PackageFacts> = packages
                .into_iter()
                .map(|(name, (version, file))| PackageFacts {
                    name,
                    version,
                    location: file.map(|file| format!("file:///w/{file}-1.0-py3-none-any.whl")),
                    ..PackageFacts::default()
                })
                .collect();
            let lines = Lines::of(&lock(&["-i https://{private}@h/simple/".to_owned()], &packages));
            prop_assert_eq!(lines.feeds.len(), 1);
            prop_assert!(lines.invalid.is_empty());
            prop_assert_eq!(lines.asked.len(), packages.len());
            for package in &packages {
                let asked = lines.asked.iter().find(|asked| asked.is_for(package));
                let asked = asked.and_then(|asked| asked.requirement.as_ref());
                let pinned = asked.and_then(|asked| asked.version_or_url.as_ref()).map(ToString::to_string);
                let expected = match &package.location {
                    Some(location) => location.clone(),
                    None => format!("=={}", package.version),
                };
                prop_assert_eq!(pinned.map(|pinned| pinned.replace(' ', "")), Some(normal(&expected)));
            }
        }
    }

    /// Versions lose the zeros before their numbers when they are read.
    fn normal(expected: &str) -> String {
        match expected.strip_prefix("==") {
            Some(version) => {
                let version: pep508_rs::pep440_rs::Version = version.parse().unwrap();
                format!("=={version}")
            }
            None => expected.to_owned(),
        }
    }
}
