//! Where each package came from.

use std::collections::BTreeMap;

use flowdeck_contract::packages::{Origin, PackageView};

use super::{Asked, needs};
use crate::engine::Inventory;

/// The packages of an environment, by name, each with its origin.
pub fn origins(inventory: &Inventory, asked: &[Asked]) -> Vec<PackageView> {
    let needed = needs::needed_by(inventory, asked);
    let base: BTreeMap<&str, &str> = inventory
        .base
        .iter()
        .map(|package| (package.name.as_str(), package.version.as_str()))
        .collect();
    let view = |package: &crate::engine::PackageFacts| {
        let line = asked.iter().find(|asked| asked.is_for(package));
        let origin = if package.by_hand {
            Origin::ByHand
        } else if base.get(package.name.as_str()) == Some(&package.version.as_str()) {
            Origin::BaseImage
        } else if let Some(line) = line {
            Origin::Requirements(line.asked_by.clone())
        } else if let Some(others) = needed.get(&package.name) {
            Origin::DependencyOf(others.iter().cloned().collect())
        } else {
            Origin::FormerRequirements
        };
        PackageView {
            name: package.name.clone(),
            version: package.version.clone(),
            origin,
        }
    };
    inventory.packages.iter().map(view).collect()
}

/// What is left of it while the requirements can't be read: that nothing asks for a package is not known then.
pub fn without_lines(views: &mut [PackageView]) {
    for view in views {
        if view.origin == Origin::FormerRequirements {
            view.origin = Origin::Unknown;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        engine::PackageFacts,
        packages::{
            Lines,
            samples::{facts, inventory},
        },
    };

    #[test]
    fn every_package_has_its_origin() {
        let by_hand = PackageFacts {
            by_hand: true,
            ..facts("hand==1", &[])
        };
        let local = PackageFacts {
            location: Some("file:///flows/f/local".into()),
            ..facts("local==1", &["dep"])
        };
        let packages = vec![
            facts("same==1", &[]),
            facts("changed==2", &[]),
            facts("named==1", &["dep>=1"]),
            facts("dep==1", &[]),
            facts("former==1", &[]),
            by_hand,
            local,
        ];
        let inventory = inventory(&["same==1", "changed==1"], packages);
        let lines = Lines::of("named\n./local\nchanged>1\n");
        let line = |index: usize| Origin::Requirements(lines.asked[index].asked_by.clone());
        let origins: Vec<Origin> = origins(&inventory, &lines.asked)
            .into_iter()
            .map(|view| view.origin)
            .collect();
        assert_eq!(
            origins,
            [
                Origin::BaseImage,
                line(2),
                line(0),
                Origin::DependencyOf(vec!["local".into(), "named".into()]),
                Origin::FormerRequirements,
                Origin::ByHand,
                line(1),
            ]
        );
    }
}
