//! Runs the product, and the app while it is edited.

use anyhow::{Context, Result, bail};
use std::{
    ffi::{OsStr, OsString},
    os::unix::process::CommandExt,
};

use crate::{
    build::{self, Profile},
    process,
    project::Project,
    setup::{self, Scope},
};

/// Builds what changed and becomes `flowdeck serve`: signals reach the server, and its exit code is ours.
pub(crate) fn product(project: &Project, flags: &[OsString]) -> Result<()> {
    let is_fake = value_of(flags, "--engine").is_some_and(|engine| engine == b"fake");
    let binary = build::product(project, Profile::Release, || match is_fake {
        true => build::fake_server(project),
        false => build::server(project, Profile::Release),
    })?;
    let (flows, data) = match is_fake {
        // Its flows come to every state; its data isn't that of real sessions.
        true => (
            project.path("tests/states"),
            project.work().join("fake-data"),
        ),
        false => (project.path("samples"), project.path("data")),
    };
    let mut server = process::command(&binary);
    server.arg("serve").args(flags);
    let defaults = [
        ("--assets", project.dist()),
        ("--flows", flows),
        ("--data", data),
    ];
    for (flag, value) in defaults {
        if value_of(flags, flag).is_none() {
            server.arg(flag).arg(value);
        }
    }
    Err(server.exec()).with_context(|| format!("cannot run {}", binary.display()))
}

/// What a flag is given, as `--flag value` or `--flag=value`; nothing as its value when that is missing.
fn value_of<'a>(flags: &'a [OsString], flag: &str) -> Option<&'a [u8]> {
    let with_value = format!("{flag}=");
    let mut given = flags.iter().map(|given| given.as_encoded_bytes());
    while let Some(one) = given.next() {
        if one == flag.as_bytes() {
            return Some(given.next().unwrap_or_default());
        }
        if let Some(value) = one.strip_prefix(with_value.as_bytes()) {
            return Some(value);
        }
    }
    None
}

/// `trunk serve` with its tools; API calls go to a server on port 8642 (see Trunk.toml).
pub(crate) fn app_while_editing(project: &Project, flags: &[OsString]) -> Result<()> {
    let tools = setup::run(project, Scope::Build)?;
    let mut trunk = tools.wasm_command(project, "trunk")?;
    // Not into dist/, from which a server may be serving.
    trunk
        .arg("serve")
        .arg("--dist")
        .arg(project.work().join("dev"));
    Err(trunk.args(flags).exec()).context("cannot run trunk")
}

/// Prints shell commands that set what `trunk` needs.
pub(crate) fn print_environment(project: &Project) -> Result<()> {
    let tools = setup::run(project, Scope::Build)?;
    for (name, value) in tools.environment(project)? {
        // Later calls of `trunk` are to use the xtask of their time.
        if name != "FLOWDECK_XTASK" || tools.wasm.needs_its_own_cargo() {
            println!("export {name}={}", shell_quoted(&value)?);
        }
    }
    Ok(())
}

fn shell_quoted(value: &OsStr) -> Result<String> {
    match value.to_str() {
        Some(text) => Ok(format!("'{}'", text.replace('\'', r"'\''"))),
        None => bail!("{} is not UTF-8", value.display()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_is_given_in_either_form() {
        let flags = ["--flows=/f", "--data", "/d"].map(OsString::from);
        assert_eq!(value_of(&flags, "--flows"), Some(&b"/f"[..]));
        assert_eq!(value_of(&flags, "--data"), Some(&b"/d"[..]));
        assert_eq!(value_of(&flags, "--assets"), None);
        assert_eq!(value_of(&flags, "--flow"), None);
    }

    #[test]
    fn shell_quoting_survives_quotes() {
        assert_eq!(
            shell_quoted(OsStr::new("it's $x")).unwrap(),
            r"'it'\''s $x'"
        );
    }
}
