//! Where things are: in the checkout and in the user's cache.

use anyhow::{Context, Result, bail};
use std::{
    env,
    path::{Path, PathBuf},
};

/// The checkout this xtask was built from, and the cache folder that all checkouts of a user share.
pub(crate) struct Project {
    pub(crate) root: PathBuf,
    pub(crate) cache: PathBuf,
}

impl Project {
    pub(crate) fn locate() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .context("xtask has no parent folder")?
            .to_path_buf();
        if !root.join("Cargo.toml").is_file() {
            bail!(
                "the checkout that `xtask` was built from is gone ({}): run `cargo xtask` inside a checkout",
                root.display()
            );
        }
        Ok(Self {
            root,
            cache: cache_folder()?,
        })
    }

    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// Logs, stamps and locks of xtask.
    pub(crate) fn work(&self) -> PathBuf {
        self.path("target/xtask")
    }

    /// Where trunk puts the browser app.
    pub(crate) fn dist(&self) -> PathBuf {
        self.path("dist")
    }

    /// The wasm32 build has its own target folder, so that it and the native build do not wait for each other.
    pub(crate) fn wasm_target(&self) -> PathBuf {
        self.path("target/wasm")
    }

    /// The lazily loaded parts of the app that was linked last.
    pub(crate) fn parts(&self) -> PathBuf {
        self.work().join("parts")
    }

    pub(crate) fn tools(&self) -> PathBuf {
        self.cache.join("tools")
    }
}

fn cache_folder() -> Result<PathBuf> {
    let base = match env::var_os("XDG_CACHE_HOME").filter(|value| !value.is_empty()) {
        Some(folder) => PathBuf::from(folder),
        None => env::home_dir()
            .context("there is no home folder to keep tools in: set HOME or XDG_CACHE_HOME")?
            .join(".cache"),
    };
    Ok(base.join("flowdeck"))
}
