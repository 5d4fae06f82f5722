//! Warnings of our own: what promptflow takes, but its author hardly meant.

mod bare;
mod bodies;
mod environment;
mod files;
mod keys;
mod llm;
mod nodes;
mod outputs;
mod packages;
mod sources;
mod tools;
mod unused;
mod values;

use std::collections::BTreeSet;

pub(crate) use self::files::missing_requirements;
use crate::check::Names;
use crate::examine::Around;
use crate::problem::Problem;
use crate::read::Draft;
use crate::yaml::{Mapping, Value};

/// What the rules look at.
pub(crate) struct Subject<'a> {
    pub(crate) root: Mapping<'a>,
    pub(crate) draft: &'a Draft<'a>,
    pub(crate) names: &'a Names<'a>,
    /// Whether all of the flow could be read: only then something is missing for sure.
    pub(crate) is_whole: bool,
}

/// The warnings about a DAG, by place.
pub(crate) fn dag(subject: &Subject<'_>, around: Around<'_>) -> Vec<Problem> {
    let files = around.files;
    let mut warnings = Vec::new();
    let bodies = bodies::all(subject);
    keys::of_dag(subject.root, &bodies, &mut warnings);
    environment::check(subject.root, &mut warnings);
    nodes::check(subject, &mut warnings);
    outputs::check(subject, &mut warnings);
    values::defaults(subject.draft, &mut warnings);
    let mut looked_into = around.sources.map(tools::Files::new);
    for body in &bodies {
        bare::check(body, subject.names, &mut warnings);
        sources::check(body, files.is_some(), &mut warnings);
        packages::check(body, subject.root, files, &mut warnings);
        let file = looked_into.as_mut().and_then(|known| known.of(body));
        let template = file.as_ref().and_then(tools::File::variables);
        llm::check(body, template, &mut warnings);
        if let Some(file) = &file {
            tools::check(body, file, &mut warnings);
        }
    }
    if subject.is_whole {
        unused::check(subject, &mut warnings);
    }
    if let Some(files) = files {
        files::missing(subject, &bodies, files, &mut warnings);
    }
    warnings.sort_by_key(|warning| warning.span);
    // One word about a key is enough.
    let told: BTreeSet<_> = warnings
        .iter()
        .filter(|warning| warning.code != tools::UNUSED)
        .map(|warning| warning.span)
        .collect();
    warnings.retain(|warning| warning.code != tools::UNUSED || !told.contains(&warning.span));
    warnings
}

/// The warnings about a flex flow, by place.
pub(crate) fn flex(root: Mapping<'_>) -> Vec<Problem> {
    let mut warnings = Vec::new();
    keys::of_flex(root, &mut warnings);
    environment::check(root, &mut warnings);
    warnings.sort_by_key(|warning| warning.span);
    warnings
}

/// The `node` of each variant of each node.
fn variant_nodes(root: Mapping<'_>) -> impl Iterator<Item = Mapping<'_>> {
    let nodes = root.get("node_variants").and_then(Value::as_mapping);
    let variants = nodes.into_iter().flat_map(Mapping::entries);
    variants
        .filter_map(|node| node.value.as_mapping()?.get("variants")?.as_mapping())
        .flat_map(Mapping::entries)
        .filter_map(|variant| variant.value.as_mapping()?.get("node")?.as_mapping())
}
