//! Where requests are sent: an https URL, or http on this machine alone.

use crate::error::{Code, Error, Result};
use crate::text;

/// The spend-cap proxy, with the path prefix under which it serves Stripe's API.
pub(crate) const DEFAULT_BASE_URL: &str = "https://proxy.keybrake.com/stripe";

/// Checks a base URL and takes slashes off its end. Strict on purpose: what a lenient URL parser would repair
/// (back slashes, dot segments, odd host forms) is refused, since it decides where a key is sent.
///
/// # Errors
/// `invalid_base_url`.
pub(crate) fn check<'u>(url: &'u str, field: &str) -> Result<&'u str> {
    match problem_of(url) {
        None => Ok(without_slashes(url)),
        Some(problem) => Err(Error::new(Code::InvalidBaseUrl, field, problem)),
    }
}

fn problem_of(url: &str) -> Option<&'static str> {
    const SHAPE: &str = "is not a base URL: write it as \"https://proxy.keybrake.com/stripe\"";
    let Some((scheme, rest)) = text::split_once(url, "://") else { return Some(SHAPE) };
    let (authority, path) = text::split_once(rest, "/").unwrap_or((rest, ""));
    if text::has(authority, "@") {
        return Some("must not carry credentials: the vault key goes into the Authorization header");
    }
    if text::has(url, "?") || text::has(url, "#") {
        return Some("must not have a query or a fragment");
    }
    let Some(host) = host_of(authority) else { return Some(SHAPE) };
    let path = without_slashes(path);
    let is_path = text::is_made_of(path, "-_.~/")
        && (path.is_empty() || text::parts(path, "/").all(|part| !matches!(part, "" | "." | "..")));
    match scheme {
        "http" if !is_loopback(host) => {
            Some("must be https: plain http would show the key on the way (loopback excepted)")
        }
        "http" | "https" if is_path => None,
        _ => Some(SHAPE),
    }
}

fn without_slashes(mut text: &str) -> &str {
    while let Some(shorter) = text.strip_suffix('/') {
        text = shorter;
    }
    text
}

/// The host of `host[:port]`: a name, an IPv4 address, or an IPv6 address in brackets.
fn host_of(authority: &str) -> Option<&str> {
    let last = text::parts(authority, ":").last().unwrap_or("");
    let host = match authority.strip_suffix(last).and_then(|rest| rest.strip_suffix(':')) {
        Some(host) if !last.ends_with(']') => {
            let port = crate::money::canonical_integer(last)?;
            if !(1..=65_535).contains(&port) {
                return None;
            }
            host
        }
        _ => authority,
    };
    let valid = match host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        Some(address) => is_ipv6_shaped(address),
        None => {
            text::is_made_of(host, "-.")
                && text::parts(host, ".")
                    .all(|label| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-'))
        }
    };
    valid.then_some(host)
}

/// The characters of an IPv6 address; whether it is one is for the network to say.
fn is_ipv6_shaped(address: &str) -> bool {
    let groups = text::parts(address, ":").count();
    (groups == 8 || (groups < 9 && text::has(address, "::")))
        && address.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b':')
}

/// `localhost`, `[::1]`, or 127.0.0.0/8 in its full dotted form (RFC 6761, RFC 4291, RFC 1122).
fn is_loopback(host: &str) -> bool {
    let octet = |part: &str| crate::money::canonical_integer(part).is_some_and(|number| number < 256);
    matches!(host, "localhost" | "[::1]")
        || (host.starts_with("127.")
            && text::parts(host, ".").count() == 4
            && text::parts(host, ".").all(octet))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepted() {
        for (url, normal) in [
            (DEFAULT_BASE_URL, DEFAULT_BASE_URL),
            ("https://proxy.keybrake.com/stripe/", DEFAULT_BASE_URL),
            ("https://api.stripe.com", "https://api.stripe.com"),
            ("https://api.stripe.com/", "https://api.stripe.com"),
            ("http://127.0.0.1:4242/stripe", "http://127.0.0.1:4242/stripe"),
            ("http://127.9.9.9", "http://127.9.9.9"),
            ("http://localhost:8787", "http://localhost:8787"),
            ("http://[::1]:8787/x", "http://[::1]:8787/x"),
        ] {
            assert_eq!(check(url, "base_url"), Ok(normal), "{url}");
        }
    }

    #[test]
    fn refused() {
        for url in [
            "",
            "proxy.keybrake.com",
            "http://proxy.keybrake.com",
            "ftp://x",
            "HTTPS://x.com",
            "https://",
            "https:///x",
            "https://user:pw@proxy.keybrake.com",
            "https://vault_key@proxy.keybrake.com/stripe",
            "https://x.com?y=1",
            "https://x.com/#y",
            "https://x.com/a/../b",
            "https://x.com//v1",
            "https://x.com\\@evil.com",
            "https://x.com:0",
            "https://x.com:99999",
            "https://x.com:",
            "https://x..com",
            "https://-x.com",
            "http://127.0.0.1.evil.com",
            "http://localhost.evil.com",
            "http://2130706433",
            "http://127.1",
            "https://x.com/ä",
            "https://x.com/a b",
            "https://x.com/%2e%2e",
            " https://x.com",
            "https://x.com\n",
            "javascript:alert(1)",
            "https://[::1",
        ] {
            assert_eq!(
                check(url, "base_url").map_err(|error| error.code()),
                Err(Code::InvalidBaseUrl),
                "{url}"
            );
        }
    }
}
