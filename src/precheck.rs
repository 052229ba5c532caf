//! Whether a request may be sent: the same judgement before sending as at the edge.

use crate::prelude::*;

use crate::endpoint::{AmountSource, Endpoint};
use crate::error::{Code, Error, Result};
use crate::event::currency_error;
use crate::field::{join, printable_name};
use crate::form;
use crate::json;
use crate::money::{self, Currency, Decimal, dollars};
use crate::policy::Policy;
use crate::request::{currency_of, param};
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
            o.bool("allowed", self.allowed());
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

/// What a request would spend.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spend {
    pub(crate) endpoint: Endpoint,
    /// In minor units; a credit counts by its size. `None` where the request does not say.
    pub(crate) amount: Option<u64>,
    pub(crate) currency: Option<Currency>,
}

impl Spend {
    /// Whether the request leaves the amount to what Stripe knows.
    pub(crate) fn takes_all(&self) -> bool {
        matches!(
            self.endpoint.amount_source(),
            AmountSource::OptionalParameter(_) | AmountSource::Elsewhere(_)
        )
    }
}

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

    /// Judges one request.
    pub(crate) fn judge(&self, spend: &Spend) -> Result<Decision> {
        Ok(self.judge_priced(spend.endpoint, &self.price(spend)?))
    }

    /// Judges a request whose price is known, or known not to be.
    pub(crate) fn judge_priced(&self, endpoint: Endpoint, priced: &Priced) -> Decision {
        let policy = &self.policy;
        let remaining = policy.daily_usd_cap_cents.saturating_sub(self.spent.unwrap_or(0));
        let (verdict, message) = if policy.expires_at.is_some_and(|end| self.now >= end) {
            (Verdict::PolicyExpired, "The policy has expired; issue a new vault key.".to_string())
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
        Decision {
            verdict,
            message,
            amount_usd_cents: if let Priced::Cents(cents) = priced { Some(*cents) } else { None },
            spent_usd_cents: self.spent,
            cap_usd_cents: policy.daily_usd_cap_cents,
            remaining_usd_cents: self.spent.map(|_| remaining),
            resets_at: self.now.next_utc_midnight(),
        }
    }

    /// What a request would cost.
    pub(crate) fn price(&self, spend: &Spend) -> Result<Priced> {
        let Some(amount) = spend.amount else {
            return Ok(match spend.endpoint.amount_source() {
                AmountSource::None => Priced::Cents(0),
                AmountSource::Elsewhere(place) => Priced::AmountUnknown(
                    ["does not carry its amount: fetch ", place, " first and pre-check that."].joined(),
                ),
                AmountSource::Parameter(name) => {
                    Priced::AmountUnknown(["needs the parameter ", name, ", given once."].joined())
                }
                AmountSource::OptionalParameter(name) => Priced::AmountUnknown(
                    ["takes all there is where ", name, " is not given: give it."].joined(),
                ),
            });
        };
        let Some(currency) = spend.currency else {
            return Ok(Priced::AmountUnknown(
                "does not say its currency: pre-check it with one.".to_string(),
            ));
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
        .filter(|(_, rate)| *rate != Value::Undefined)
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
    let known = [&Circumstances::FIELDS[..], &["request"], &SPEND_FIELDS].concat();
    let fields = Fields::open(input, "input", "", &known)?;
    let circumstances = Circumstances::read(&fields)?;
    circumstances.judge(&precheck_spend(&fields)?)
}

/// What `{ request }` or `{ endpoint, amount?, currency? }` would spend.
pub(crate) fn precheck_spend(fields: &Fields<'_>) -> Result<Spend> {
    match fields.get("request") {
        None => spend_of_fields(fields),
        Some(request) => {
            if let Some(name) = SPEND_FIELDS.iter().find(|name| fields.get(name).is_some()) {
                let problem = "and request exclude each other: the request says what it is";
                return Err(Error::new(Code::ConflictingFields, name, problem));
            }
            if param(request, "url").is_some() {
                spend_of_request(request)
            } else {
                spend_of_fields(&Fields::open(request, "request", "request", &SPEND_FIELDS)?)
            }
        }
    }
}

pub(crate) const SPEND_FIELDS: [&str; 3] = ["endpoint", "amount", "currency"];

fn spend_of_fields(fields: &Fields<'_>) -> Result<Spend> {
    let at = fields.at("endpoint");
    let name = fields.required("endpoint", "one such as \"POST /v1/charges\", or a request")?.as_text(&at)?;
    let endpoint = Endpoint::named(name, &at)?;
    let currency = match fields.text("currency")? {
        None => None,
        Some(code) => {
            let known = Currency::parse(&code.to_ascii_lowercase());
            Some(known.ok_or_else(|| currency_error(&fields.at("currency")))?)
        }
    };
    let amount = match fields.get("amount") {
        None => None,
        Some(value) => Some(amount_size(value, endpoint).ok_or_else(|| match value {
            Value::Number(_) | Value::Text(_) => crate::event::amount_error(&fields.at("amount")),
            other => other.wrong(&fields.at("amount"), "an integer or its decimal text"),
        })?),
    };
    Ok(Spend { endpoint, amount, currency })
}

/// The size of an amount. A credit to a customer is money too: it counts by its size, never below 0.
fn amount_size(value: &Value, endpoint: Endpoint) -> Option<u64> {
    let size = money::integer(value, endpoint.takes_negative_amounts())?.unsigned_abs();
    (1..=money::MAX_AMOUNT).contains(&size).then_some(size)
}

/// What the parameters of a call would spend.
pub(crate) fn spend_of_params(endpoint: Endpoint, params: &Value) -> Result<Spend> {
    let value = endpoint.amount_source().parameter().and_then(|name| param(params, name));
    let amount = value.and_then(|value| amount_size(value, endpoint));
    Ok(Spend { endpoint, amount, currency: currency_of(params)? })
}

/// Reads a built request as Stripe would. A parameter that is given twice, or as a list, counts as not given:
/// nobody should rely on which of them is meant.
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
    let body = fields.text("body")?.unwrap_or("");
    let pairs = form::decode(body).ok_or_else(|| {
        Error::new(
            Code::UnreadableInput,
            "request.body",
            "is not form-encoded: give the body as buildRequest made it",
        )
    })?;
    let once = |name: &str| {
        let mut named = pairs.iter().filter(|(key, _)| key.split('[').next() == Some(name));
        match (named.next(), named.next()) {
            (Some((key, value)), None) if key == name => Some((key.as_str(), Value::Text(value))),
            _ => None,
        }
    };
    let names = [endpoint.amount_source().parameter(), Some("currency")];
    spend_of_params(endpoint, &Value::Map(names.into_iter().flatten().filter_map(once).collect()))
}
