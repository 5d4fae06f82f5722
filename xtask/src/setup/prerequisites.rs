//! What set-up builds upon and does not install: it names the command that would.

use anyhow::{Result, bail};

use crate::process;

const OLDEST_NODE: u32 = 18;

pub(crate) fn check() -> Result<()> {
    need("cc", "apt-get install gcc libc6-dev")?;
    need("npm", "apt-get install nodejs npm")?;
    let version = process::capture(process::command("node").arg("--version"))?;
    if !node_is_recent(&version) {
        bail!(
            "Node.js {version} is too old: install version {OLDEST_NODE} or later from https://nodejs.org"
        );
    }
    Ok(())
}

fn need(program: &str, remedy: &str) -> Result<()> {
    if process::find(program).is_none() {
        bail!("`{program}` is not installed: install it, on Debian with `{remedy}`");
    }
    Ok(())
}

fn node_is_recent(version: &str) -> bool {
    version
        .trim_start_matches('v')
        .split('.')
        .next()
        .and_then(|major| major.parse::<u32>().ok())
        .is_some_and(|major| major >= OLDEST_NODE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn node_18_and_later_will_do() {
        assert!(node_is_recent("v18.13.0"));
        assert!(node_is_recent("v22.1.0"));
        assert!(!node_is_recent("v16.20.2"));
        assert!(!node_is_recent("unknown"));
    }
}
