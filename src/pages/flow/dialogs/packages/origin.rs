//! Where a package came from, in words.

use flowdeck_contract::packages::Origin;

use crate::pages::flow::asked_by::place;

pub(super) fn words(origin: &Origin) -> String {
    match origin {
        Origin::BaseImage => "Base image".to_owned(),
        Origin::Requirements(line) => place(line),
        Origin::DependencyOf(others) => format!("Dependency of {}", others.join(", ")),
        Origin::FormerRequirements => "Earlier requirements; no longer required".to_owned(),
        Origin::Unknown => "Not known while the requirements can’t be read".to_owned(),
        Origin::ByHand => "Installed by hand".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flowdeck_contract::packages::AskedBy;

    #[test]
    fn a_line_and_who_needs_it_are_named() {
        let line = AskedBy {
            file: "deps/all.txt".into(),
            line: 3,
            text: "flask>2".into(),
        };
        assert_eq!(words(&Origin::Requirements(line)), "deps/all.txt line 3");
        let needed = Origin::DependencyOf(vec!["flask".into(), "quart".into()]);
        assert_eq!(words(&needed), "Dependency of flask, quart");
    }
}
