//! The index that installs ask where nobody names one: pip's own default, which uv shares. pip says it itself.

use std::{process::Stdio, time::Duration};

use tokio::{process::Command, sync::OnceCell, time::timeout};

use super::python;

/// No command of pip's prints it.
const QUESTION: &str = "from pip._internal.models.index import PyPI; print(PyPI.simple_url)";
const PATIENCE: Duration = Duration::from_secs(20);

/// Its address; `None` where this machine has no Python with pip. Asked once.
pub async fn index() -> Option<&'static str> {
    static INDEX: OnceCell<Option<String>> = OnceCell::const_new();
    INDEX.get_or_init(ask).await.as_deref()
}

async fn ask() -> Option<String> {
    let python = python::find(None).await.ok()?;
    let mut command = Command::new(python.path);
    command
        .args(["-I", "-c", QUESTION])
        .stdin(Stdio::null())
        .kill_on_drop(true);
    let answer = timeout(PATIENCE, command.output()).await.ok()?.ok()?;
    let address = String::from_utf8(answer.stdout).ok()?.trim().to_owned();
    address.starts_with("https://").then_some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn pip_says_it() {
        let address = index().await.unwrap();
        assert!(address.ends_with("/simple"), "{address}");
    }
}
