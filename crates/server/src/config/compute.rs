//! From the file's tree to what there is to choose from.

use std::path::Path;

use flowdeck_compute::{
    Catalog, ComputeInstance, Host, OldRuntime, Quota, VariableName, VmSize, gib,
};
use flowdeck_contract::{image::ImageReference, session};

use super::{
    Config, duration,
    fields::{self, At, Fields, Problems},
    identities::identities,
    tree::Node,
};

const TOP: [&str; 7] = [
    "idleShutdown",
    "sessionVariables",
    "quota",
    "vmSizes",
    "identities",
    "computeInstances",
    "runtimes",
];
const QUOTA: [&str; 2] = ["vCPUs", "memoryGB"];
const SIZE: [&str; 3] = ["name", "vCPUs", "memoryGB"];
const INSTANCE: [&str; 4] = ["name", "vmSize", "identity", "idleShutdown"];
const RUNTIME: [&str; 5] = [
    "name",
    "computeInstance",
    "image",
    "environment",
    "description",
];

const V_CPUS: std::ops::RangeInclusive<u32> = 1..=4096;
const LONGEST_NAME: usize = 64;

/// Files are named relative to `folder`.
pub(super) fn read(
    root: Option<&Node>,
    folder: &Path,
    host: Host,
    problems: &mut Problems,
) -> Config {
    let mut config = Config::of_host(host);
    let Some(top) = root.and_then(|root| Fields::of(root, &TOP, problems)) else {
        return config;
    };
    if let Some(idle) = top
        .get("idleShutdown")
        .and_then(|node| duration::idle(node, problems))
    {
        config.max_idle = idle;
    }
    config.variables = variables(top, problems);
    let catalog = &mut config.catalog;
    if let Some(quota) = top.get("quota") {
        catalog.quota = self::quota(quota, catalog.quota, problems);
    }
    if top.get("vmSizes").is_some() {
        catalog.sizes = sizes(top, problems);
    }
    catalog.identities = identities(top, folder, problems);
    catalog.instances = instances(top, catalog, problems);
    catalog.runtimes = runtimes(top, catalog, problems);
    config
}

fn variables(top: Fields<'_>, problems: &mut Problems) -> Vec<VariableName> {
    let mut names = Vec::new();
    for node in top.list("sessionVariables", problems) {
        let Some(said) = fields::text(node, "sessionVariables", problems) else {
            continue;
        };
        match VariableName::try_from(said.value) {
            Ok(name) => names.push(name),
            Err(right) => {
                let message = format!("{:?} can't be a variable of sessions: {right}", said.value);
                problems.add(said.place, message);
            }
        }
    }
    names
}

fn quota(node: &Node, mut quota: Quota, problems: &mut Problems) -> Quota {
    let Some(fields) = Fields::of(node, &QUOTA, problems) else {
        return quota;
    };
    if let Some(count) = v_cpus(fields, problems) {
        quota.v_cpus = count;
    }
    if let Some(memory) = memory(fields, problems) {
        quota.memory_mb = memory;
    }
    quota
}

fn v_cpus(fields: Fields<'_>, problems: &mut Problems) -> Option<u32> {
    fields::whole_number(fields.get("vCPUs")?, "vCPUs", V_CPUS, problems)
}

fn memory(fields: Fields<'_>, problems: &mut Problems) -> Option<u64> {
    fields::gib(fields.get("memoryGB")?, "memoryGB", problems)
}

fn sizes(top: Fields<'_>, problems: &mut Problems) -> Vec<VmSize> {
    let mut names = Names::new("VM size");
    let mut sizes = Vec::new();
    for node in top.list("vmSizes", problems) {
        let Some(fields) = Fields::of(node, &SIZE, problems) else {
            continue;
        };
        let name = names.read(fields, problems);
        for key in QUOTA {
            fields.required(key, problems);
        }
        if let (Some(name), Some(v_cpus), Some(memory_mb)) =
            (name, v_cpus(fields, problems), memory(fields, problems))
        {
            sizes.push(VmSize {
                name,
                v_cpus,
                memory_mb,
            });
        }
    }
    if let Some(node) = top.get("vmSizes")
        && top.list("vmSizes", &mut Problems::default()).is_empty()
    {
        let message = "there must be a VM size; leave 'vmSizes' out for those of this machine";
        problems.add(node.place, message);
    }
    sizes.sort_by_key(|size| (size.v_cpus, size.memory_mb));
    sizes
}

fn instances(top: Fields<'_>, catalog: &Catalog, problems: &mut Problems) -> Vec<ComputeInstance> {
    let mut names = Names::new("compute instance");
    let mut instances = Vec::new();
    for node in top.list("computeInstances", problems) {
        let Some(fields) = Fields::of(node, &INSTANCE, problems) else {
            continue;
        };
        let name = names.read(fields, problems);
        fields.required("vmSize", problems);
        let size = fields.text("vmSize", problems);
        let size = size.and_then(|size| size_of_instance(size, catalog, problems));
        let identity = fields.text("identity", problems);
        let known = catalog.identities.iter().map(|identity| &*identity.name);
        let identity = identity.and_then(|name| existing("identity", name, known, problems));
        let idle = fields.get("idleShutdown");
        let idle = idle.and_then(|node| duration::idle(node, problems));
        if let (Some(name), Some(size)) = (name, size) {
            instances.push(ComputeInstance {
                name,
                size,
                identity,
                idle_shutdown: idle.flatten(),
            });
        }
    }
    instances
}

fn size_of_instance(name: At<&str>, catalog: &Catalog, problems: &mut Problems) -> Option<VmSize> {
    let known = catalog.sizes.iter().map(|size| &*size.name);
    let found = existing("VM size", name, known, problems)?;
    let size = catalog.sizes.iter().find(|size| size.name == found)?;
    let quota = catalog.quota;
    if size.v_cpus > quota.v_cpus || size.memory_mb > quota.memory_mb {
        let message = format!(
            "{found} is more than the whole quota of {} and {} GiB; choose a smaller VM size, or raise 'quota'",
            session::v_cpus(quota.v_cpus),
            gib(quota.memory_mb)
        );
        problems.add(name.place, message);
    }
    Some(size.clone())
}

fn runtimes(top: Fields<'_>, catalog: &Catalog, problems: &mut Problems) -> Vec<OldRuntime> {
    let mut names = Names::new("runtime");
    let mut runtimes = Vec::new();
    for node in top.list("runtimes", problems) {
        let Some(fields) = Fields::of(node, &RUNTIME, problems) else {
            continue;
        };
        let name = names.read(fields, problems);
        fields.required("computeInstance", problems);
        let instance = fields.text("computeInstance", problems);
        let known = catalog.instances.iter().map(|instance| &*instance.name);
        let instance =
            instance.and_then(|name| existing("compute instance", name, known, problems));
        let image = fields.text("image", problems);
        let image = image.and_then(|image| self::image(image, problems));
        let environment = owned(fields, "environment", problems);
        let description = owned(fields, "description", problems);
        if let (Some(name), Some(instance)) = (name, instance) {
            runtimes.push(OldRuntime {
                name,
                instance,
                image,
                environment,
                description,
            });
        }
    }
    runtimes
}

fn image(said: At<&str>, problems: &mut Problems) -> Option<String> {
    match ImageReference::try_from(said.value) {
        Ok(image) => Some(image.as_str().to_owned()),
        Err(error) => {
            problems.add(said.place, error.to_string());
            None
        }
    }
}

pub(super) fn owned(fields: Fields<'_>, key: &str, problems: &mut Problems) -> Option<String> {
    let text = fields.text(key, problems)?;
    Some(text.value.to_owned())
}

/// A name that an entry elsewhere in the file must have; case does not matter, as in Azure.
fn existing<'a>(
    what: &str,
    name: At<&str>,
    known: impl Iterator<Item = &'a str> + Clone,
    problems: &mut Problems,
) -> Option<String> {
    let found = known
        .clone()
        .find(|known| known.eq_ignore_ascii_case(name.value));
    if found.is_none() {
        let all: Vec<&str> = known.clone().collect();
        let right = match (flowdeck_flow::nearest(name.value, known), &*all) {
            (Some(near), _) => format!("did you mean '{near}'?"),
            (None, []) => "none is set".to_owned(),
            (None, all) => format!("there is {}", all.join(", ")),
        };
        problems.add(
            name.place,
            format!("there is no {what} {:?}; {right}", name.value),
        );
    }
    found.map(str::to_owned)
}

/// The names of one kind of thing: each is a part of paths and told from the others, also by who does not look at case.
pub(super) struct Names {
    what: &'static str,
    seen: Vec<(String, usize)>,
}

impl Names {
    pub(super) fn new(what: &'static str) -> Self {
        let seen = Vec::new();
        Self { what, seen }
    }

    pub(super) fn read(&mut self, fields: Fields<'_>, problems: &mut Problems) -> Option<String> {
        let node = fields.required("name", problems)?;
        let name = fields::text(node, "name", problems)?;
        if !is_name(name.value) {
            let message = format!(
                "{:?} can't be a name: use 1 to {LONGEST_NAME} letters, digits, '-', '_' or '.', with a letter or digit first",
                name.value
            );
            problems.add(name.place, message);
            return None;
        }
        let same = |(seen, _): &&(String, usize)| seen.eq_ignore_ascii_case(name.value);
        if let Some((_, line)) = self.seen.iter().find(same) {
            let message = format!(
                "the {} '{}' is already on line {line}; give this one another name",
                self.what, name.value
            );
            problems.add(name.place, message);
            return None;
        }
        self.seen.push((name.value.to_owned(), name.place.line));
        Some(name.value.to_owned())
    }
}

fn is_name(name: &str) -> bool {
    name.len() <= LONGEST_NAME
        && name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}
