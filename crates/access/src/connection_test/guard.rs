//! Which addresses a test may call: whoever enters one could use the server to reach what only it can reach.

use std::net::{IpAddr, Ipv6Addr};

use url::{Host, Url};

/// Says whether an address may be called. Addresses of this machine and of private networks are only where `private`
/// allows them; those that clouds serve credentials at never are.
pub(super) async fn check(address: &Url, private: bool) -> Result<(), String> {
    let found: Vec<IpAddr> = match address.host() {
        Some(Host::Ipv4(ip)) => vec![ip.into()],
        Some(Host::Ipv6(ip)) => vec![ip.into()],
        Some(Host::Domain(name)) => match tokio::net::lookup_host((name, 0)).await {
            Ok(found) => found.map(|address| address.ip()).collect(),
            // The call itself says so, in better words; a proxy may know the name.
            Err(_) => return Ok(()),
        },
        None => return Err("The connection’s address has no host.".to_owned()),
    };
    let host = address.host_str().unwrap_or_default();
    for ip in found.into_iter().map(|ip| ip.to_canonical()) {
        if is_never(ip) {
            return Err(format!(
                "{host} is an address ({ip}) that connections can’t be tested at."
            ));
        }
        if !private && is_private(ip) {
            return Err(format!(
                "{host} is on the server’s machine or in a private network ({ip}), where this server doesn’t test connections. The administrator can allow it with ‘privateServices: true’ in the configuration file."
            ));
        }
    }
    Ok(())
}

/// Link-local addresses, where clouds serve credentials, and those that are no host's.
fn is_never(ip: IpAddr) -> bool {
    let metadata = "fd00:ec2::254".parse::<Ipv6Addr>().map(IpAddr::V6);
    match ip {
        _ if Ok(ip) == metadata => true,
        IpAddr::V4(ip) => {
            // 168.63.129.16 is Azure’s own.
            ip.is_link_local()
                || ip.is_unspecified()
                || ip.is_broadcast()
                || ip.is_multicast()
                || ip.octets() == [168, 63, 129, 16]
                || ip.octets() == [100, 100, 100, 200]
        }
        IpAddr::V6(ip) => ip.is_unicast_link_local() || ip.is_unspecified() || ip.is_multicast(),
    }
}

fn is_private(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => {
            let [first, second, ..] = ip.octets();
            // 100.64.0.0/10 is shared by carriers and clouds.
            ip.is_loopback() || ip.is_private() || (first == 100 && (64..128).contains(&second))
        }
        IpAddr::V6(ip) => ip.is_loopback() || ip.is_unique_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn allowed(address: &str, private: bool) -> bool {
        check(&Url::parse(address).unwrap(), private).await.is_ok()
    }

    #[tokio::test]
    async fn credentials_of_clouds_are_never_reached_and_this_machine_only_where_allowed() {
        for private in [
            "http://127.0.0.1:11434",
            "http://[::1]/",
            "http://10.1.2.3",
            "http://192.168.0.9",
            "http://localhost:1",
            "http://[::ffff:127.0.0.1]/",
            "http://2130706433/",
            "http://[fd12::1]/",
        ] {
            assert!(!allowed(private, false).await, "{private}");
            assert!(allowed(private, true).await, "{private}");
        }
        for never in [
            "http://169.254.169.254/",
            "http://[fe80::1]/",
            "http://0.0.0.0/",
            "http://[::ffff:169.254.169.254]/",
            "http://168.63.129.16",
        ] {
            assert!(!allowed(never, true).await, "{never}");
        }
        assert!(allowed("https://93.184.216.34", false).await);
    }
}
