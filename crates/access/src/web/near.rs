//! Addresses of this machine, and of what is on its link alone. Whoever writes a flow must not learn from the server what
//! answers there, where the flow's own code cannot ask.

use std::{net::IpAddr, sync::Arc};

use reqwest::{
    Url,
    dns::{Addrs, Name, Resolve, Resolving},
};

/// Whether an address is this machine's loopback, of its link alone, or stands for any of this machine's.
fn is_near(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(ip) => ip.is_loopback() || ip.is_link_local() || ip.octets()[0] == 0,
        IpAddr::V6(ip) => ip.is_loopback() || ip.is_unicast_link_local() || ip.is_unspecified(),
    }
}

/// Whether the host of an address says by itself that it is near.
pub(crate) fn names_near(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    match bare.parse::<IpAddr>() {
        Ok(address) => is_near(address),
        Err(_) => {
            let name = bare.trim_end_matches('.').to_ascii_lowercase();
            name == "localhost" || name.ends_with(".localhost")
        }
    }
}

/// A name has near addresses alone.
#[derive(Debug, thiserror::Error)]
#[error("all addresses of {0} are this machine's or on its link")]
pub(super) struct OnlyNear(String);

/// The machine's own resolver, but for near addresses.
pub(super) struct FarAway;

impl FarAway {
    pub(super) fn resolver() -> Arc<Self> {
        Arc::new(Self)
    }
}

impl Resolve for FarAway {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let mut found = super::look_up(name.as_str()).await?;
            found.retain(|address| !is_near(address.ip()));
            if found.is_empty() {
                return Err(OnlyNear(name.as_str().to_owned()).into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_and_its_link_are_near_however_they_are_written() {
        for near in [
            "http://127.0.0.1/",
            "http://127.9.9.9:8080/",
            "http://2130706433/",
            "http://0x7f.1/",
            "http://0/",
            "http://0.0.0.0:1/",
            "http://0.1.2.3/",
            "http://169.254.169.254/latest/",
            "http://[::1]:80/",
            "http://[::]/",
            "http://[::ffff:127.0.0.1]/",
            "http://[fe80::1]/",
            "http://localhost/",
            "http://LOCALHOST./",
            "http://a.localhost:3/",
        ] {
            assert!(names_near(&near.parse().unwrap()), "{near}");
        }
        for far in [
            "https://feed.example/",
            "http://10.0.0.7/",
            "http://192.168.1.1/",
            "http://[2001:db8::1]/",
            "https://localhost.example/",
            "https://notlocalhost/",
        ] {
            assert!(!names_near(&far.parse().unwrap()), "{far}");
        }
    }

    #[tokio::test]
    async fn a_name_that_leads_to_this_machine_alone_is_near() {
        let resolved = FarAway::resolver()
            .resolve("localhost".parse().unwrap())
            .await;
        assert!(resolved.is_err_and(|error| error.is::<OnlyNear>()));
    }
}
