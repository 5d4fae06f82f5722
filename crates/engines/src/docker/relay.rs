//! What stands in an install's container between uv, which knows addresses alone, and the socket by which its private
//! feeds are reached.

use std::{net::SocketAddr, path::Path};

use flowdeck_access::feeds::SOCKET;

/// A Python program that listens on the container's loopback, and becomes the command that it is given.
const RELAY: &str = include_str!("relay.py");

/// The command, to which what is at the socket in `folder` answers at `address`.
pub(super) fn before(
    command: Vec<String>,
    python: &Path,
    folder: &Path,
    address: SocketAddr,
) -> Vec<String> {
    let (python, folder) = (python.display().to_string(), folder.display().to_string());
    let (host, port) = (address.ip().to_string(), address.port().to_string());
    let relay = [
        &*python, "-I", "-S", "-c", RELAY, &folder, SOCKET, &host, &port,
    ];
    relay
        .map(str::to_owned)
        .into_iter()
        .chain(command)
        .collect()
}

#[cfg(test)]
mod tests {
    use std::{
        fs,
        io::{Read as _, Write as _},
        net::TcpListener,
        os::unix::{net::UnixListener, process::CommandExt as _},
        process::Command,
    };

    use rustix::process::{Pid, Signal, kill_process_group};

    use super::*;

    /// Asks at an address and prints the answer.
    const ASK: &str = "import socket, sys\n\
        asking = socket.create_connection((sys.argv[1], int(sys.argv[2])))\n\
        asking.sendall(b'hello')\nasking.shutdown(socket.SHUT_WR)\n\
        print(asking.recv(100).decode(), end='')\n";

    #[test]
    fn what_is_asked_on_loopback_is_answered_by_the_socket() {
        let folder = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(folder.path().join(SOCKET)).unwrap();
        let answering = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut asked = String::new();
            stream.read_to_string(&mut asked).unwrap();
            stream
                .write_all(format!("{asked} yourself").as_bytes())
                .unwrap();
        });
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = free.local_addr().unwrap();
        drop(free);
        let (host, port) = (address.ip().to_string(), address.port().to_string());
        let ask = ["/usr/bin/env", "python3", "-c", ASK, &host, &port].map(str::to_owned);
        let words = before(ask.to_vec(), Path::new("python3"), folder.path(), address);
        let printed = folder.path().join("printed");
        let mut asking = Command::new(&words[0])
            .args(&words[1..])
            .process_group(0)
            .stdout(fs::File::create(&printed).unwrap())
            .spawn()
            .unwrap();
        let group = Pid::from_child(&asking);
        asking.wait().unwrap();
        // Ends with a container's first process there, and here with its group.
        kill_process_group(group, Signal::KILL).unwrap();
        assert_eq!(fs::read_to_string(printed).unwrap(), "hello yourself");
        answering.join().unwrap();
    }
}
