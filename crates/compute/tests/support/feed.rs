//! A real private package index on loopback: pypiserver, with user names and passwords.

use std::{
    fs,
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use super::{eventually, shared};

/// pypiserver's password file, and small packages of our own: a wheel, and a source distribution whose build tells what
/// it can see of the processes that build it and waits until it is let go.
const MAKE: &str = r#"
import io, sys, tarfile, zipfile
from passlib.apache import HtpasswdFile
root, told = sys.argv[1:3]
users = HtpasswdFile(f"{root}/htpasswd", new=True)
users.set_password(sys.argv[3], sys.argv[4])
users.save()
def wheel(name, version):
    with zipfile.ZipFile(f"{root}/packages/{name}-{version}-py3-none-any.whl", "w") as z:
        info = f"{name}-{version}.dist-info"
        z.writestr(f"{name}/__init__.py", f"version = '{version}'")
        z.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        z.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        z.writestr(f"{info}/RECORD", "")
def add(tar, path, text):
    entry = tarfile.TarInfo(path)
    entry.size = len(text.encode())
    tar.addfile(entry, io.BytesIO(text.encode()))
BACKEND = '''
import glob, os, time, zipfile
TOLD = %r
def ancestors():
    pid = os.getpid()
    while pid > 1:
        yield pid
        with open("/proc/%%d/stat" %% pid) as file:
            pid = int(file.read().rsplit(")")[-1].split()[1])
        with open("/proc/%%d/environ" %% pid, "rb") as file:
            if b"FLOWDECK_SESSION" not in file.read():
                break
def processes():
    # In a container, which has no mark, all of them are the install's.
    if "FLOWDECK_SESSION" not in os.environ:
        return [int(name) for name in os.listdir("/proc") if name.isdigit()]
    return ancestors()
def build_wheel(folder, *a, **k):
    with open(TOLD + "/seen", "wb") as seen:
        for pid in processes():
            for what in ("environ", "cmdline"):
                with open("/proc/%%d/%%s" %% (pid, what), "rb") as file:
                    said = file.read()
                seen.write(said + b"\\n")
                words = said.split(b"\\0")
                if what == "cmdline" and b"-r" in words:
                    for path in glob.glob(os.path.dirname(words[words.index(b"-r") + 1]) + b"/*.txt"):
                        with open(path, "rb") as file:
                            seen.write(b"REQUIREMENTS " + file.read() + b"\\n")
    os.rename(TOLD + "/seen", TOLD + "/building")
    while not os.path.exists(TOLD + "/go"):
        time.sleep(0.02)
    name = "fdslow-1.0-py3-none-any.whl"
    with zipfile.ZipFile(os.path.join(folder, name), "w") as z:
        z.writestr("fdslow.py", "x = 1")
        z.writestr("fdslow-1.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: fdslow\\nVersion: 1.0\\n")
        z.writestr("fdslow-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        z.writestr("fdslow-1.0.dist-info/RECORD", "")
    return name
''' % told
wheel("fdprivate", "1.0")
with tarfile.open(f"{root}/packages/fdslow-1.0.tar.gz", "w:gz") as tar:
    add(tar, "fdslow-1.0/PKG-INFO", "Metadata-Version: 2.1\nName: fdslow\nVersion: 1.0\n")
    add(tar, "fdslow-1.0/pyproject.toml", '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n')
    add(tar, "fdslow-1.0/backend.py", BACKEND)
"#;

/// A private index that runs until it is dropped.
pub(crate) struct PrivateFeed {
    root: PathBuf,
    /// Where a build tells what it sees.
    told: PathBuf,
    host: String,
    server: Child,
}

impl PrivateFeed {
    /// Lets in who knows this password, and offers `fdprivate` 1.0 and `fdslow` 1.0, which has to be built and tells in the
    /// folder `told` what it sees.
    pub(crate) async fn start(root: &Path, told: &Path, user: &str, password: &str) -> Self {
        let bin = installed().join("bin");
        fs::create_dir_all(root.join("packages")).unwrap();
        fs::create_dir_all(told).unwrap();
        // Also a container's user, who is not ours, has something to tell.
        fs::set_permissions(told, fs::Permissions::from_mode(0o777)).unwrap();
        let mut python = Command::new(bin.join("python"));
        python
            .args(["-c", MAKE])
            .args([root, told])
            .args([user, password]);
        assert!(python.status().unwrap().success());
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let server = Command::new(bin.join("pypi-server"))
            .args(["run", "--interface", "127.0.0.1", "--port"])
            .arg(port.to_string())
            .arg("--passwords")
            .arg(root.join("htpasswd"))
            .args(["--authenticate", "update,download,list"])
            .args(["--disable-fallback", "-v", "--log-file"])
            .arg(root.join("log"))
            .arg(root.join("packages"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        eventually("the private index", || {
            TcpStream::connect(("127.0.0.1", port)).ok()
        })
        .await;
        Self {
            root: root.to_owned(),
            told: told.to_owned(),
            host: format!("127.0.0.1:{port}"),
            server,
        }
    }

    /// Its address, as a requirements file names it.
    pub(crate) fn private(&self) -> String {
        format!("http://{{private}}@{}/simple/", self.host)
    }

    /// Its host and port.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// Its address.
    pub(crate) fn url(&self) -> String {
        format!("http://{}/simple/", self.host)
    }

    /// How often a file was asked for.
    pub(crate) fn fetched(&self, file: &str) -> usize {
        let log = fs::read_to_string(self.root.join("log")).unwrap();
        let asked = format!("/packages/{file}");
        let is_get = |line: &&str| line.contains("GET") && line.contains(&asked);
        log.lines().filter(is_get).count()
    }

    /// What the build of `fdslow` sees of the processes that it runs under, once it waits.
    pub(crate) async fn seen_by_the_build(&self) -> Vec<u8> {
        eventually("a build", || fs::read(self.told.join("building")).ok()).await
    }

    /// Lets the build of `fdslow` go on.
    pub(crate) fn go(&self) {
        fs::write(self.told.join("go"), "").unwrap();
    }
}

impl Drop for PrivateFeed {
    fn drop(&mut self) {
        drop(self.server.kill());
        drop(self.server.wait());
    }
}

/// pypiserver, installed once for all tests, also of later days.
fn installed() -> PathBuf {
    const WANTED: [&str; 2] = ["pypiserver==2.4.2", "passlib==1.7.4"];
    let folder = shared("pypiserver");
    fs::create_dir_all(folder.parent().unwrap()).unwrap();
    let lock = fs::File::create(folder.with_extension("lock")).unwrap();
    lock.lock().unwrap();
    if !folder.join("ready").exists() {
        let run = |command: &mut Command| assert!(command.status().unwrap().success());
        run(Command::new("python3")
            .args(["-m", "venv", "--clear"])
            .arg(&folder));
        run(Command::new(folder.join("bin/python"))
            .args(["-m", "pip", "--quiet", "install", "setuptools<81"])
            .args(WANTED));
        fs::write(folder.join("ready"), "").unwrap();
    }
    folder
}

/// What a server answers to a request without a body: its status, or 0 when nobody listens.
pub(crate) fn status_of(host: &str, path: &str) -> u16 {
    let Ok(mut stream) = TcpStream::connect(host) else {
        return 0;
    };
    let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    drop(stream.read_to_string(&mut answer));
    let status = answer
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    status.unwrap_or(0)
}
