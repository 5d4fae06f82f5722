//! Packages made of nothing: a requirements file brings each package that it names, at the version that it pins or 1.0.

use flowdeck_contract::session::InstalledPackage;
use flowdeck_flow::LineKind;
use pep508_rs::{MarkerEnvironment, MarkerEnvironmentBuilder};

use crate::engine::{EngineError, Inventory, PackageFacts, Requirements};

/// What environments have where people look at the product.
pub(super) const BASE_FOR_LOOKING: [&str; 6] = [
    "promptflow-core==1.18.1",
    "flask==3.1.0",
    "jinja2==3.1.6",
    "numpy==2.3.1",
    "requests==2.32.4",
    "urllib3==2.5.0",
];

/// What every environment has unless the scenario says otherwise.
pub(super) fn usual_base() -> Vec<InstalledPackage> {
    vec![InstalledPackage {
        name: "promptflow-core".to_owned(),
        version: "fake".to_owned(),
    }]
}

/// What a requirements file brings.
pub(super) fn asked(
    requirements: &Requirements,
    base: &[InstalledPackage],
) -> Result<Vec<InstalledPackage>, EngineError> {
    let package = |line: &flowdeck_flow::RequirementLine| {
        let LineKind::Named { name } = &line.kind else {
            return None;
        };
        let version = match line.text.split_once("==") {
            Some((_, version)) => version,
            // Any version is what the base has.
            None if base.iter().any(|package| package.name == *name) => return None,
            None => "1.0",
        };
        Some(InstalledPackage {
            name: name.clone(),
            version: version.to_owned(),
        })
    };
    Ok(requirements
        .set
        .files()
        .iter()
        .take(1)
        .flat_map(|file| &file.lines)
        .filter_map(package)
        .collect())
}

/// What uv would print.
pub(super) fn printed(
    requirements: &Requirements,
    base: &[InstalledPackage],
    there: &[InstalledPackage],
) -> Result<Vec<String>, EngineError> {
    let coming = asked(requirements, base)?;
    let coming = coming.iter().filter(|package| !there.contains(package));
    Ok(coming
        .map(|package| format!(" + {}=={}", package.name, package.version))
        .collect())
}

pub(super) fn inventory(
    base: Vec<InstalledPackage>,
    brought: &[InstalledPackage],
) -> Result<Inventory, EngineError> {
    let facts = |package: InstalledPackage| PackageFacts {
        name: package.name,
        version: package.version,
        ..PackageFacts::default()
    };
    let is_replaced =
        |package: &&InstalledPackage| brought.iter().any(|other| other.name == package.name);
    let stays = base.iter().filter(|package| !is_replaced(package)).cloned();
    let packages = stays.chain(brought.iter().cloned());
    Ok(Inventory {
        base_name: "nothing".to_owned(),
        packages: packages.map(facts).collect(),
        base,
        markers: markers()?,
    })
}

fn markers() -> Result<MarkerEnvironment, EngineError> {
    let markers = MarkerEnvironment::try_from(MarkerEnvironmentBuilder {
        implementation_name: "cpython",
        implementation_version: "3.11.7",
        os_name: "posix",
        platform_machine: "x86_64",
        platform_python_implementation: "CPython",
        platform_release: "6",
        platform_system: "Linux",
        platform_version: "1",
        python_full_version: "3.11.7",
        python_version: "3.11",
        sys_platform: "linux",
    });
    markers.map_err(|error| EngineError::new("Internal", error.to_string()))
}
