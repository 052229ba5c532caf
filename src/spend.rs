//! What a request would spend, read as Stripe reads it.

use crate::endpoint::{AmountSource, Endpoint};
use crate::error::{Code, Error, Result};
use crate::field::printable_name;
use crate::form;
use crate::line_items::{self, PRICE, is_price};
use crate::money::Currency;
use crate::params::{self, Given, amount_size, base_name, currency};
use crate::prelude::*;
use crate::value::{Fields, Value};

/// What a request would spend.
#[derive(Clone, Debug)]
pub(crate) struct Spend {
    pub(crate) endpoint: Endpoint,
    /// In minor units; a credit counts by its size. `None` where the request does not say.
    pub(crate) amount: Option<u64>,
    pub(crate) currency: Option<Currency>,
    /// The parameter because of which the amount cannot be read.
    pub(crate) obscured_by: Option<String>,
}

impl Spend {
    pub(crate) const FIELDS: [&'static str; 3] = ["endpoint", "amount", "currency"];

    /// Of `{ endpoint, amount?, currency? }`.
    pub(crate) fn of_fields(fields: &Fields<'_>) -> Result<Spend> {
        let at = fields.at("endpoint");
        let name =
            fields.required("endpoint", "one such as \"POST /v1/charges\", or a request")?.as_text(&at)?;
        let endpoint = Endpoint::named(name, &at)?;
        let amount = match fields.get("amount") {
            Some(value) => Some(amount_size(value, endpoint, &fields.at("amount"))?),
            None => None,
        };
        let currency = match fields.get("currency") {
            Some(value) => Some(currency(value, &fields.at("currency"))?),
            None => None,
        };
        Ok(Spend { endpoint, amount, currency, obscured_by: None })
    }

    /// Of an encoded body.
    pub(crate) fn of_body(endpoint: Endpoint, body: &str) -> Result<Spend> {
        let pairs = decode(body)?;
        Spend::of_params(endpoint, &Value::Map(params::of_pairs(&pairs)), body)
    }

    /// Of parameters, which `body` has encoded. One that is given twice, or as a list, counts as not given: nobody should rely on
    /// which of them is meant.
    pub(crate) fn of_params(endpoint: Endpoint, params: &Value, body: &str) -> Result<Spend> {
        let Value::Map(entries) = params else { return Err(params.wrong("params", "an object")) };
        let mut spend = Spend { endpoint, amount: None, currency: None, obscured_by: None };
        if let Some(code) = Given::of(entries, "currency").once() {
            spend.currency = Some(currency(code, "params.currency")?);
        }
        let has = |name: &str| Given::of(entries, name).is_any();
        let source = endpoint.amount_source();
        let priced_by = match source {
            AmountSource::LineItems(list) => Some(list),
            AmountSource::ParameterOrPrice(amount) if has(PRICE) && !has(amount) => Some(""),
            _ => None,
        };
        let entry = endpoint.entry();
        let obscured_by = entries.iter().find(|(name, value)| {
            let name = base_name(name);
            let is_known_price = priced_by == Some("") && is_price(name);
            // What is not known may add to a total.
            let obscures = entry.is_obscured_by(name) || (priced_by.is_some() && !entry.has_parameter(name));
            obscures && !is_known_price && value.is_given()
        });
        if let Some((name, _)) = obscured_by {
            spend.obscured_by = Some(printable_name(base_name(name)).to_string());
        } else if let Some(list) = priced_by {
            if let Some((amount, own)) = line_items::total(&decode(body)?, list)
                && spend.currency.is_none_or(|given| given == own)
            {
                spend.amount = Some(amount);
                spend.currency = Some(own);
            }
        } else if let Some(value) = source.parameter().and_then(|name| Given::of(entries, name).once()) {
            spend.amount = amount_size(value, endpoint, "").ok();
        }
        Ok(spend)
    }
}

fn decode(body: &str) -> Result<Vec<(String, String)>> {
    form::decode(body).ok_or_else(|| {
        let problem = "is not form-encoded: give the body as buildRequest made it";
        Error::new(Code::UnreadableInput, "request.body", problem)
    })
}
