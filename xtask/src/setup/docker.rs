//! Docker's daemon and what makes a Debian system, for tests alone; only where this user is root.

use anyhow::Result;

use super::{Part, debian};
use crate::{process, progress::Step, project::Project};

/// The programs, and the Debian package of each.
const TOOLS: [(&str, &str); 3] = [
    ("dockerd", "docker.io"),
    ("docker", "docker.io"),
    ("debootstrap", "debootstrap"),
];

pub(crate) struct Docker;

impl Docker {
    /// Why there can be none; `None` when there can.
    pub(crate) fn unavailable() -> Option<String> {
        if !is_root() {
            return Some("a Docker daemon needs root".to_owned());
        }
        let missing = TOOLS
            .iter()
            .filter(|(tool, _)| process::find(tool).is_none());
        let missing: Vec<&str> = missing.map(|(tool, _)| *tool).collect();
        (!missing.is_empty()).then(|| format!("there is no {}", missing.join(", no ")))
    }
}

impl Part for Docker {
    fn title(&self) -> String {
        "Docker's daemon, for tests".to_owned()
    }

    fn is_ready(&self) -> bool {
        // Elsewhere its tests are skipped, with the reason.
        let can_install = is_root() && process::find("apt-get").is_some();
        !can_install || Self::unavailable().is_none()
    }

    fn install(&self, project: &Project, step: &Step) -> Result<()> {
        debian::install(project, step, &["docker.io", "debootstrap"])
    }
}

fn is_root() -> bool {
    process::capture(process::command("id").arg("-u")).is_ok_and(|id| id == "0")
}
