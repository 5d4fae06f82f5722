//! What an upgrade writes, worked out before anything is written.

use flowdeck_contract::ids::FilePath;
use flowdeck_flow::PINNED_BASE_PACKAGE;

use crate::api::Disk;

/// What counts as the requirements file where the definition names none.
const REQUIREMENTS: &str = "requirements.txt";

/// What a requirements file holds that is made here.
const NEW_REQUIREMENTS: &str = "# Python packages that the flow needs, one per line. promptflow and promptflow-tools come with the base image.\n";

/// A flow's definition and requirements file as they stand.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Found {
    pub(super) definition: FilePath,
    pub(super) yaml: Disk,
    pub(super) requirements: FilePath,
    pub(super) listed: Disk,
}

/// What becomes of one file.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Change {
    pub(super) path: FilePath,
    pub(super) old: Disk,
    pub(super) new: String,
}

/// A line that gives a package of the base image a version of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pin {
    pub(super) line: u32,
    pub(super) text: String,
    /// Whether the version is taken off; where a hash goes with it, that has to be done by hand.
    pub(super) goes: bool,
}

/// What an upgrade writes.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Plan {
    /// The files that change, in the order in which they are written.
    pub(super) changes: Vec<Change>,
    pub(super) pins: Vec<Pin>,
}

/// The requirements file of a flow: the one that its definition names, else the one that counts without being named.
pub(super) fn requirements_path(yaml: &str) -> Result<FilePath, String> {
    let flow = flowdeck_flow::check(yaml).flow;
    let named = flow.and_then(|flow| flow.environment.python_requirements_txt);
    let path = named.as_deref().unwrap_or(REQUIREMENTS);
    FilePath::try_from(path.trim_start_matches("./")).map_err(|_| {
        format!(
            "The flow’s definition names the requirements file {path}, which isn’t in the flow folder. Change it in raw file mode first."
        )
    })
}

/// What to write for the definition to name its requirements file, and `image` where there is one; or why that cannot be.
pub(super) fn plan(found: &Found, image: Option<&str>) -> Result<Plan, String> {
    let listed = found.listed.text();
    let findings = flowdeck_flow::check_requirements(listed, found.requirements.as_str(), None);
    let pinned = || {
        findings
            .iter()
            .filter(|found| found.code == PINNED_BASE_PACKAGE)
    };
    let unpinned = match &found.listed {
        Disk::Gone => NEW_REQUIREMENTS.to_owned(),
        Disk::Text { text, .. } => {
            flowdeck_flow::mended(text, pinned().filter_map(|found| found.fix.as_ref()))
        }
    };
    let pins = pinned().map(|found| Pin {
        line: found.line,
        text: line(listed, found.line),
        goes: found.fix.is_some(),
    });
    let refused = |reason| format!("Can’t change {}. {reason}", found.definition);
    let path = found.requirements.as_str();
    let mut yaml = found.yaml.text().to_owned();
    // However it is spelled there, it is left as it is.
    if !requirements_are_named(&yaml, path) {
        yaml = flowdeck_flow::set_environment_requirements(&yaml, path).map_err(refused)?;
    }
    if let Some(image) = image {
        yaml = flowdeck_flow::set_environment_image(&yaml, Some(image)).map_err(refused)?;
    }
    let changes = [
        Change {
            path: found.requirements.clone(),
            old: found.listed.clone(),
            new: unpinned,
        },
        Change {
            path: found.definition.clone(),
            old: found.yaml.clone(),
            new: yaml,
        },
    ];
    Ok(Plan {
        changes: changes.into_iter().filter(Change::is_one).collect(),
        pins: pins.collect(),
    })
}

impl Change {
    fn is_one(&self) -> bool {
        self.old == Disk::Gone || self.old.text() != self.new
    }
}

fn requirements_are_named(yaml: &str, path: &str) -> bool {
    let flow = flowdeck_flow::check(yaml).flow;
    let named = flow.and_then(|flow| flow.environment.python_requirements_txt);
    named.is_some_and(|named| named.trim_start_matches("./") == path)
}

fn line(text: &str, number: u32) -> String {
    let line = text.lines().nth((number as usize).saturating_sub(1));
    line.unwrap_or_default().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Disk {
        Disk::Text {
            etag: "\"1\"".into(),
            text: text.into(),
        }
    }

    fn found(yaml: &str, listed: Disk) -> Found {
        Found {
            definition: FilePath::try_from("flow.dag.yaml").unwrap(),
            yaml: text(yaml),
            requirements: requirements_path(yaml).unwrap(),
            listed,
        }
    }

    fn written(plan: &Plan) -> Vec<(&str, &str)> {
        let changes = plan.changes.iter();
        changes
            .map(|change| (change.path.as_str(), change.new.as_str()))
            .collect()
    }

    #[test]
    fn a_missing_requirements_file_is_made_and_named_beside_the_image() {
        let plan = plan(
            &found("nodes: [] # mine\n", Disk::Gone),
            Some("a.example/x:1"),
        )
        .unwrap();
        let yaml = "nodes: [] # mine\nenvironment:\n  image: a.example/x:1\n  python_requirements_txt: requirements.txt\n";
        assert_eq!(
            written(&plan),
            [
                ("requirements.txt", NEW_REQUIREMENTS),
                ("flow.dag.yaml", yaml)
            ]
        );
        assert!(plan.pins.is_empty());
    }

    #[test]
    fn pins_of_the_base_go_but_where_a_hash_holds_them() {
        let listed =
            "humanize==4.0\npromptflow==1.0 # old\npromptflow-tools==1.0 --hash=sha256:ab\n";
        let plan = plan(&found("nodes: []\n", text(listed)), None).unwrap();
        let pins: Vec<_> = plan
            .pins
            .iter()
            .map(|pin| (pin.line, pin.text.as_str(), pin.goes))
            .collect();
        assert_eq!(
            pins,
            [
                (2, "promptflow==1.0 # old", true),
                (3, "promptflow-tools==1.0 --hash=sha256:ab", false),
            ]
        );
        let (path, new) = written(&plan)[0];
        assert_eq!(path, "requirements.txt");
        assert_eq!(
            new,
            "humanize==4.0\npromptflow # old\npromptflow-tools==1.0 --hash=sha256:ab\n"
        );
    }

    #[test]
    fn nothing_is_written_where_all_is_so_already() {
        let yaml = "environment:\n  python_requirements_txt: ./deps/all.txt\n  image: a.example/x:1\nnodes: []\n";
        let found = found(yaml, text("humanize\n"));
        assert_eq!(found.requirements.as_str(), "deps/all.txt");
        assert!(
            plan(&found, Some("a.example/x:1"))
                .unwrap()
                .changes
                .is_empty()
        );
        assert!(plan(&found, None).unwrap().changes.is_empty());
    }

    #[test]
    fn what_cannot_be_changed_says_why() {
        let refused = plan(&found("nodes: [\n", Disk::Gone), None).unwrap_err();
        assert!(
            refused.starts_with("Can’t change flow.dag.yaml."),
            "{refused}"
        );
        let outside = "environment: {python_requirements_txt: ../all.txt}\n";
        assert!(
            requirements_path(outside)
                .unwrap_err()
                .contains("../all.txt")
        );
    }
}
