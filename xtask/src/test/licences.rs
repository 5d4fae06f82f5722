//! The licence of every npm package is one that deny.toml allows. cargo-deny, which reads the same list, knows crates alone.

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use spdx::{Expression, LicenseReq, Licensee, ParseMode};
use std::fs;

use super::dependencies::{self, Dependency};
use crate::project::Project;

/// The part of cargo-deny's file that holds for npm packages, too.
#[derive(Deserialize)]
struct Deny {
    licenses: Licences,
}

#[derive(Deserialize)]
struct Licences {
    allow: Vec<String>,
}

/// Checks all npm lock files and returns how many packages they name.
pub(super) fn check(project: &Project) -> Result<usize> {
    let path = project.path("deny.toml");
    let text =
        fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let deny: Deny =
        toml::from_str(&text).with_context(|| format!("{} is not as expected", path.display()))?;
    let allowed = Allowed::parse(&deny.licenses.allow)?;
    let all = dependencies::all(project)?;
    let refused: Vec<String> = all
        .iter()
        .filter_map(|dependency| allowed.refusal(dependency))
        .collect();
    if !refused.is_empty() {
        bail!(
            "deny.toml does not allow these licences:\n{}",
            refused.join("\n")
        );
    }
    Ok(all.len())
}

struct Allowed(Vec<Licensee>);

impl Allowed {
    fn parse(licences: &[String]) -> Result<Self> {
        let parse = |licence: &String| {
            Licensee::parse(licence)
                .with_context(|| format!("deny.toml: {licence} is no SPDX licence"))
        };
        licences.iter().map(parse).collect::<Result<_>>().map(Self)
    }

    fn refusal(&self, dependency: &Dependency) -> Option<String> {
        let licence = dependency.licence.as_deref().unwrap_or("none named");
        let allowed = Expression::parse_mode(licence, ParseMode::LAX).is_ok_and(|expression| {
            expression.evaluate(|required: &LicenseReq| {
                self.0.iter().any(|allowed| allowed.satisfies(required))
            })
        });
        (!allowed).then(|| format!("  {}: {licence}", dependency.name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_allowed_alternative_is_enough_and_all_joined_ones_are_needed() {
        let allowed = Allowed::parse(&[
            "MIT".to_owned(),
            "Apache-2.0 WITH LLVM-exception".to_owned(),
        ])
        .unwrap();
        let refused = |licence: Option<&str>| {
            let dependency = Dependency {
                name: "x 1.0.0".to_owned(),
                licence: licence.map(str::to_owned),
            };
            allowed.refusal(&dependency).is_some()
        };
        assert!(!refused(Some("MIT OR GPL-3.0-only")));
        assert!(!refused(Some("GPL-3.0-only/MIT")));
        assert!(!refused(Some("Apache-2.0 WITH LLVM-exception")));
        assert!(refused(Some("MIT AND GPL-3.0-only")));
        assert!(refused(Some("Apache-2.0")));
        assert!(refused(Some("Custom words")));
        assert!(refused(None));
    }
}
