//! A billing event: what is billed, to whom, for which period. The one thing a key is made from.

use crate::prelude::*;
use alloc::borrow::Cow;

use crate::endpoint::Endpoint;
use crate::error::{Code, Error, Result};
use crate::field::element;
use crate::money::{self, Currency, MAX_AMOUNT};
use crate::text::{self, has};
use crate::value::{Fields, Value};

/// The flow of an event that names none: the seed's fixed prefix.
pub const DEFAULT_FLOW: &str = "activepieces-billing";

/// Joins flow and branch in a v1 prefix.
const BRANCH_MARKER: &str = "-branch-";

/// JavaScript's largest exact integer: the bound of a loop index.
const MAX_SAFE_INTEGER: u64 = 9_007_199_254_740_991;

/// How a key's preimage is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scheme {
    /// Fields joined by `:`, as published by the pattern's author.
    #[default]
    V1,
    /// Length-prefixed fields, which binds currency and endpoint as well.
    V2,
}

/// The fields of a billing event as a caller fills them in; [`EventFields::check`] makes an [`Event`] of them.
#[derive(Clone, Debug, Default)]
pub struct EventFields<'a> {
    /// The customer that is billed, such as `cus_A100`.
    pub customer_id: &'a str,
    /// The amount in the currency's minor unit, 1 to 999999999999.
    pub amount_cents: u64,
    /// The period that is billed, in a form of its own that stays the same on every run, such as `2026-06`.
    pub billing_period: &'a str,
    /// The flow; [`DEFAULT_FLOW`] where `None`.
    pub flow: Option<&'a str>,
    /// The branch of a router in which the step sits.
    pub branch: Option<&'a str>,
    /// What sets apart several legitimate charges of one customer in one period, such as `upgrade`.
    pub charge_type: Option<&'a str>,
    /// The index of every loop around the step, outermost first.
    pub loop_index: Cow<'a, [u64]>,
    /// An id of the loop's item, which stays the same when the list's order changes.
    pub loop_item: Option<&'a str>,
    /// How the key is written.
    pub scheme: Scheme,
    /// The currency; scheme v2 only.
    pub currency: Option<&'a str>,
    /// The Stripe endpoint; scheme v2 only.
    pub endpoint: Option<&'a str>,
}

/// A valid billing event. Two different ones never share a preimage.
#[derive(Clone, Debug)]
pub struct Event<'a> {
    pub(crate) fields: EventFields<'a>,
    pub(crate) currency: Option<Currency>,
    pub(crate) endpoint: Option<Endpoint>,
}

/// The fields that are text, by name.
type Texts<'a> = [(&'static str, Option<&'a str>); 6];

impl<'a> EventFields<'a> {
    /// Checks every field.
    ///
    /// # Errors
    /// The first field that is missing, malformed or ambiguous, by [`Code`].
    pub fn check(self) -> Result<Event<'a>> {
        match self.scheme {
            Scheme::V1 => {
                self.check_v1()?;
                Ok(Event { fields: self, currency: None, endpoint: None })
            }
            Scheme::V2 => self.check_v2(),
        }
    }

    fn texts(&self) -> Texts<'a> {
        [
            ("customer_id", Some(self.customer_id)),
            ("billing_period", Some(self.billing_period)),
            ("flow", self.flow),
            ("branch", self.branch),
            ("charge_type", self.charge_type),
            ("loop_item", self.loop_item),
        ]
    }

    /// What every scheme refuses.
    fn check_common(&self, texts: &Texts<'_>) -> Result<()> {
        text::check("customer_id", self.customer_id)?;
        check_amount(self.amount_cents)?;
        for (name, field) in texts.iter().skip(1) {
            if let Some(field) = field {
                text::check(name, field)?;
            }
        }
        if self.loop_index.iter().any(|index| *index > MAX_SAFE_INTEGER) {
            return Err(loop_index_error("loop_index"));
        }
        Ok(())
    }

    /// What only a preimage joined by separators has to refuse, besides.
    pub(crate) fn check_v1(&self) -> Result<()> {
        let texts = self.texts();
        self.check_common(&texts)?;
        for (name, field) in texts {
            if field.is_some_and(|field| field.bytes().any(|byte| byte == b':')) {
                return Err(Error::new(
                    Code::ColonInField,
                    name,
                    "contains \":\", which separates the fields of a v1 key; use scheme \"v2\" or another spelling",
                ));
            }
        }
        if self.flow.is_some() || self.branch.is_some() {
            check_branch_seam(self.flow_name(), self.branch)?;
        }
        if self.charge_type.is_some_and(|kind| kind.starts_with("loop_") || kind.starts_with("item_")) {
            return Err(Error::new(
                Code::ChargeTypeLikeSuffix,
                "charge_type",
                "starts like a loop or item suffix of a v1 key; use another name or scheme \"v2\"",
            ));
        }
        for (name, field) in [("currency", self.currency), ("endpoint", self.endpoint)] {
            if field.is_some() {
                return Err(not_in_v1(name));
            }
        }
        Ok(())
    }

    pub(crate) fn flow_name(&self) -> &'a str {
        self.flow.unwrap_or(DEFAULT_FLOW)
    }

    fn check_v2(self) -> Result<Event<'a>> {
        self.check_common(&self.texts())?;
        let currency = match self.currency {
            Some(code) => Some(Currency::parse(code).ok_or_else(|| currency_error("currency"))?),
            None => None,
        };
        let endpoint = self.endpoint.map(|name| Endpoint::named(name, "endpoint")).transpose()?;
        Ok(Event { fields: self, currency, endpoint })
    }
}

impl<'a> Event<'a> {
    /// The event as one of its calls has it for a key. A charge is the event itself. Stripe's keys are not scoped to an endpoint, so
    /// every other call has scheme v2, which binds the endpoint: a key that no other call can have, nor any event of v1.
    #[must_use]
    pub fn for_call(mut self, endpoint: Endpoint) -> Event<'a> {
        if !endpoint.is("charges") {
            self.fields.scheme = Scheme::V2;
            self.endpoint = self.endpoint.or(Some(endpoint));
        }
        self
    }
}

fn check_amount(amount: u64) -> Result<()> {
    if (1..=MAX_AMOUNT).contains(&amount) { Ok(()) } else { Err(amount_error("amount_cents")) }
}

/// The refusal of what says something else than the event.
pub(crate) fn mismatch(field: &str) -> Error {
    let problem =
        "is not what the event has, and the key is made from the event: change the event, or leave this out";
    Error::new(Code::EventMismatch, field, problem)
}

/// `-branch-` may stand at the seam of flow and branch alone, or two events could share a prefix.
fn check_branch_seam(flow: &str, branch: Option<&str>) -> Result<()> {
    let refuse = |field| {
        Err(Error::new(
            Code::BranchMarkerInField,
            field,
            "makes \"-branch-\" appear where it does not join flow and branch; rename it or use scheme \"v2\"",
        ))
    };
    if has(flow, BRANCH_MARKER) || (branch.is_some() && flow.ends_with("-branch")) {
        return refuse("flow");
    }
    match branch {
        Some(branch) if has(branch, BRANCH_MARKER) || branch.starts_with("branch-") => refuse("branch"),
        _ => Ok(()),
    }
}

pub(crate) fn amount_error(field: &str) -> Error {
    Error::new(
        Code::InvalidAmount,
        field,
        "is not an amount: give an integer of the currency's minor unit from 1 to 999999999999, as in 4900 for $49.00",
    )
}

pub(crate) fn currency_error(field: &str) -> Error {
    Error::new(
        Code::InvalidCurrency,
        field,
        "is not a currency that Stripe knows: give its three-letter code in lower case, such as \"usd\"",
    )
}

fn loop_index_error(field: &str) -> Error {
    Error::new(
        Code::InvalidLoopIndex,
        field,
        "is not a loop index: give an integer of at least 0, or a list of them, outermost loop first",
    )
}

fn not_in_v1(field: &str) -> Error {
    Error::new(
        Code::NotInSchemeV1,
        field,
        "is no part of a v1 key: leave it out (the request's parameters carry it), or use scheme \"v2\"",
    )
}

/// The names of an event's fields.
pub(crate) const EVENT_FIELDS: [&str; 11] = [
    "customer_id",
    "amount_cents",
    "billing_period",
    "flow",
    "branch",
    "charge_type",
    "loop_index",
    "loop_item",
    "scheme",
    "currency",
    "endpoint",
];

/// Reads an event that a host handed over; `path` stands before the field's name in a refusal.
///
/// # Errors
/// As [`EventFields::check`], and for missing, unknown or wrongly typed fields.
pub fn from_value<'a>(value: &'a Value<'a>, path: &str) -> Result<Event<'a>> {
    if !matches!(value, Value::Map(_)) {
        return Err(value.wrong(if path.is_empty() { "event" } else { path }, "an object"));
    }
    read(value).map_err(|error| error.within(path))
}

fn read<'a>(value: &'a Value<'a>) -> Result<Event<'a>> {
    let fields = Fields::open(value, "event", "", &EVENT_FIELDS)?;
    EventFields {
        customer_id: fields
            .required("customer_id", "the customer, such as \"cus_A100\"")?
            .as_text("customer_id")?,
        amount_cents: amount(fields.required("amount_cents", "the amount in cents, such as 4900")?)?,
        billing_period: fields
            .required("billing_period", "the period, such as \"2026-06\"")?
            .as_text("billing_period")?,
        flow: optional_text(&fields, "flow")?,
        branch: optional_text(&fields, "branch")?,
        charge_type: optional_text(&fields, "charge_type")?,
        loop_index: loop_index(&fields)?.into(),
        loop_item: optional_text(&fields, "loop_item")?,
        scheme: scheme(&fields)?,
        currency: optional_text(&fields, "currency")?,
        endpoint: optional_text(&fields, "endpoint")?,
    }
    .check()
}

fn amount(value: &Value) -> Result<u64> {
    let field = "amount_cents";
    match value {
        Value::Text(text) => {
            text::check(field, text)?;
            money::canonical_integer(text).ok_or_else(|| amount_error(field))
        }
        Value::Number(text) => money::canonical_integer(text).ok_or_else(|| amount_error(field)),
        other => Err(other.wrong(field, "an integer or its decimal text")),
    }
}

/// An optional field of an event. Unlike elsewhere, `undefined` is refused: it is what a mistyped reference
/// gives, and leaving the field out in silence would let two charges share a key.
fn optional_text<'a>(fields: &Fields<'a>, name: &str) -> Result<Option<&'a str>> {
    optional(fields, name)?.map(|value| value.as_text(name)).transpose()
}

fn optional<'a>(fields: &Fields<'a>, name: &str) -> Result<Option<&'a Value<'a>>> {
    match fields.raw(name) {
        Some(Value::Undefined) => Err(Error::new(
            Code::UnresolvedReference,
            name,
            "is undefined; check what it refers to, or leave the field out",
        )),
        other => Ok(other),
    }
}

fn scheme(fields: &Fields<'_>) -> Result<Scheme> {
    match optional_text(fields, "scheme")? {
        None | Some("v1") => Ok(Scheme::V1),
        Some("v2") => Ok(Scheme::V2),
        Some(_) => {
            Err(Error::new(Code::InvalidScheme, "scheme", "is not a key scheme: give \"v1\" or \"v2\""))
        }
    }
}

fn loop_index(fields: &Fields<'_>) -> Result<Vec<u64>> {
    let field = "loop_index";
    let one = |value: &Value| match value {
        Value::Text(text) => {
            text::check("", text)?;
            money::canonical_integer(text).ok_or_else(|| loop_index_error(""))
        }
        Value::Number(text) => money::canonical_integer(text).ok_or_else(|| loop_index_error("")),
        other => Err(other.wrong("", "an integer or a list of them")),
    };
    let mut indices = Vec::new();
    match optional(fields, field)? {
        None => {}
        Some(Value::List(list)) if list.is_empty() => return Err(loop_index_error(field)),
        Some(Value::List(list)) => {
            for (at, value) in list.iter().enumerate() {
                indices.push(one(value).map_err(|error| error.within(&element(field, at)))?);
            }
        }
        Some(value) => indices.push(one(value).map_err(|error| error.within(field))?),
    }
    Ok(indices)
}
