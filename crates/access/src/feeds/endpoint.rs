//! Where an install reaches its feeds.

use std::{
    fs, io,
    net::{Ipv4Addr, SocketAddr},
    os::fd::AsRawFd as _,
    path::Path,
};

use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, UnixListener},
};

/// The socket in a folder that is given to a container.
pub const SOCKET: &str = "feeds.sock";

/// How an install comes to its feeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FeedEndpoint {
    /// By an address on this machine's loopback.
    Loopback,
    /// By [`SOCKET`] in the folder that it is given, and no other way. uv knows addresses alone: what stands before the
    /// socket has to listen on the install's own loopback.
    Socket,
}

/// Listens at an endpoint.
#[derive(Debug)]
pub(super) enum Listener {
    Address(TcpListener),
    Socket(UnixListener),
}

/// A connection, of whichever kind.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

impl Listener {
    /// Listens at the address, or at any on loopback where that isn't free; gives the address.
    pub(super) fn at_address(address: SocketAddr) -> io::Result<(Self, SocketAddr)> {
        let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let listener =
            std::net::TcpListener::bind(address).or_else(|_| std::net::TcpListener::bind(any))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        Ok((Self::Address(TcpListener::from_std(listener)?), address))
    }

    /// Listens at [`SOCKET`] in a folder.
    #[cfg_attr(
        not(test),
        expect(
            clippy::disallowed_methods,
            reason = "a folder of the server's own, which is opened and not read"
        )
    )]
    pub(super) fn in_folder(folder: &Path) -> io::Result<Self> {
        // By the folder's handle: a socket's path has 107 bytes, and a data folder's may have more.
        let folder = fs::File::open(folder)?;
        let path = format!("/proc/self/fd/{}/{SOCKET}", folder.as_raw_fd());
        Ok(Self::Socket(UnixListener::bind(path)?))
    }

    pub(super) async fn accept(&self) -> io::Result<Box<dyn Stream>> {
        Ok(match self {
            Self::Address(listener) => Box::new(listener.accept().await?.0),
            Self::Socket(listener) => Box::new(listener.accept().await?.0),
        })
    }
}
