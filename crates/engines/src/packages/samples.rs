//! What uv 0.13.9 printed, and environments to try functions on.

use flowdeck_contract::session::InstalledPackage;
use pep508_rs::{MarkerEnvironment, MarkerEnvironmentBuilder};

use crate::engine::{Inventory, PackageFacts};

pub(super) const DRY_RUN: &str = "\
Using Python 3.11.7 environment at: env
   Building fdsrc @ file:///tmp/pk/fdsrc-1.0.tar.gz
      Built fdsrc @ file:///tmp/pk/fdsrc-1.0.tar.gz
Resolved 3 packages in 73ms
Would download 2 packages
Would uninstall 1 package
Would install 3 packages
 - fdalpha==2.0
 + fdalpha==1.0
 + fd_src @ file:///tmp/pk/fdsrc-1.0.tar.gz
 + fdlocal @ file:///tmp/fdlocal
";

pub(super) const INSTALL: &str = "\
Using Python 3.11.7 environment at: env
   Building fdsrc==1.0
      Built fdsrc==1.0
Resolved 4 packages in 15ms
Downloading fdbig (2.9MiB)
 Downloaded fdbig
Prepared 3 packages in 7ms
Uninstalled 1 package in 1ms
Installed 3 packages in 0.62ms
Bytecode compiled 1 file in 30ms
 - fdalpha==2.0
 + fdalpha==1.0
 + fdbig==1.0
 + fdsrc==1.0 (from file:///tmp/pk/fdsrc-1.0.tar.gz)
";

/// Python 3.11 on Linux.
pub(super) fn markers() -> MarkerEnvironment {
    MarkerEnvironment::try_from(MarkerEnvironmentBuilder {
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
    })
    .unwrap()
}

/// `name==version`, and what it needs.
pub(super) fn facts(package: &str, requires: &[&str]) -> PackageFacts {
    let (name, version) = package.split_once("==").unwrap();
    PackageFacts {
        name: name.to_owned(),
        version: version.to_owned(),
        requires: requires.iter().map(|text| (*text).to_owned()).collect(),
        ..PackageFacts::default()
    }
}

pub(super) fn installed(packages: &[&str]) -> Vec<InstalledPackage> {
    let split = |package: &&str| {
        let (name, version) = package.split_once("==").unwrap();
        InstalledPackage {
            name: name.to_owned(),
            version: version.to_owned(),
        }
    };
    packages.iter().map(split).collect()
}

pub(super) fn inventory(base: &[&str], packages: Vec<PackageFacts>) -> Inventory {
    Inventory {
        base_name: "base".to_owned(),
        base: installed(base),
        packages,
        markers: markers(),
    }
}
