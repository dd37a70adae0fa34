//! Where an endpoint is, by its address alone.

use std::net::{IpAddr, Ipv4Addr};

/// Where an endpoint is. A server of one's own may serve any file under a famous name, so the catalogue's prices are
/// not for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach<'a> {
    /// On this machine or in the local network.
    Local,
    /// At this host.
    Remote(&'a str),
}

impl<'a> Reach<'a> {
    /// Of the host in a base URL.
    #[must_use]
    pub fn of(base_url: &'a str) -> Self {
        let at = host(base_url);
        let host = at.to_ascii_lowercase();
        let host = host.trim_matches(['[', ']']).trim_end_matches('.');
        let named = host == "localhost"
            || host.ends_with(".localhost")
            || host.ends_with(".local")
            || matches!(host, "host.docker.internal" | "host.containers.internal");
        let numbered = host.parse::<IpAddr>().is_ok_and(is_local);
        if named || numbered { Self::Local } else { Self::Remote(at.trim_end_matches('.')) }
    }
}

fn is_local(address: IpAddr) -> bool {
    let v4 = |address: Ipv4Addr| {
        address.is_loopback() || address.is_private() || address.is_link_local() || address.is_unspecified()
    };
    match address {
        IpAddr::V4(address) => v4(address),
        IpAddr::V6(address) => {
            let mapped = address.to_ipv4_mapped().is_some_and(v4);
            mapped
                || address.is_loopback()
                || address.is_unspecified()
                || address.is_unique_local()
                || address.is_unicast_link_local()
        }
    }
}

/// The host of a URL, an IPv6 address in its brackets.
fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    match host.find(']') {
        Some(end) => &host[..=end],
        None => host.split(':').next().unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn local_is_what_is_on_this_machine_or_in_this_network() {
        for url in [
            "http://localhost:11434/v1",
            "http://127.0.0.9",
            "http://[::1]:8080/v1",
            "http://u:p@192.168.1.5:8000",
            "http://box.local/v1",
            "http://LOCALHOST./v1",
            "http://[::ffff:10.0.0.1]/",
            "http://host.docker.internal:1234",
            "http://0.0.0.0:8000",
        ] {
            assert_eq!(Reach::of(url), Reach::Local, "{url}");
        }
        for url in
            ["https://api.openai.com/v1", "https://localhost.example.com", "http://11.0.0.1", "https://x/?a=localhost"]
        {
            assert!(matches!(Reach::of(url), Reach::Remote(_)), "{url}");
        }
    }
}
