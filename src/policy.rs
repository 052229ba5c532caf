//! What a vault key may do: which endpoints, how many dollars a day, until when.

use crate::endpoint::Endpoint;
use crate::error::{Code, Error, Result};
use crate::field::element;
use crate::money::{self, Decimal, MAX_AMOUNT};
use crate::prelude::*;
use crate::request;
use crate::time::Instant;
use crate::value::{Fields, Value};

/// A spend policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// The only endpoints that may be called.
    pub allowed_endpoints: Vec<Endpoint>,
    /// US cents that may be spent from one UTC midnight to the next.
    pub daily_usd_cap_cents: u64,
    /// US cents that one call may spend.
    pub max_charge_usd_cents: Option<u64>,
    /// From here on nothing is allowed.
    pub expires_at: Option<Instant>,
    /// The only connected account that may be acted for; without one, only the platform's own.
    pub stripe_account: Option<String>,
    /// Whether the edge refuses a POST without an idempotency key.
    pub require_idempotency_key: bool,
}

impl Policy {
    pub(crate) const FIELDS: [&'static str; 6] = [
        "allowed_endpoints",
        "daily_usd_cap",
        "max_charge_usd",
        "expires_at",
        "stripe_account",
        "require_idempotency_key",
    ];

    /// Reads `{ allowed_endpoints, daily_usd_cap, max_charge_usd?, expires_at?, stripe_account?, require_idempotency_key? }`.
    /// The limits are in dollars (`49`, `49.99`, `"49.99"`) and read exactly.
    ///
    /// # Errors
    /// Any field that is missing, unknown or cannot be enforced as written.
    pub fn from_value(value: &Value) -> Result<Policy> {
        Policy::read(value).map_err(|error| error.within("policy"))
    }

    fn read(value: &Value) -> Result<Policy> {
        let fields = Fields::open(value, "", "", &Policy::FIELDS)?;
        let cap = fields.required("daily_usd_cap", "the most that may be spent in a day, in US dollars")?;
        let allowed_endpoints = allowed_endpoints(&fields)?;
        let daily_usd_cap_cents = cap_cents(cap, "daily_usd_cap")?;
        let max_charge_usd_cents = match fields.get("max_charge_usd") {
            Some(value) => Some(cap_cents(value, "max_charge_usd")?),
            None => None,
        };
        let expires_at = match fields.get("expires_at") {
            Some(value) => Some(Instant::from_value(value, "expires_at")?),
            None => None,
        };
        let stripe_account = fields.text("stripe_account")?;
        if let Some(id) = stripe_account {
            request::check_account(id, "stripe_account")?;
        }
        Ok(Policy {
            allowed_endpoints,
            daily_usd_cap_cents,
            max_charge_usd_cents,
            expires_at,
            stripe_account: stripe_account.map(ToString::to_string),
            require_idempotency_key: fields.bool("require_idempotency_key")?.unwrap_or(true),
        })
    }

    /// Whether the endpoint is on the allowlist.
    #[must_use]
    pub fn allows(&self, endpoint: Endpoint) -> bool {
        self.allowed_endpoints.contains(&endpoint)
    }

    /// The allowlist as text, for messages.
    pub(crate) fn allowlist(&self) -> String {
        if self.allowed_endpoints.is_empty() {
            return "it is empty".to_string();
        }
        let mut list = String::new();
        for endpoint in &self.allowed_endpoints {
            list.add(if list.is_empty() { "" } else { ", " });
            list.add(&endpoint.label());
        }
        list
    }
}

fn allowed_endpoints(fields: &Fields<'_>) -> Result<Vec<Endpoint>> {
    let field = "allowed_endpoints";
    let hint = "a list such as [\"POST /v1/charges\"]";
    let names = match fields.required(field, hint)? {
        Value::List(names) => names,
        other => return Err(other.wrong(field, hint)),
    };
    let mut endpoints = Vec::with_capacity(names.len());
    for (at, name) in names.iter().enumerate() {
        let endpoint = name.as_text("").and_then(|name| Endpoint::named(name, ""));
        endpoints.push(endpoint.map_err(|error| error.within(&element(field, at)))?);
    }
    Ok(endpoints)
}

fn cap_cents(value: &Value, field: &str) -> Result<u64> {
    let (Value::Number(_) | Value::Text(_)) = value else {
        return Err(value.wrong(field, "US dollars as a number or decimal text"));
    };
    let cents = money::scalar_text(value).and_then(Decimal::parse).and_then(Decimal::hundredths);
    cents.filter(|cents| *cents <= MAX_AMOUNT).ok_or_else(|| {
        Error::new(
            Code::InvalidPolicy,
            field,
            "is not a cap: give US dollars, at least 0 and with at most two decimals, such as 49 or \"49.99\"",
        )
    })
}
