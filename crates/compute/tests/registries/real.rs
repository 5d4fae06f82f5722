//! Debian's docker-registry, on a free port of loopback, gone with the test.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use tempfile::TempDir;

use crate::support::skipped::skipped;

/// A registry that runs.
pub(crate) struct RealRegistry {
    process: Child,
    _folder: TempDir,
    /// Host and port.
    pub(crate) host: String,
}

/// How it knows who asks.
pub(crate) enum Access<'a> {
    /// It does not care.
    Open,
    /// User names and passwords, in bcrypt as `htpasswd -B` writes them.
    Passwords(&'a str),
    /// Tokens of a token service at an address, signed by the owner of a certificate (PEM).
    Tokens {
        realm: &'a str,
        service: &'a str,
        certificate: &'a str,
    },
}

/// The user `puller` with the password `right horse`.
pub(crate) const PULLER: &str =
    "puller:$2y$05$fauiCP2/v6d.ON5dqXk7EevwtW57kX3dxseNsuN54RMCJQhF.l5hu\n";

impl RealRegistry {
    /// `None`, and said by name, where there is none installed.
    pub(crate) fn start(access: &Access<'_>) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("config.yml");
        fs::write(&config, configuration(folder.path(), access)).unwrap();
        let started = Command::new("docker-registry")
            .arg("serve")
            .arg(&config)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn();
        let mut process = match started {
            Ok(process) => process,
            Err(error) => {
                skipped(&format!(
                    "docker-registry can't be started ({error}); on Debian: apt-get install docker-registry"
                ));
                return None;
            }
        };
        let mut said = BufReader::new(process.stderr.take().unwrap()).lines();
        let port = said
            .by_ref()
            .map(Result::unwrap)
            .find_map(|line| {
                let (_, after) = line.split_once("listening on 127.0.0.1:")?;
                Some(after.split('"').next()?.to_owned())
            })
            .expect("docker-registry says where it listens");
        // What it goes on to say has to go somewhere.
        std::thread::spawn(move || said.for_each(drop));
        Some(Self {
            process,
            _folder: folder,
            host: format!("127.0.0.1:{port}"),
        })
    }
}

impl Drop for RealRegistry {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

fn configuration(folder: &Path, access: &Access<'_>) -> String {
    let shown = folder.display();
    let auth = match access {
        Access::Open => String::new(),
        Access::Passwords(htpasswd) => {
            fs::write(folder.join("htpasswd"), htpasswd).unwrap();
            format!("auth: {{htpasswd: {{realm: tests, path: {shown}/htpasswd}}}}\n")
        }
        Access::Tokens {
            realm,
            service,
            certificate,
        } => {
            fs::write(folder.join("certificate.pem"), certificate).unwrap();
            format!(
                "auth: {{token: {{realm: '{realm}', service: '{service}', issuer: tests, rootcertbundle: {shown}/certificate.pem}}}}\n"
            )
        }
    };
    format!(
        "version: 0.1\nlog: {{level: info, formatter: json}}\nstorage: {{filesystem: {{rootdirectory: {shown}/storage}}}}\nhttp: {{addr: '127.0.0.1:0'}}\n{auth}"
    )
}
