//! Hosts by their names, without asking anybody.

use std::net::IpAddr;

/// Whether a URL's host, with or without the brackets of IPv6, is this machine: what is sent there takes no proxy and leaves
/// nothing unencrypted on a wire. The whole name counts, never a part of it.
#[must_use]
pub fn is_loopback(host: &str) -> bool {
    let host = host.trim_matches(['[', ']']).to_ascii_lowercase();
    let numbered = host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    numbered || host == "localhost" || host.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_is_known_by_its_whole_name() {
        for host in ["127.0.0.1", "127.9.9.9", "[::1]", "::1", "LocalHost", "api.localhost"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in ["127.0.0.1.example.org", "localhost.example.org", "10.0.0.1", "notlocalhost", ""] {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
