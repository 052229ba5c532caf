//! A vault key as it is stored: its policy, and the hash of its secret.

use crate::endpoint::Endpoint;
use crate::error::{Code, Error, Result};
use crate::field::element;
use crate::json;
use crate::money::{Currency, Decimal, Digits, MAX_AMOUNT, scalar_text};
use crate::policy::Policy;
use crate::precheck::{Circumstances, usd_rates};
use crate::prelude::*;
use crate::text;
use crate::time::Instant;
use crate::value::{Fields, Value};

/// What a vault key may do.
#[derive(Debug)]
pub(crate) struct VaultPolicy<'a> {
    pub(crate) policy: Policy,
    /// The paths below `/v1/` that may be read, with `{id}` where any id may stand.
    reads: Vec<String>,
    rates: Option<&'a Value<'a>>,
    usd_rates: Vec<(Currency, Decimal)>,
}

const READ: &str = "GET /v1/";

impl<'a> VaultPolicy<'a> {
    /// Reads a [`Policy`] whose `allowed_endpoints` may also have `GET /v1/…`, and `usd_rates`.
    pub(crate) fn read(value: &'a Value<'a>) -> Result<VaultPolicy<'a>> {
        let known = [&Policy::FIELDS[..], &["usd_rates"]].concat();
        let fields = Fields::open(value, "policy", "policy", &known)?;
        let Value::Map(entries) = value else { return Err(value.wrong("policy", "an object")) };
        let mut reads = Vec::new();
        let mut own = Vec::with_capacity(entries.len());
        for (name, member) in entries {
            match (*name, member) {
                ("usd_rates", _) => {}
                ("allowed_endpoints", Value::List(names)) => {
                    let (readable, writable): (Vec<_>, Vec<_>) =
                        names.iter().enumerate().partition(|(_, name)| path_to_read(name).is_some());
                    for (at, name) in readable {
                        reads.push(check_read(path_to_read(name).unwrap_or(""), at)?.to_string());
                    }
                    let writable = writable.into_iter().map(|(_, name)| name.clone()).collect();
                    own.push((*name, Value::List(writable)));
                }
                // A policy that was read and written again has nulls for what it does not limit.
                (_, Value::Null) => {}
                (name, member) => own.push((name, member.clone())),
            }
        }
        let rates = fields.get("usd_rates").filter(|rates| **rates != Value::Null);
        Ok(VaultPolicy {
            policy: Policy::from_value(&Value::Map(own))?,
            reads,
            rates,
            usd_rates: rates.map(usd_rates).transpose()?.unwrap_or_default(),
        })
    }

    /// Whether `path`, below `/v1/`, may be read.
    pub(crate) fn may_read(&self, path: &str) -> bool {
        self.reads.iter().any(|template| crate::endpoint::matches_template(template, path))
    }

    /// Everything that is allowed, in one list.
    pub(crate) fn allowed(&self) -> Vec<String> {
        let calls = self.policy.allowed_endpoints.iter().copied().map(Endpoint::label);
        calls.chain(self.reads.iter().map(|path| [READ, path].joined())).collect()
    }

    /// The same for a policy that is to be kept, and never written again: how its rates were given is forgotten.
    #[cfg(feature = "lab")]
    pub(crate) fn kept(self) -> VaultPolicy<'static> {
        VaultPolicy { policy: self.policy, reads: self.reads, rates: None, usd_rates: self.usd_rates }
    }

    pub(crate) fn usd_rates(&self) -> &[(Currency, Decimal)] {
        &self.usd_rates
    }

    /// What calls are judged by at a moment.
    pub(crate) fn at(&self, now: Instant, spent: u64) -> Circumstances {
        Circumstances {
            policy: self.policy.clone(),
            spent: Some(spent.min(MAX_AMOUNT)),
            now,
            usd_rates: self.usd_rates.clone(),
        }
    }

    /// As JSON, which reads back as the same.
    pub(crate) fn write_json(&self, out: &mut String) {
        json::object(out, |o| {
            o.texts("allowed_endpoints", &self.allowed());
            o.member("daily_usd_cap", |out| write_dollars(out, self.policy.daily_usd_cap_cents));
            o.member("max_charge_usd", |out| match self.policy.max_charge_usd_cents {
                Some(cents) => write_dollars(out, cents),
                None => out.push_str("null"),
            });
            o.optional_text("expires_at", self.policy.expires_at.map(Instant::to_iso).as_deref());
            o.optional_text("stripe_account", self.policy.stripe_account.as_deref());
            o.bool("require_idempotency_key", Some(self.policy.require_idempotency_key));
            o.member("usd_rates", |out| match self.rates {
                Some(Value::Map(rates)) => write_rates(out, rates),
                _ => out.push_str("null"),
            });
        });
    }
}

fn path_to_read<'v>(name: &Value<'v>) -> Option<&'v str> {
    if let Value::Text(text) = name { text.strip_prefix(READ) } else { None }
}

fn check_read(path: &str, at: usize) -> Result<&str> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-{}".contains(&byte);
    let segment = |segment: &str| !segment.is_empty() && segment.bytes().all(plain);
    if path.split('/').all(segment) {
        return Ok(path);
    }
    let field = element("policy.allowed_endpoints", at);
    Err(Error::new(Code::InvalidEndpoint, &field, "is no path to read: write it as \"GET /v1/charges/{id}\""))
}

fn write_rates(out: &mut String, rates: &[(&str, Value<'_>)]) {
    out.push('{');
    for (at, (currency, rate)) in rates.iter().enumerate() {
        out.push_str(if at == 0 { "" } else { "," });
        json::text(out, currency);
        out.push(':');
        json::text(out, scalar_text(rate).unwrap_or(""));
    }
    out.push('}');
}

/// Cents as a JSON number of dollars: `49`, `49.9`, `49.99`.
fn write_dollars(out: &mut String, cents: u64) {
    out.push_str(&Digits::of(cents / 100));
    let fraction = cents % 100;
    if fraction > 0 {
        out.push_str(if fraction < 10 { ".0" } else { "." });
        let digits = Digits::of(if fraction.is_multiple_of(10) { fraction / 10 } else { fraction });
        out.push_str(&digits);
    }
}

/// `{ name, …policy }` as an administrator gives it, checked: `{"name":…,"policy":…}`.
///
/// # Errors
/// For a name or policy that is refused.
pub fn check_policy(given: &Value) -> Result<String> {
    let Value::Map(entries) = given else { return Err(given.wrong("body", "an object")) };
    let (name, rest): (Vec<_>, Vec<_>) = entries.iter().cloned().partition(|(field, _)| *field == "name");
    let name = match name.first() {
        Some((_, Value::Text(name))) => *name,
        Some((_, other)) => return Err(other.wrong("name", "text")),
        None => {
            return Err(Error::new(Code::MissingField, "name", "is missing: give what people call this key"));
        }
    };
    text::check("name", name)?;
    if name.len() > 200 {
        return Err(Error::new(Code::InputTooLarge, "name", "is longer than 200 bytes"));
    }
    let policy = Value::Map(rest);
    let policy = VaultPolicy::read(&policy)?;
    let mut out = String::new();
    json::object(&mut out, |o| {
        o.text("name", name);
        o.member("policy", |out| policy.write_json(out));
    });
    Ok(out)
}

#[cfg(test)]
mod tests {
    use std::vec;

    use super::*;

    fn texts(names: &[&'static str]) -> Value<'static> {
        Value::List(names.iter().map(|name| Value::Text(name)).collect())
    }

    #[test]
    fn a_policy_is_written_so_that_it_reads_back() {
        let given = Value::Map(vec![
            ("name", Value::Text("renewals")),
            ("allowed_endpoints", texts(&["charges.create", "GET /v1/charges/{id}"])),
            ("daily_usd_cap", Value::Number("49.9")),
            ("usd_rates", Value::Map(vec![("eur", Value::Number("1.08"))])),
        ]);
        assert_eq!(
            check_policy(&given).unwrap(),
            r#"{"name":"renewals","policy":{"allowed_endpoints":["POST /v1/charges","GET /v1/charges/{id}"],"daily_usd_cap":49.9,"max_charge_usd":null,"expires_at":null,"stripe_account":null,"require_idempotency_key":true,"usd_rates":{"eur":"1.08"}}}"#
        );
    }

    #[test]
    fn dollars_are_exact() {
        for (cents, text) in [(0, "0"), (5, "0.05"), (4900, "49"), (4990, "49.9"), (4999, "49.99")] {
            let mut out = String::new();
            write_dollars(&mut out, cents);
            assert_eq!(out, text);
        }
    }

    #[test]
    fn only_listed_paths_may_be_read() {
        let policy = Value::Map(vec![
            ("allowed_endpoints", texts(&["GET /v1/charges", "GET /v1/charges/{id}"])),
            ("daily_usd_cap", Value::Number("0")),
        ]);
        let policy = VaultPolicy::read(&policy).unwrap();
        for (path, may) in [
            ("charges", true),
            ("charges/ch_1", true),
            ("charges/ch_1/refunds", false),
            ("charges/", false),
            ("charges/..", false),
            ("customers", false),
        ] {
            assert_eq!(policy.may_read(path), may, "{path}");
        }
        for path in ["GET /v1/", "GET /v1/charges/", "GET /v1/a b", "GET /v1/../x", "GET /v1/charges?x=1"] {
            let policy = Value::Map(vec![
                ("allowed_endpoints", texts(&[path])),
                ("daily_usd_cap", Value::Number("0")),
            ]);
            assert!(VaultPolicy::read(&policy).is_err(), "{path}");
        }
    }
}
