//! Makes the catalogue of compute from the file.

use std::path::Path;

use flowdeck_compute::{
    Catalog, ComputeInstance, Host, LegacyRuntime, Quota, VariableName, VmSize, gib,
};
use flowdeck_contract::{image::ImageReference, session};

use super::{
    Config, amounts, duration,
    field::{At, Field, Keys, List, Scalar, Text},
    identities::identities,
    names::{Names, existing},
    prices::prices,
    shape::{Amounts, File, Instance, Runtime, Size},
};

/// Files are named relative to `folder`.
pub(super) fn read(at: &At<'_>, file: Field<Keys<File>>, folder: &Path, host: Host) -> Config {
    let mut config = Config::of_host(host);
    let Some(Keys { fields: file, .. }) = at.fields(file) else {
        return config;
    };
    if let Some(idle) = duration::idle(&at.key("idleShutdown"), file.idle_shutdown) {
        config.max_idle = idle;
    }
    config.variables = variables(&at.key("sessionVariables"), file.session_variables);
    config.private_services = yes_or_no(&at.key("privateServices"), file.private_services);
    config.model_servers = yes_or_no(&at.key("modelServers"), file.model_servers);
    config.prices = prices(&at.key("prices"), file.prices);
    let catalog = &mut config.catalog;
    catalog.quota = quota(&at.key("quota"), file.quota, catalog.quota);
    if !file.vm_sizes.is_absent() {
        catalog.sizes = sizes(&at.key("vmSizes"), file.vm_sizes);
    }
    catalog.identities = identities(&at.key("identities"), file.identities, folder);
    catalog.instances = instances(&at.key("computeInstances"), file.compute_instances, catalog);
    catalog.runtimes = runtimes(&at.key("runtimes"), file.runtimes, catalog);
    config
}

fn yes_or_no(at: &At<'_>, field: Field<Scalar>) -> Option<bool> {
    let Text { value, .. } = at.text(field)?;
    match &*value {
        "true" => Some(true),
        "false" => Some(false),
        other => {
            at.wrong(format!("{other:?} isn't true or false"));
            None
        }
    }
}

fn variables(at: &At<'_>, list: List<Scalar>) -> Vec<VariableName> {
    let mut names = Vec::new();
    for (at, field) in at.items(list) {
        let Some(Text { value, .. }) = at.text(field) else {
            continue;
        };
        match VariableName::try_from(&*value) {
            Ok(name) => names.push(name),
            Err(right) => at.wrong(format!(
                "{value:?} can't be a variable of sessions: {right}"
            )),
        }
    }
    names
}

fn quota(at: &At<'_>, field: Field<Keys<Amounts>>, of_host: Quota) -> Quota {
    let Some(Keys { fields, .. }) = at.fields(field) else {
        return of_host;
    };
    let v_cpus = amounts::v_cpus(&at.key("vCPUs"), fields.v_cpus);
    let memory_mb = amounts::memory_mb(&at.key("memoryGB"), fields.memory);
    Quota {
        v_cpus: v_cpus.unwrap_or(of_host.v_cpus),
        memory_mb: memory_mb.unwrap_or(of_host.memory_mb),
    }
}

fn sizes(at: &At<'_>, list: List<Keys<Size>>) -> Vec<VmSize> {
    let mut names = Names::new("VM size");
    let mut sizes = Vec::new();
    let is_list = matches!(list, Field::Is(_));
    let items: Vec<_> = at.items(list).collect();
    if is_list && items.is_empty() {
        at.wrong("there must be a VM size; leave 'vmSizes' out for those of this machine");
    }
    for (at, item) in items {
        sizes.extend(size(&at, item, &mut names));
    }
    sizes.sort_by_key(|size| (size.v_cpus, size.memory_mb));
    sizes
}

fn size(at: &At<'_>, item: Field<Keys<Size>>, names: &mut Names) -> Option<VmSize> {
    let size = at.fields(item)?;
    let Size {
        name,
        v_cpus,
        memory,
    } = &size.fields;
    let name = names.read(at, &size, name.clone());
    size.require(at, "vCPUs", v_cpus);
    size.require(at, "memoryGB", memory);
    let v_cpus = amounts::v_cpus(&at.key("vCPUs"), v_cpus.clone());
    let memory_mb = amounts::memory_mb(&at.key("memoryGB"), memory.clone());
    Some(VmSize {
        name: name?,
        v_cpus: v_cpus?,
        memory_mb: memory_mb?,
    })
}

fn instances(at: &At<'_>, list: List<Keys<Instance>>, catalog: &Catalog) -> Vec<ComputeInstance> {
    let mut names = Names::new("compute instance");
    let items = at.items(list);
    let instance = |(at, item)| instance(&at, item, &mut names, catalog);
    items.filter_map(instance).collect()
}

fn instance(
    at: &At<'_>,
    item: Field<Keys<Instance>>,
    names: &mut Names,
    catalog: &Catalog,
) -> Option<ComputeInstance> {
    let entry = at.fields(item)?;
    let instance = &entry.fields;
    let name = names.read(at, &entry, instance.name.clone());
    entry.require(at, "vmSize", &instance.vm_size);
    let size = at.key("vmSize").text(instance.vm_size.clone());
    let size = size.and_then(|size| size_of_instance(&size, catalog));
    let identity = at.key("identity").text(instance.identity.clone());
    let known = catalog.identities.iter().map(|identity| &*identity.name);
    let identity = identity.and_then(|name| existing("identity", &name, known));
    let idle = duration::idle(&at.key("idleShutdown"), instance.idle_shutdown.clone());
    Some(ComputeInstance {
        name: name?,
        size: size?,
        identity,
        idle_shutdown: idle.flatten(),
    })
}

fn size_of_instance(name: &Text<'_>, catalog: &Catalog) -> Option<VmSize> {
    let known = catalog.sizes.iter().map(|size| &*size.name);
    let found = existing("VM size", name, known)?;
    let size = catalog.sizes.iter().find(|size| size.name == found)?;
    let quota = catalog.quota;
    if size.v_cpus > quota.v_cpus || size.memory_mb > quota.memory_mb {
        name.at.wrong(format!(
            "{found} is more than the whole quota of {} and {} GiB; choose a smaller VM size, or raise 'quota'",
            session::v_cpus(quota.v_cpus),
            gib(quota.memory_mb)
        ));
    }
    Some(size.clone())
}

fn runtimes(at: &At<'_>, list: List<Keys<Runtime>>, catalog: &Catalog) -> Vec<LegacyRuntime> {
    let mut names = Names::new("runtime");
    let items = at.items(list);
    let runtime = |(at, item)| runtime(&at, item, &mut names, catalog);
    items.filter_map(runtime).collect()
}

fn runtime(
    at: &At<'_>,
    item: Field<Keys<Runtime>>,
    names: &mut Names,
    catalog: &Catalog,
) -> Option<LegacyRuntime> {
    let entry = at.fields(item)?;
    let runtime = &entry.fields;
    let name = names.read(at, &entry, runtime.name.clone());
    entry.require(at, "computeInstance", &runtime.compute_instance);
    let instance = at
        .key("computeInstance")
        .text(runtime.compute_instance.clone());
    let known = catalog.instances.iter().map(|instance| &*instance.name);
    let instance = instance.and_then(|name| existing("compute instance", &name, known));
    let image = at.key("image").text(runtime.image.clone());
    let image = image.and_then(|image| self::image(&image));
    let environment = at.key("environment").text(runtime.environment.clone());
    let description = at.key("description").text(runtime.description.clone());
    Some(LegacyRuntime {
        name: name?,
        instance: instance?,
        image,
        environment: environment.map(|text| text.value),
        description: description.map(|text| text.value),
    })
}

fn image(text: &Text<'_>) -> Option<String> {
    match ImageReference::try_from(&*text.value) {
        Ok(image) => Some(image.as_str().to_owned()),
        Err(error) => {
            text.at.wrong(error.to_string());
            None
        }
    }
}
