//! The client that a connection comes from, as the limits count clients.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A client's address; of IPv6 the first 64 bits, for one client has all addresses that begin so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Peer(IpAddr);

impl Peer {
    pub(crate) fn of(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V6(ip) if !ip.is_loopback() => {
                IpAddr::V6(Ipv6Addr::from_bits(ip.to_bits() >> 64 << 64))
            }
            ip => ip,
        })
    }

    /// Whether it is on the server's own machine: a proxy there speaks for many.
    pub(crate) fn is_local(self) -> bool {
        self.0.is_loopback()
    }
}

/// A request that came over no connection, as in tests, is of this machine.
impl Default for Peer {
    fn default() -> Self {
        Self(IpAddr::V4(Ipv4Addr::LOCALHOST))
    }
}

impl std::fmt::Display for Peer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            IpAddr::V6(ip) if !ip.is_loopback() => write!(f, "{ip}/64"),
            ip => ip.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(address: &str) -> Peer {
        Peer::of(address.parse().unwrap())
    }

    #[test]
    fn addresses_that_one_client_has_are_one_peer() {
        assert_eq!(peer("2001:db8::1"), peer("2001:db8::ffff:2"));
        assert_ne!(peer("2001:db8::1"), peer("2001:db8:0:1::1"));
        assert_eq!(peer("::ffff:10.0.0.7"), peer("10.0.0.7"));
        assert_ne!(peer("10.0.0.7"), peer("10.0.0.8"));
        assert!(peer("::1").is_local() && peer("::ffff:127.0.0.1").is_local());
        assert!(!peer("::2").is_local());
        assert_eq!(peer("2001:db8::1").to_string(), "2001:db8::/64");
    }
}
