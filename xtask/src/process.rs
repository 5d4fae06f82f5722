//! Runs the tools: their output goes to a log, their last line to the progress line, and what they said last into the error.

mod follow;

use anyhow::{Context, Result, bail};
use std::{
    collections::VecDeque,
    env,
    ffi::OsStr,
    fs::{self, File},
    io,
    path::PathBuf,
    process::{Command, ExitStatus, Stdio},
};

use self::follow::{End, follow};
use crate::{progress::Step, project::Project};

/// A command without the variables that the outer `cargo run` sets for xtask alone: inherited, they would make cargo
/// believe that dependencies changed.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    for (name, _) in env::vars_os() {
        if is_cargos_own(&name.to_string_lossy()) {
            command.env_remove(name);
        }
    }
    restore_library_path(&mut command);
    command
}

fn is_cargos_own(name: &str) -> bool {
    matches!(
        name,
        "CARGO" | "CARGO_BIN_NAME" | "CARGO_CRATE_NAME" | "CARGO_PRIMARY_PACKAGE" | "OUT_DIR"
    ) || name.starts_with("CARGO_PKG_")
        || name.starts_with("CARGO_MANIFEST_")
}

/// `cargo run` puts its target and toolchain folders in front of the library path.
fn restore_library_path(command: &mut Command) {
    let Some(paths) = env::var_os("LD_LIBRARY_PATH") else {
        return;
    };
    let own = |path: &PathBuf| {
        let path = path.to_string_lossy();
        path.is_empty() || path.contains("/target/debug") || path.contains("/.rustup/toolchains/")
    };
    let kept: Vec<_> = env::split_paths(&paths).filter(|path| !own(path)).collect();
    match env::join_paths(&kept) {
        Ok(paths) if !paths.is_empty() => command.env("LD_LIBRARY_PATH", paths),
        _ => command.env_remove("LD_LIBRARY_PATH"),
    };
}

/// What a command that ran to its end left.
pub(crate) struct Finished {
    pub(crate) status: ExitStatus,
    pub(crate) log: PathBuf,
    command: String,
    last_lines: VecDeque<String>,
}

impl Finished {
    /// The whole of standard output and standard error.
    pub(crate) fn output(&self) -> Result<String> {
        let bytes =
            fs::read(&self.log).with_context(|| format!("cannot read {}", self.log.display()))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Fails unless the command succeeded, with the last lines it wrote.
    pub(crate) fn success(self) -> Result<Self> {
        if self.status.success() {
            return Ok(self);
        }
        let lines = Vec::from(self.last_lines).join("\n");
        bail!(
            "`{}` failed ({}). Its last lines, of {}:\n{lines}",
            self.command,
            self.status,
            self.log.display()
        )
    }
}

/// Runs `command` to its end, with its output in `target/xtask/logs/<log_name>.log`.
pub(crate) fn run(
    project: &Project,
    step: &Step,
    log_name: &str,
    command: &mut Command,
) -> Result<Finished> {
    let log = log_path(project, log_name)?;
    let text = command_line(command);
    let context = || format!("cannot run `{text}`");
    let (reader, writer) = io::pipe().with_context(context)?;
    let child = command
        .stdin(Stdio::null())
        .stdout(writer.try_clone().with_context(context)?)
        .stderr(writer)
        .spawn()
        .with_context(context)?;
    // The command still holds the writing ends; the output ends only when all of them are gone.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let End { status, last_lines } = follow(child, reader, &log, step).with_context(context)?;
    Ok(Finished {
        status,
        log,
        command: text,
        last_lines,
    })
}

/// An empty `target/xtask/logs/<log_name>.log`, for what is not run to its end.
pub(crate) fn new_log(project: &Project, log_name: &str) -> Result<(PathBuf, File)> {
    let path = log_path(project, log_name)?;
    let file = File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
    Ok((path, file))
}

fn log_path(project: &Project, log_name: &str) -> Result<PathBuf> {
    let folder = project.work().join("logs");
    fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    Ok(folder.join(format!("{log_name}.log")))
}

/// The standard output of a quick command, without its trailing line break; fails when the command does.
pub(crate) fn capture(command: &mut Command) -> Result<String> {
    let text = command_line(command);
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot run `{text}`"))?;
    if !output.status.success() {
        bail!(
            "`{text}` failed ({}): {}",
            output.status,
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    Ok(String::from_utf8_lossy(&output.stdout)
        .trim_end()
        .to_owned())
}

/// Lowers the priority of this thread and of the programs that it starts, so that others come first.
pub(crate) fn step_back(by: i32) {
    // Without it the work is slower, no more.
    let _ = rustix::process::nice(by);
}

/// Where the shell would find `program`.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?)
        .map(|folder| folder.join(program))
        .find(|path| path.is_file())
}

fn command_line(command: &Command) -> String {
    let mut text = command.get_program().to_string_lossy().into_owned();
    for argument in command.get_args() {
        text.push(' ');
        text.push_str(&argument.to_string_lossy());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test::temporary_folder;

    /// `name` tells the tests apart.
    fn shell(name: &str, script: &str) -> Result<Finished> {
        let folder = temporary_folder(name);
        let project = Project {
            root: folder.path().to_path_buf(),
            cache: folder.path().to_path_buf(),
        };
        run(
            &project,
            &Step::default(),
            "it",
            Command::new("sh").args(["-c", script]),
        )
        .and_then(Finished::success)
    }

    #[test]
    fn a_failure_says_what_ran_and_what_it_said_last() {
        let error = shell(
            "failure",
            "for i in $(seq 1 100); do echo line $i; done; echo why >&2; exit 3",
        )
        .err()
        .unwrap();
        let message = error.to_string();
        assert!(message.contains("exit status: 3"), "{message}");
        assert!(message.ends_with("line 100\nwhy"), "{message}");
        assert!(!message.contains("line 40\n"), "{message}");
    }

    #[test]
    fn a_missing_program_is_named() {
        let error = capture(&mut Command::new("no-such-program-here")).unwrap_err();
        assert!(error.to_string().contains("no-such-program-here"));
    }

    #[test]
    fn a_command_without_output_ends() {
        assert!(shell("silent", "exit 0").is_ok());
    }

    #[test]
    fn a_process_left_behind_does_not_hold_the_end_up() {
        for leftover in ["sleep 120", "while echo and so on; do sleep 0.1; done"] {
            let script = format!("{leftover} & echo $! > \"$0\"; printf why >&2; exit 3");
            let folder = temporary_folder("leftover-pid");
            let pid = folder.path().join("pid");
            let error = shell("leftover", &script.replace("$0", &pid.to_string_lossy()))
                .err()
                .unwrap();
            let pid = fs::read_to_string(pid).unwrap();
            let killed = Command::new("kill").arg(pid.trim()).status().unwrap();
            assert!(killed.success(), "{leftover} was still running");
            assert!(error.to_string().contains("exit status: 3"), "{error}");
        }
    }
}
