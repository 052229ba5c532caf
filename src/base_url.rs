//! Where requests are sent: an https URL, or http on this machine alone.

use crate::error::{Code, Error, Result};
use crate::prelude::*;
use crate::text;

/// The spend-cap proxy, with the path prefix under which it serves Stripe's API.
pub(crate) const DEFAULT_BASE_URL: &str = "https://proxy.keybrake.com/stripe";

/// Checks a base URL and takes slashes off its end. Strict on purpose: what a lenient URL parser would repair
/// (back slashes, dot segments, odd host forms) is refused, since it decides where a key is sent.
///
/// # Errors
/// `invalid_base_url`.
pub(crate) fn check(url: &str, field: &str) -> Result<String> {
    match normalize(url) {
        Ok(url) => Ok(url),
        Err(problem) => Err(Error::new(Code::InvalidBaseUrl, field, problem)),
    }
}

fn normalize(url: &str) -> core::result::Result<String, &'static str> {
    const SHAPE: &str = "is not a base URL: write it as \"https://proxy.keybrake.com/stripe\"";
    let (scheme, rest) = text::split_once(url, "://").ok_or(SHAPE)?;
    let (authority, path) = text::split_once(rest, "/").unwrap_or((rest, ""));
    if text::has(authority, "@") {
        return Err("must not carry credentials: the vault key goes into the Authorization header");
    }
    if url.bytes().any(|byte| byte == b'?' || byte == b'#') {
        return Err("must not have a query or a fragment");
    }
    let host = host_of(authority).ok_or(SHAPE)?;
    match scheme {
        "https" => {}
        "http" if is_loopback(host) => {}
        "http" => return Err("must be https: plain http would show the key on the way (loopback excepted)"),
        _ => return Err(SHAPE),
    }
    let mut path = path;
    while let Some(shorter) = path.strip_suffix('/') {
        path = shorter;
    }
    let path_byte = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~/".contains(&byte);
    if !path.bytes().all(path_byte)
        || path.split('/').any(|part| part.is_empty() || part == "." || part == "..") && !path.is_empty()
    {
        return Err(SHAPE);
    }
    Ok([scheme, "://", authority, if path.is_empty() { "" } else { "/" }, path].joined())
}

/// The host of `host[:port]`: a name, an IPv4 address, or an IPv6 address in brackets.
fn host_of(authority: &str) -> Option<&str> {
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    };
    if let Some(port) = port {
        let number = crate::money::canonical_integer(port)?;
        if !(1..=65_535).contains(&number) {
            return None;
        }
    }
    let in_brackets = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let valid = match in_brackets {
        Some(address) => is_ipv6_shaped(address),
        None => {
            !host.is_empty()
                && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.')
                && host
                    .split('.')
                    .all(|label| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-'))
        }
    };
    valid.then_some(host)
}

/// The characters of an IPv6 address; whether it is one is for the network to say.
fn is_ipv6_shaped(address: &str) -> bool {
    let groups = address.split(':').count();
    (groups == 8 || (groups < 9 && text::has(address, "::")))
        && address.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b':')
}

/// `localhost`, `[::1]`, or 127.0.0.0/8 in its full dotted form (RFC 6761, RFC 4291, RFC 1122).
fn is_loopback(host: &str) -> bool {
    let octet = |part: &str| crate::money::canonical_integer(part).is_some_and(|number| number < 256);
    host == "localhost"
        || host == "[::1]"
        || (host.starts_with("127.") && host.split('.').count() == 4 && host.split('.').all(octet))
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
            assert_eq!(check(url, "base_url").as_deref(), Ok(normal), "{url}");
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
