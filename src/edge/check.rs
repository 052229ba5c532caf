//! What is asked of the edge beside Stripe's calls: `POST /check`, the decision on a call that is not made, and
//! `PUT /event-keys/{id}`, the key that an event was first given.

use super::decide;
use super::rows::read_totals;
use super::vault::VaultPolicy;
use crate::error::{Code, Error, Result};
use crate::precheck::{Circumstances, precheck_spend, usd_rates};
use crate::prelude::*;
use crate::request;
use crate::spend::Spend;
use crate::text;
use crate::time::Instant;
use crate::value::{Fields, Value};

/// What `{ vault, today, now }` say of a vault key: whether it is revoked, and what it is judged by.
fn standing(fields: &Fields<'_>) -> Result<(bool, Circumstances)> {
    let vault = fields.required("vault", "the vault key")?;
    let vault = Fields::open(vault, "vault", "vault", &["policy", "revoked"])?;
    let policy = VaultPolicy::read(vault.required("policy", "its policy")?)?;
    let now = Instant::from_value(fields.required("now", "the time")?, "now")?;
    let today = read_totals(fields.required("today", "the day's totals")?, "today")?;
    Ok((vault.bool("revoked")? == Some(true), policy.at(now, today.counted())))
}

/// Judges `{ given, vault, today, now }`, where `given` is `{ request }`, `{ endpoint, amount?, currency? }` or a built request
/// itself, each with `usd_rates?`. Nothing is reserved. Answers with the decision.
///
/// # Errors
/// For what cannot be judged.
pub fn check(input: &Value) -> Result<String> {
    let fields = Fields::open(input, "input", "", &["given", "vault", "today", "now"])?;
    let (_, mut circumstances) = standing(&fields)?;
    let Some(given) = fields.get("given") else {
        return Err(Error::new(Code::WrongType, "body", "must be a JSON object: the call to judge"));
    };
    if let Value::Map(members) = given
        && members.iter().any(|(name, _)| *name == "url")
    {
        let wrapped = Value::Map(Vec::from([("request", given.clone())]));
        let call = Fields::open(&wrapped, "body", "", &["request"])?;
        return Ok(circumstances.judge(&precheck_spend(&call)?, 0)?.to_json());
    }
    let known = [&["request", "usd_rates", "policy", "spent_usd_cents", "now"][..], &Spend::FIELDS].concat();
    let call = Fields::open(given, "body", "", &known)?;
    for theirs in ["policy", "spent_usd_cents", "now"] {
        if call.get(theirs).is_some() {
            let problem = "is the edge's own to know: leave it out";
            return Err(Error::new(Code::ConflictingFields, theirs, problem));
        }
    }
    if let Some(rates) = call.get("usd_rates") {
        circumstances.usd_rates = usd_rates(rates)?;
    }
    Ok(circumstances.judge(&precheck_spend(&call)?, 0)?.to_json())
}

/// What a vault key that is revoked or expired is answered, of `{ vault, today, now }`; `null` for one that is neither.
///
/// # Errors
/// For rows or a policy that the edge did not write.
pub fn ended(input: &Value) -> Result<String> {
    let fields = Fields::open(input, "input", "", &["vault", "today", "now"])?;
    let (revoked, circumstances) = standing(&fields)?;
    let mut out = String::new();
    match decide::ended(revoked, &circumstances) {
        Some(why) => why.answer(&circumstances, None).write_json(&mut out),
        None => out.push_str("null"),
    }
    Ok(out)
}

/// Checks `{ external_event_id, idempotency_key }` before one is pinned to the other.
///
/// # Errors
/// For an id that is no text of 1 to 255 bytes, and for what is no idempotency key.
pub fn check_pin(input: &Value) -> Result<String> {
    let fields = Fields::open(input, "body", "", &["external_event_id", "idempotency_key"])?;
    let field = "external_event_id";
    let Some(event) = fields.get(field) else {
        return Err(Error::new(Code::UnreadableInput, field, "is not UTF-8 in percent-encoding"));
    };
    let event = event.as_text(field)?;
    text::check(field, event)?;
    if event.len() > 255 {
        return Err(Error::new(Code::InputTooLarge, field, "is longer than 255 bytes"));
    }
    let key = fields.required("idempotency_key", "the key to pin")?.as_text("idempotency_key")?;
    request::check_key(key)?;
    Ok("null".to_string())
}
