//! The control groups of compute instances. The containers of all sessions on one are within its group, and so share its
//! size. The daemon cannot bound a group of containers; the server does, where it is on the same machine and may.

use std::{fs, io, path::Path, process::Command};

use flowdeck_contract::session::VmSize;
use sha2::{Digest as _, Sha256};

use crate::cgroup::{self, Group};

/// Where systemd, when it runs, says so.
const SYSTEMD: &str = "/run/systemd/system";

/// Who makes the daemon's control groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Driver {
    /// The daemon itself.
    Files,
    /// systemd, which groups by slices.
    Systemd,
}

/// The groups of one data folder's compute instances.
#[derive(Clone, Debug)]
pub(super) struct Instances {
    driver: Driver,
    /// The group of everything on this machine; `None` when it is not to be seen from here.
    top: Option<Group>,
    /// Begins the names of this data folder's groups.
    mark: String,
}

/// A compute instance's group.
#[derive(Clone, Debug)]
pub(super) struct Instance {
    /// What the daemon calls it.
    pub(super) parent: String,
    driver: Driver,
    group: Group,
    size: VmSize,
}

impl Instances {
    /// `driver` is the daemon's word for who makes its groups.
    pub(super) fn new(driver: Option<&str>, mark: String) -> Self {
        Self {
            driver: match driver {
                Some("systemd") => Driver::Systemd,
                _ => Driver::Files,
            },
            top: cgroup::topmost(),
            mark,
        }
    }

    /// Removes the groups of which nothing is left, whichever server made them.
    pub(super) fn sweep(&self) {
        let prefix = format!("{}-", self.mark);
        let names = self.top.iter().flat_map(Group::children);
        for name in names.filter(|name| name.starts_with(&prefix)) {
            remove_everywhere(&name);
        }
    }

    /// Makes an instance's group, bounded to its size; again, it bounds it again. Fails with the reason, as a phrase.
    pub(super) fn make(&self, name: &str, size: &VmSize) -> Result<Instance, String> {
        let top = self
            .top
            .as_ref()
            .ok_or("this server can’t see the machine’s control groups")?;
        let (own, parent) = self.names(name);
        let group = top.child(&own);
        let made = match self.driver {
            Driver::Files => make(top, &group, size),
            Driver::Systemd => set_slice(&own, size),
        };
        made.map_err(|error| {
            format!("this server isn’t allowed to create control groups ({error})")
        })?;
        Ok(Instance {
            parent,
            driver: self.driver,
            group,
            size: size.clone(),
        })
    }

    /// Removes an instance's group unless a session is on it.
    pub(super) fn remove(&self, name: &str) {
        let (own, _) = self.names(name);
        match self.driver {
            Driver::Files => remove_everywhere(&own),
            // A slice that nothing is in goes by itself.
            Driver::Systemd => {}
        }
    }

    /// The name of an instance's group, and what the daemon calls that.
    fn names(&self, instance: &str) -> (String, String) {
        match self.driver {
            Driver::Files => {
                let own = format!("{}-{instance}", self.mark);
                let parent = format!("/{own}");
                (own, parent)
            }
            Driver::Systemd => {
                // A hyphen in a slice's name stands for a slice within another.
                let hash = hex::encode(Sha256::digest(instance.as_bytes()));
                let own = format!("{}_{}.slice", self.mark.replace('-', "_"), &hash[..12]);
                (own.clone(), own)
            }
        }
    }
}

impl Instance {
    /// Whether a container that runs is within it, and it is bounded: the daemon may be on another machine, or see
    /// another part of this one's groups.
    pub(super) fn holds(&self, container: &str) -> bool {
        self.group_of(container).exists() && self.group.is_bounded_to(&self.size)
    }

    /// Whether the kernel has ended one of a container's processes because the instance's sessions wanted more memory
    /// than it has.
    pub(super) fn has_ended_one_of(&self, container: &str) -> bool {
        self.group_of(container).excess().is_some()
    }

    fn group_of(&self, container: &str) -> Group {
        match self.driver {
            Driver::Files => self.group.child(container),
            Driver::Systemd => self.group.child(&format!("docker-{container}.scope")),
        }
    }
}

/// The daemon makes a group of that name wherever something is controlled.
fn remove_everywhere(name: &str) {
    for folder in cgroup::everywhere(name) {
        // A session on the instance keeps it.
        let _ = fs::remove_dir(folder);
    }
}

fn make(top: &Group, group: &Group, size: &VmSize) -> io::Result<()> {
    group.make()?;
    // The daemon has done so, too, where it has made a container before.
    top.divide()?;
    group.divide()?;
    group.bound(size)
}

/// Bounds a slice until the machine is started again; it begins with the first container in it.
fn set_slice(name: &str, size: &VmSize) -> io::Result<()> {
    if !Path::new(SYSTEMD).is_dir() {
        return Err(io::Error::other("systemd isn’t running"));
    }
    let output = Command::new("systemctl")
        .args(["set-property", "--runtime", name])
        .args(properties(size))
        .output()?;
    match output.status.success() {
        true => Ok(()),
        false => {
            let said = String::from_utf8_lossy(&output.stderr);
            Err(io::Error::other(said.trim().to_owned()))
        }
    }
}

/// What systemd calls the bounds of a size.
fn properties(size: &VmSize) -> [String; 3] {
    [
        format!("MemoryMax={}M", size.memory_mb),
        "MemorySwapMax=0".to_owned(),
        format!("CPUQuota={}%", u64::from(size.v_cpus) * 100),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instances(driver: Option<&str>, top: Option<Group>) -> Instances {
        Instances {
            top,
            ..Instances::new(driver, "flowdeck-0123".to_owned())
        }
    }

    fn small() -> VmSize {
        VmSize {
            name: "Small".to_owned(),
            v_cpus: 2,
            memory_mb: 768,
        }
    }

    #[test]
    fn an_instance_s_group_has_a_name_that_the_daemon_takes() {
        let names = |driver| instances(driver, None).names("gpu-box.1");
        assert_eq!(
            names(Some("cgroupfs")),
            (
                "flowdeck-0123-gpu-box.1".to_owned(),
                "/flowdeck-0123-gpu-box.1".to_owned()
            )
        );
        let (own, parent) = names(Some("systemd"));
        assert_eq!(own, parent);
        assert!(own.ends_with(".slice") && !own.contains('-'), "{own}");
        assert_eq!(
            properties(&small()),
            ["MemoryMax=768M", "MemorySwapMax=0", "CPUQuota=200%"]
        );
    }

    #[test]
    fn a_container_that_is_elsewhere_is_not_held() {
        let top = tempfile::tempdir().unwrap();
        let group = Group {
            version: cgroup::Version::One,
            memory: top.path().to_owned(),
            cpu: None,
            pids: None,
        };
        let instances = instances(Some("cgroupfs"), Some(group));
        let instance = instances.make("shared", &small()).unwrap();
        assert!(!instance.holds("abc"));
        let folder = top.path().join("flowdeck-0123-shared/abc");
        fs::create_dir(&folder).unwrap();
        assert!(instance.holds("abc"));
        assert!(!instance.has_ended_one_of("abc"));
        fs::write(folder.join("memory.oom_control"), "oom_kill 1\n").unwrap();
        fs::write(folder.join("memory.max_usage_in_bytes"), "9\n").unwrap();
        assert!(instance.has_ended_one_of("abc"));
    }

    #[test]
    fn where_no_groups_are_seen_that_is_the_reason() {
        let why = instances(None, None).make("shared", &small()).unwrap_err();
        assert!(why.contains("can’t see"), "{why}");
    }
}
