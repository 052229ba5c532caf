//! What a guard fills in: the parameters that the event knows and the endpoint has.

use core::mem;

use crate::endpoint::{AmountSource, Endpoint};
use crate::error::Result;
use crate::event::{Event, mismatch};
use crate::money::{Currency, Digits};
use crate::params::{Given, base_name, only};
use crate::prelude::*;
use crate::value::Value;

/// The texts of an event that parameters are made of.
pub(crate) struct Known<'e> {
    event: &'e Event<'e>,
    amount: Digits,
    description: String,
}

impl<'e> Known<'e> {
    pub(crate) fn of(event: &'e Event<'e>) -> Known<'e> {
        Known {
            event,
            amount: Digits::of(event.fields.amount_cents),
            description: ["Renewal for ", event.fields.billing_period].joined(),
        }
    }

    /// Stripe's parameters for a call: the event's, and those given, which may repeat them and not contradict them.
    pub(crate) fn fill<'p>(&'p self, endpoint: Endpoint, given: Value<'p>) -> Result<Value<'p>> {
        let mut entries = match given {
            Value::Map(entries) => entries,
            other => return Err(other.wrong("params", "an object")),
        };
        self.check(endpoint, &entries).map_err(|error| error.within("params"))?;
        let entry = endpoint.entry();
        let customer = self.event.fields.customer_id;
        let gives = |name: &str| Given::of(&entries, name).is_any();
        let mut params = Vec::with_capacity(entries.len().saturating_add(4));
        if let Some(name) = entry.amount_source().parameter() {
            let said_otherwise =
                entries.iter().any(|(name, value)| value.is_given() && entry.is_obscured_by(base_name(name)));
            if entry.fills_amount() && !said_otherwise {
                params.push((name, Value::Number(&self.amount)));
                let needs_currency = !matches!(entry.amount_source(), AmountSource::OptionalParameter(_));
                if needs_currency && entry.has_parameter("currency") {
                    let currency = self.event.currency.as_ref().map_or("usd", Currency::code);
                    params.push(("currency", Value::Text(currency)));
                }
            }
        }
        // Stripe takes one of these alone.
        if entry.fills_customer() && !gives("customer_account") && !gives("customer_email") {
            params.push(("customer", Value::Text(customer)));
        }
        if entry.fills_description() {
            params.push(("description", Value::Text(&self.description)));
        }
        for (name, value) in &mut entries {
            let value = mem::replace(value, Value::Undefined);
            match params.iter_mut().find(|(own, _)| own == name) {
                Some(_) if !value.is_given() => {}
                Some((_, own)) => *own = value,
                None => params.push((*name, value)),
            }
        }
        Ok(Value::Map(params))
    }

    fn check(&self, endpoint: Endpoint, entries: &[(&str, Value<'_>)]) -> Result<()> {
        if let Some(name) = endpoint.amount_source().parameter() {
            self.check_amount(only(entries, name)?, name)?;
        }
        check_customer(self.event, entries)
    }

    /// Refuses an amount that is not the event's.
    pub(crate) fn check_amount(&self, given: Option<&Value>, field: &str) -> Result<()> {
        match given {
            Some(Value::Number(text)) => check_same(Some(&Value::Text(text)), &self.amount, field),
            other => check_same(other, &self.amount, field),
        }
    }
}

/// Refuses a customer that is not the event's.
pub(crate) fn check_customer(event: &Event<'_>, entries: &[(&str, Value<'_>)]) -> Result<()> {
    ["customer", "customer_account"]
        .into_iter()
        .try_for_each(|name| check_same(only(entries, name)?, event.fields.customer_id, name))
}

fn check_same(given: Option<&Value>, own: &str, field: &str) -> Result<()> {
    match given {
        None => Ok(()),
        Some(Value::Text(text) | Value::BigInt(text)) if *text == own => Ok(()),
        Some(Value::Text(_) | Value::BigInt(_)) => Err(mismatch(field)),
        Some(other) => Err(other.wrong(field, "what the event has")),
    }
}
