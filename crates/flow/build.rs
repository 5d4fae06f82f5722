//! Takes from the base's lock which packages of prompt flow it holds, so that there is no second list of them.

use std::{env, fs, io, path::Path};

const LOCK: &str = "../engines/base/base.lock";

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed={LOCK}");
    let lock = fs::read_to_string(LOCK)?;
    let packages = lock.lines().filter_map(|line| {
        let (name, rest) = line.split_once("==")?;
        let version = rest.split_whitespace().next()?;
        name.starts_with("promptflow").then_some((name, version))
    });
    let packages: Vec<_> = packages.collect();
    if packages.is_empty() {
        return Err(io::Error::other(format!(
            "{LOCK} names no package of prompt flow"
        )));
    }
    let code = format!(
        "/// The packages of prompt flow in the base's lock, each with its version.\npub const RUNTIME_PACKAGES: &[(&str, &str)] = &{packages:?};\n"
    );
    let folder = env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("cargo sets OUT_DIR"))?;
    fs::write(Path::new(&folder).join("base.rs"), code)
}
