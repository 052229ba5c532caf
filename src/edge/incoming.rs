//! An HTTP request as Stripe would read it, or refused: the same bytes must not mean one thing here and another there.

use super::params::Params;
use super::refusal::{Refusal, refusal};
use crate::endpoint::Endpoint;
use crate::error::Result;
use crate::field::printable_name;
use crate::money::Digits;
use crate::prelude::*;
use crate::request;
use crate::sha256::Sha256;
use crate::text;
use crate::value::{Fields, Value, lookup};

/// A request whose parts have one meaning each.
pub(crate) struct Incoming<'a> {
    pub(crate) method: &'a str,
    /// What was asked for, as audits and refusals show it.
    pub(crate) attempted: String,
    /// Below `/v1/`, without the query.
    pub(crate) path: &'a str,
    /// `None` for what is no POST endpoint of Stripe's.
    pub(crate) endpoint: Option<Endpoint>,
    query: &'a str,
    headers: &'a [(&'a str, Value<'a>)],
    body: &'a str,
    /// Whether the body was larger than any call of Stripe's, and is not here.
    too_large: bool,
}

/// Stripe's own that are understood here; another (Stripe-Context, say) could name another account.
const STRIPE_HEADERS: [&str; 2] = ["stripe-account", "stripe-version"];

/// Those by which a server may be made to read another method than the request's own.
const METHOD_OVERRIDES: [&str; 3] = ["x-http-method-override", "x-http-method", "x-method-override"];

impl<'a> Incoming<'a> {
    /// Reads `{ method, path, headers, body, too_large? }`: the path with its query as it stood in the request line, headers by
    /// their lower-case names. Nothing is refused yet.
    pub(crate) fn read(value: &'a Value<'a>) -> Result<Incoming<'a>> {
        let known = ["method", "path", "headers", "body", "too_large"];
        let fields = Fields::open(value, "request", "request", &known)?;
        let headers = match fields.get("headers") {
            Some(Value::Map(headers)) => headers.as_slice(),
            _ => &[],
        };
        let text = |name| Ok(fields.text(name)?.unwrap_or(""));
        let incoming = Incoming::of(text("method")?, text("path")?, headers, text("body")?);
        Ok(Incoming { too_large: fields.bool("too_large")? == Some(true), ..incoming })
    }

    /// The same of its parts.
    pub(crate) fn of(
        method: &'a str,
        target: &'a str,
        headers: &'a [(&'a str, Value<'a>)],
        body: &'a str,
    ) -> Incoming<'a> {
        let (path, query) = text::split_once(target, "?").unwrap_or((target, ""));
        let known = path.strip_prefix("/v1/").filter(|path| has_plain_segments(path));
        let endpoint = known.filter(|_| method == "POST").and_then(Endpoint::by_path);
        let attempted = match endpoint {
            Some(endpoint) => endpoint.label(),
            None => [printable_name(method), " ", &shown_path(path)].joined(),
        };
        Incoming {
            method,
            attempted,
            path: known.unwrap_or(""),
            endpoint,
            query,
            headers,
            body,
            too_large: false,
        }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&'a str> {
        match lookup(self.headers, name) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// The parameters, once everything around them is known to have one meaning.
    pub(crate) fn params(&self) -> core::result::Result<Params, Refusal> {
        let refuse = |status, reason, message: &str| Err(refusal(status, reason, message));
        if self.too_large {
            return refuse(413, "request_too_large", "No call of Stripe's is larger than a megabyte.");
        }
        if METHOD_OVERRIDES.iter().any(|name| self.header(name).is_some()) {
            return refuse(400, "header_not_allowed", "A header overrides the request's method.");
        }
        let unknown = |name: &&str| name.starts_with("stripe-") && !STRIPE_HEADERS.contains(name);
        if self.headers.iter().any(|(name, _)| unknown(name)) {
            return refuse(
                400,
                "header_not_allowed",
                "This edge forwards Stripe-Account and Stripe-Version alone.",
            );
        }
        if self.header("content-encoding").is_some_and(|coding| !coding.eq_ignore_ascii_case("identity")) {
            return refuse(415, "content_type_not_supported", "Send the body without a Content-Encoding.");
        }
        if self.method == "GET" {
            if !self.body.is_empty() {
                return refuse(400, "parameters_not_allowed", "A GET has no body.");
            }
        } else if !self.query.is_empty() {
            return refuse(400, "parameters_not_allowed", "Parameters of a POST belong in its body.");
        } else if !self.body.is_empty() && !self.header("content-type").is_some_and(is_form) {
            let message = "Send parameters as application/x-www-form-urlencoded, in UTF-8.";
            return refuse(415, "content_type_not_supported", message);
        }
        let encoded = if self.method == "GET" { self.query } else { self.body };
        Params::read(encoded).map_err(|why| {
            let message = ["The parameters ", why, ": send each once, as Stripe's SDKs do."].joined();
            refusal(400, "ambiguous_parameters", &message)
        })
    }

    /// The idempotency key, if there is one that can stand in an audit.
    pub(crate) fn key(&self) -> core::result::Result<Option<&'a str>, Refusal> {
        let Some(key) = self.header("idempotency-key") else { return Ok(None) };
        let secret = ["sk_", "rk_", "vault_key_"].iter().any(|start| key.starts_with(start));
        if secret || request::check_key(key).is_err() {
            let message =
                "Idempotency-Key must be 1 to 255 visible ASCII characters, sent once, and no secret.";
            return Err(refusal(400, "invalid_idempotency_key", message));
        }
        Ok(Some(key))
    }

    /// The connected account to act for: the policy's own.
    pub(crate) fn account<'p>(
        &self,
        policy: Option<&'p str>,
    ) -> core::result::Result<Option<&'p str>, Refusal> {
        match (self.header("stripe-account"), policy) {
            (None, own) => Ok(own),
            (Some(given), Some(own)) if given == own => Ok(Some(own)),
            (Some(_), _) => Err(refusal(
                403,
                "stripe_account_not_allowed",
                "The vault key's policy does not allow this Stripe-Account.",
            )),
        }
    }

    /// The API version, if it can be forwarded.
    pub(crate) fn version(&self) -> core::result::Result<Option<&'a str>, Refusal> {
        let Some(version) = self.header("stripe-version") else { return Ok(None) };
        match request::check_version(version, "Stripe-Version") {
            Ok(()) => Ok(Some(version)),
            Err(error) => Err(refusal(400, "header_not_allowed", &error.message())),
        }
    }

    /// SHA-256 over method, path, account and parameters, each with its length before it, so that no two requests of different
    /// meaning share it.
    pub(crate) fn fingerprint(&self, params: &Params, account: Option<&str>) -> [u32; 8] {
        let mut hash = Sha256::new();
        let mut add = |text: &str| {
            hash.add(Digits::of_size(text.len()).as_bytes());
            hash.add(b":");
            hash.add(text.as_bytes());
        };
        [self.method, self.path, account.unwrap_or("")].into_iter().for_each(&mut add);
        for (name, value) in params.sorted() {
            add(name);
            add(value);
        }
        hash.finish()
    }
}

/// Whether a path is what it looks like: no segment that is empty, dots, or escaped into something else.
fn has_plain_segments(path: &str) -> bool {
    path.split('/').all(|segment| {
        let mut bytes = segment.bytes();
        let mut plain =
            !segment.is_empty() && segment.len() <= 500 && !segment.bytes().all(|byte| byte == b'.');
        while let Some(byte) = bytes.next() {
            plain &= match byte {
                b'%' => {
                    let mut digit = || char::from(bytes.next().unwrap_or(b' ')).to_digit(16);
                    match (digit(), digit()) {
                        // What a router could take for a separator, a dot or the end of the path.
                        (Some(high), Some(low)) => {
                            let byte = u8::try_from((high << 4) | low).unwrap_or(0);
                            byte >= b' ' && byte != 0x7f && !b"/\\.%?#;".contains(&byte)
                        }
                        _ => false,
                    }
                }
                other => other.is_ascii_alphanumeric() || b"_-.~".contains(&other),
            };
        }
        plain
    })
}

/// A path for people; anything but plain letters could be a secret, or play tricks on a terminal.
fn shown_path(path: &str) -> String {
    if path.len() <= 200
        && path.split('/').all(|segment| segment.is_empty() || printable_name(segment) == segment)
    {
        return path.to_string();
    }
    "(a path not shown)".to_string()
}

/// `application/x-www-form-urlencoded`, with no parameter but `charset=utf-8`.
fn is_form(content_type: &str) -> bool {
    let mut parts = content_type.split(';').map(str::trim);
    let is = |part: Option<&str>, text: &str| part.is_some_and(|part| part.eq_ignore_ascii_case(text));
    is(parts.next(), "application/x-www-form-urlencoded")
        && parts.all(|part| {
            part.eq_ignore_ascii_case("charset=utf-8") || part.eq_ignore_ascii_case("charset=\"utf-8\"")
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_paths_and_tricks() {
        for path in ["charges", "charges/ch_1/capture", "coupons/50%20off", "coupons/%C3%A9"] {
            assert!(has_plain_segments(path), "{path}");
        }
        for path in [
            "",
            "charges/",
            "/charges",
            "charges//x",
            "charges/../refunds",
            "charges/./x",
            "charges/%2e%2e/refunds",
            "charges/%2E",
            "charges%2Fch_1",
            "charges/a%5cb",
            "charges/%00",
            "charges/%",
            "charges/%2",
            "charges/%252e",
            "charges;x=1",
            "charges/a\\b",
            "charges/é",
            "charges/{id}",
            "charges/a b",
        ] {
            assert!(!has_plain_segments(path), "{path}");
        }
    }

    #[test]
    fn form_content_types() {
        for good in ["application/x-www-form-urlencoded", "Application/X-WWW-Form-Urlencoded; charset=UTF-8"]
        {
            assert!(is_form(good), "{good}");
        }
        for bad in [
            "",
            "text/plain",
            "application/json",
            "multipart/form-data; boundary=x",
            "application/x-www-form-urlencoded; charset=utf-16",
            "application/x-www-form-urlencoded, application/json",
            "application/x-www-form-urlencoded; boundary=x",
        ] {
            assert!(!is_form(bad), "{bad}");
        }
    }
}
