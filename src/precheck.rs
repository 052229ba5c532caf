//! Whether a request may be sent: the same judgement before sending as at the edge.

use crate::prelude::*;

use crate::endpoint::{AmountSource, Endpoint};
use crate::error::{Code, Error, Result};
use crate::event::currency_error;
use crate::field::{join, printable_name};
use crate::json;
use crate::money::{self, Currency, Decimal, dollars};
use crate::params::param;
use crate::policy::Policy;
use crate::spend::Spend;
use crate::text;
use crate::time::Instant;
use crate::value::{Fields, Value};

/// Why a request is allowed or not. The texts are what a program branches on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Within the policy.
    Allowed,
    /// The policy's `expires_at` has passed.
    PolicyExpired,
    /// Not on the allowlist.
    EndpointNotAllowed,
    /// The request moves money and does not say how much.
    AmountUnknown,
    /// Another currency than the cap's, and no rate was given.
    UsdRateMissing,
    /// More than one call may spend.
    MaxChargeUsdExceeded,
    /// More than what is left of today's cap.
    DailyUsdCapExceeded,
}

impl Verdict {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Verdict::Allowed => "allowed",
            Verdict::PolicyExpired => "policy_expired",
            Verdict::EndpointNotAllowed => "endpoint_not_allowed",
            Verdict::AmountUnknown => "amount_unknown",
            Verdict::UsdRateMissing => "usd_rate_missing",
            Verdict::MaxChargeUsdExceeded => "max_charge_usd_exceeded",
            Verdict::DailyUsdCapExceeded => "daily_usd_cap_exceeded",
        }
    }

    /// The status that the proxy answers with.
    #[must_use]
    pub const fn http_status(self) -> u16 {
        match self {
            Verdict::Allowed => 200,
            Verdict::PolicyExpired => 401,
            Verdict::EndpointNotAllowed | Verdict::MaxChargeUsdExceeded => 403,
            Verdict::AmountUnknown | Verdict::UsdRateMissing => 422,
            Verdict::DailyUsdCapExceeded => 429,
        }
    }
}

/// The judgement of one request, with the figures it rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// What was decided.
    pub verdict: Verdict,
    /// The same for people.
    pub message: String,
    /// What the request would cost, in US cents; `None` where it could not be known.
    pub amount_usd_cents: Option<u64>,
    /// What had been spent today before this request; `None` where nobody said, and the request was judged alone.
    pub spent_usd_cents: Option<u64>,
    /// The cap.
    pub cap_usd_cents: u64,
    /// Cap less spent, before this request.
    pub remaining_usd_cents: Option<u64>,
    /// When the day's spending starts anew.
    pub resets_at: Instant,
}

impl Decision {
    /// Whether the request may be sent.
    #[must_use]
    pub fn allowed(&self) -> bool {
        self.verdict == Verdict::Allowed
    }

    /// As JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut out = String::with_capacity(512);
        self.write_json(&mut out);
        out
    }

    pub(crate) fn write_json(&self, out: &mut String) {
        json::object(out, |o| {
            o.bool("allowed", Some(self.allowed()));
            o.text("code", self.verdict.code());
            o.number("http_status", Some(self.verdict.http_status().into()));
            o.text("message", &self.message);
            self.figures(o);
        });
    }

    /// The members that are figures.
    pub(crate) fn figures(&self, o: &mut json::Object<'_>) {
        o.number("amount_usd_cents", self.amount_usd_cents);
        o.number("spent_usd_cents", self.spent_usd_cents);
        o.number("cap_usd_cents", Some(self.cap_usd_cents));
        o.number("remaining_usd_cents", self.remaining_usd_cents);
        o.text("resets_at", &self.resets_at.to_iso());
    }
}

/// The message about a policy that has.
pub(crate) const EXPIRED: &str = "The policy has expired; issue a new vault key.";

/// The circumstances of a judgement: `{ policy, spent_usd_cents?, now, usd_rates? }`.
pub(crate) struct Circumstances {
    pub(crate) policy: Policy,
    pub(crate) spent: Option<u64>,
    pub(crate) now: Instant,
    pub(crate) usd_rates: Vec<(Currency, Decimal)>,
}

impl Circumstances {
    pub(crate) const FIELDS: [&'static str; 4] = ["policy", "spent_usd_cents", "now", "usd_rates"];

    pub(crate) fn read(fields: &Fields<'_>) -> Result<Circumstances> {
        let policy = fields.required("policy", "the vault key's allowed_endpoints and daily_usd_cap")?;
        let now = fields.required("now", "the time of the call")?;
        Ok(Circumstances {
            policy: Policy::from_value(policy)?,
            spent: fields.get("spent_usd_cents").map(spent_cents).transpose()?,
            now: Instant::from_value(now, "now")?,
            usd_rates: fields.get("usd_rates").map(usd_rates).transpose()?.unwrap_or_default(),
        })
    }

    /// The rate at which a currency counts against the cap; dollars count as themselves.
    fn rate(&self, currency: Currency) -> Option<Decimal> {
        if currency == Currency::USD {
            return Decimal::parse("1");
        }
        self.usd_rates.iter().find(|(known, _)| *known == currency).map(|(_, rate)| *rate)
    }

    /// Judges one request, before which the caller spent `besides` in addition.
    pub(crate) fn judge(&self, spend: &Spend, besides: u64) -> Result<Decision> {
        Ok(self.judge_priced(spend.endpoint, &self.price(spend)?, besides))
    }

    /// The same for a request whose price is known, or known not to be.
    pub(crate) fn judge_priced(&self, endpoint: Endpoint, priced: &Priced, besides: u64) -> Decision {
        let policy = &self.policy;
        let remaining = self.remaining(besides);
        let (verdict, message) = if self.is_expired() {
            (Verdict::PolicyExpired, EXPIRED.to_string())
        } else if !policy.allows(endpoint) {
            (
                Verdict::EndpointNotAllowed,
                [&endpoint.label(), " is not on the allowlist (", &policy.allowlist(), ")."].joined(),
            )
        } else {
            match priced {
                Priced::AmountUnknown(why) => {
                    (Verdict::AmountUnknown, [&endpoint.label(), " ", why].joined())
                }
                Priced::RateMissing(currency) => (
                    Verdict::UsdRateMissing,
                    [
                        "The cap is in US dollars, the amount in ",
                        currency.code(),
                        ": give usd_rates with the dollars that one ",
                        currency.code(),
                        " is worth.",
                    ]
                    .joined(),
                ),
                Priced::Cents(cents) if policy.max_charge_usd_cents.is_some_and(|max| *cents > max) => (
                    Verdict::MaxChargeUsdExceeded,
                    [
                        &dollars(*cents),
                        " is more than the ",
                        &dollars(policy.max_charge_usd_cents.unwrap_or(0)),
                        " that one call may spend.",
                    ]
                    .joined(),
                ),
                Priced::Cents(cents) if *cents > remaining => (
                    Verdict::DailyUsdCapExceeded,
                    [
                        &dollars(*cents),
                        " is more than the ",
                        &dollars(remaining),
                        " left of the daily cap of ",
                        &dollars(policy.daily_usd_cap_cents),
                        ", which starts anew at ",
                        &self.now.next_utc_midnight().to_iso(),
                        ".",
                    ]
                    .joined(),
                ),
                Priced::Cents(cents) => (
                    Verdict::Allowed,
                    [&dollars(*cents), " of the ", &dollars(remaining), " left of the daily cap."].joined(),
                ),
            }
        };
        let cents = if let Priced::Cents(cents) = priced { Some(*cents) } else { None };
        self.decision(verdict, message, cents, besides)
    }

    /// Whether the policy allows nothing any more.
    pub(crate) fn is_expired(&self) -> bool {
        self.policy.expires_at.is_some_and(|end| self.now >= end)
    }

    /// What was spent in all, where somebody said what had been.
    fn spent(&self, besides: u64) -> Option<u64> {
        self.spent.map(|spent| spent.saturating_add(besides))
    }

    fn remaining(&self, besides: u64) -> u64 {
        let spent = self.spent(besides).unwrap_or(0);
        self.policy.daily_usd_cap_cents.saturating_sub(spent)
    }

    /// A decision with the figures of these circumstances.
    pub(crate) fn decision(
        &self,
        verdict: Verdict,
        message: String,
        amount_usd_cents: Option<u64>,
        besides: u64,
    ) -> Decision {
        Decision {
            verdict,
            message,
            amount_usd_cents,
            spent_usd_cents: self.spent(besides),
            cap_usd_cents: self.policy.daily_usd_cap_cents,
            remaining_usd_cents: self.spent.map(|_| self.remaining(besides)),
            resets_at: self.now.next_utc_midnight(),
        }
    }

    /// What a request would cost.
    pub(crate) fn price(&self, spend: &Spend) -> Result<Priced> {
        let Some(amount) = spend.amount else {
            let why = match (&spend.obscured_by, spend.endpoint.amount_source()) {
                (Some(name), _) => [
                    "cannot be priced where ",
                    name,
                    " is given: pre-check it with the amount and the currency that it moves.",
                ]
                .joined(),
                (None, AmountSource::None) => return Ok(Priced::Cents(0)),
                (None, AmountSource::Elsewhere(place)) => carried_by(place),
                (None, AmountSource::LineItems(_)) => carried_by("its line items' prices"),
                (None, AmountSource::Parameter(name) | AmountSource::ParameterOrPrice(name)) => {
                    ["needs the parameter ", name, ", given once."].joined()
                }
                (None, AmountSource::OptionalParameter(name)) => {
                    ["takes all there is where ", name, " is not given: give it."].joined()
                }
            };
            return Ok(Priced::AmountUnknown(why));
        };
        let Some(currency) = spend.currency else {
            return Ok(Priced::AmountUnknown("does not say its currency: give it as currency.".to_string()));
        };
        let Some(rate) = self.rate(currency) else { return Ok(Priced::RateMissing(currency)) };
        money::usd_cents(amount, currency, rate)
            .filter(|cents| *cents <= money::MAX_AMOUNT)
            .map(Priced::Cents)
            .ok_or_else(|| {
                Error::new(
                    Code::InvalidRate,
                    &join("usd_rates", currency.code()),
                    "makes an amount too large for any cap",
                )
            })
    }
}

fn carried_by(place: &str) -> String {
    ["does not carry its amount: fetch ", place, " first and pre-check that."].joined()
}

/// The price of a request, in US cents, or why it has none.
pub(crate) enum Priced {
    Cents(u64),
    AmountUnknown(String),
    RateMissing(Currency),
}

fn spent_cents(value: &Value) -> Result<u64> {
    let field = "spent_usd_cents";
    let (Value::Number(_) | Value::Text(_)) = value else {
        return Err(value.wrong(field, "an integer number of cents"));
    };
    money::scalar_text(value)
        .and_then(money::canonical_integer)
        .filter(|cents| *cents <= money::MAX_AMOUNT)
        .ok_or_else(|| {
            Error::new(
                Code::InvalidSpend,
                field,
                "is not an amount spent: give an integer number of US cents, at least 0",
            )
        })
}

/// The rates of `{ eur: 1.08 }`.
pub(crate) fn usd_rates(value: &Value) -> Result<Vec<(Currency, Decimal)>> {
    let Value::Map(rates) = value else {
        return Err(value.wrong("usd_rates", "an object such as { eur: 1.08 }"));
    };
    rates
        .iter()
        .filter(|(_, rate)| rate.is_given())
        .map(|(code, rate)| {
            let field = join("usd_rates", printable_name(code));
            let currency = Currency::parse(code).ok_or_else(|| currency_error(&field))?;
            let (Value::Number(_) | Value::Text(_)) = rate else {
                return Err(rate.wrong(&field, "a number or decimal text"));
            };
            let decimal = money::scalar_text(rate).and_then(Decimal::parse).filter(|rate| !rate.is_zero());
            let decimal = decimal.filter(|rate| currency != Currency::USD || rate.hundredths() == Some(100));
            let problem =
                "is not a rate: give the US dollars that one unit is worth, such as 1.08 or \"0.0067\"";
            Ok((currency, decimal.ok_or_else(|| Error::new(Code::InvalidRate, &field, problem))?))
        })
        .collect()
}

/// Pre-checks `{ policy, request | endpoint, amount?, currency?, spent_usd_cents?, now, usd_rates? }`, where
/// `request` is what [`crate::request::build`] made, or `{ endpoint, amount?, currency? }`.
///
/// # Errors
/// For input that cannot be judged; what is judged and refused is a [`Decision`].
pub fn precheck(input: &Value) -> Result<Decision> {
    let known = [&Circumstances::FIELDS[..], &["request"], &Spend::FIELDS].concat();
    let fields = Fields::open(input, "input", "", &known)?;
    let circumstances = Circumstances::read(&fields)?;
    circumstances.judge(&precheck_spend(&fields)?, 0)
}

/// What `{ request }` or `{ endpoint, amount?, currency? }` would spend.
pub(crate) fn precheck_spend(fields: &Fields<'_>) -> Result<Spend> {
    let Some(request) = fields.get("request") else { return Spend::of_fields(fields) };
    if let Some(name) = Spend::FIELDS.iter().find(|name| fields.get(name).is_some()) {
        let problem = "and request exclude each other: the request says what it is";
        return Err(Error::new(Code::ConflictingFields, name, problem));
    }
    if param(request, "url").is_some() {
        spend_of_request(request)
    } else {
        Spend::of_fields(&Fields::open(request, "request", "request", &Spend::FIELDS)?)
    }
}

fn spend_of_request(request: &Value) -> Result<Spend> {
    let known = ["method", "url", "headers", "body", "idempotency_key"];
    let fields = Fields::open(request, "request", "request", &known)?;
    let url = fields.required("url", "the URL")?.as_text("request.url")?;
    let method = fields.text("method")?.unwrap_or("POST");
    let not_an_endpoint = || {
        Error::new(
            Code::InvalidEndpoint,
            "request.url",
            "is not the URL of one of Stripe's v1 POST endpoints",
        )
    };
    let path = text::split_once(url, "://")
        .and_then(|(_, rest)| text::split_once(rest, "/v1/"))
        .map(|(_, path)| path);
    let endpoint =
        path.filter(|_| method == "POST").and_then(Endpoint::by_path).ok_or_else(not_an_endpoint)?;
    Spend::of_body(endpoint, fields.text("body")?.unwrap_or(""))
}
