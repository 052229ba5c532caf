//! A call through the edge, from its arrival to the decision what to do with it.

use super::incoming::Incoming;
use super::params::Params;
use super::refusal::Answer;
use super::rows::{Object, ms_of, read_entry, read_totals, write_entry, write_totals};
use super::subject::Subject;
use super::vault::VaultPolicy;
use crate::endpoint::{AmountSource, Endpoint};
use crate::error::Result;
use crate::json;
use crate::ledger::{Arrival, Call, Entry, Totals};
use crate::precheck::{Decision, EXPIRED, Priced, Verdict};
use crate::prelude::*;
use crate::spend::Spend;
use crate::time::Instant;
use crate::value::{Fields, Value};

/// What is to be done with a call. Rows in it are written in the transaction that read the others.
enum Effect {
    /// Read the row of this object, and decide again with it (or with null).
    NeedObject(String),
    /// Ask Stripe for this path, learn the object from the answer, and decide again.
    LookUp(String),
    /// Forward what moves no money.
    Read(Outgoing),
    /// Write the rows, then forward.
    Send { outgoing: Outgoing, entry: Entry, totals: Totals, again: bool },
    /// Wait for the request that is under way with this key.
    Wait,
    /// Answer with what is kept for this key.
    Replay,
    /// Answer at once.
    Answer(Answer),
}

/// The request as it is forwarded, but for the Authorization header.
struct Outgoing {
    method: String,
    path: String,
    headers: Vec<(&'static str, String)>,
    body: String,
}

/// What is known of a call whatever becomes of it.
#[derive(Default)]
struct Seen {
    attempted: String,
    key: Option<String>,
    subject: Option<String>,
    amount: Option<u64>,
    reason: &'static str,
}

/// Decides on `{ request, vault, today, now, entry?, entry_day?, object?, looked_up?, under_way?, own_key }`, where `vault` is
/// `{ policy, revoked }` and `own_key` the key that a call without one gets, where its policy permits that. Answers with JSON.
///
/// # Errors
/// For rows or a policy that the edge did not write.
pub fn arrive(input: &Value) -> Result<String> {
    let known = [
        "request",
        "vault",
        "today",
        "now",
        "entry",
        "entry_day",
        "object",
        "looked_up",
        "under_way",
        "own_key",
    ];
    let fields = Fields::open(input, "input", "", &known)?;
    let mut seen = Seen { reason: "allowed", ..Seen::default() };
    let effect = decide(&fields, &mut seen)?;
    if let Effect::Answer(answer) = &effect {
        seen.reason = answer.reason;
    }
    Ok(to_json(&effect, &seen))
}

fn decide(fields: &Fields<'_>, seen: &mut Seen) -> Result<Effect> {
    let refuse = |answer| Ok(Effect::Answer(answer));
    let request = fields.required("request", "the request")?;
    let incoming = Incoming::read(request)?;
    seen.attempted.clone_from(&incoming.attempted);
    let vault = fields.required("vault", "the vault key")?;
    let vault = Fields::open(vault, "vault", "vault", &["policy", "revoked"])?;
    if vault.bool("revoked")? == Some(true) {
        return refuse(Answer::refusal(401, "vault_key_revoked", "This vault key is revoked."));
    }
    let policy = VaultPolicy::read(vault.required("policy", "its policy")?)?;
    let now = Instant::from_value(fields.required("now", "the time")?, "now")?;
    let today = read_totals(fields.required("today", "the day's totals")?, "today")?;
    let circumstances = policy.at(now, today.counted());
    // What a call would be refused for in any case comes before what is wrong with its form.
    let decided = |decision: &Decision| {
        Effect::Answer(Answer::of_decision(decision, &policy.allowed(), &incoming.attempted))
    };
    if circumstances.is_expired() {
        let expired = circumstances.decision(Verdict::PolicyExpired, EXPIRED.to_string(), None, 0);
        return Ok(decided(&expired));
    }
    let reading = incoming.method == "GET" && !incoming.path.is_empty() && policy.may_read(incoming.path);
    if !reading && incoming.endpoint.is_none_or(|endpoint| !policy.policy.allows(endpoint)) {
        let allowed = policy.allowed();
        let allowed: Vec<&str> = allowed.iter().map(String::as_str).collect();
        let list = if allowed.is_empty() { "it is empty".to_string() } else { allowed.listed() };
        let message = [&incoming.attempted, " is not on the allowlist (", &list, ")."].joined();
        let verdict = Verdict::EndpointNotAllowed;
        return Ok(decided(&circumstances.decision(verdict, message, None, 0)));
    }
    let checked = (|| {
        let account = incoming.account(policy.policy.stripe_account.as_deref())?;
        Ok((incoming.params()?, account, incoming.version()?, incoming.key()?))
    })();
    let (params, account, version, key) = match checked {
        Ok(checked) => checked,
        Err(answer) => return refuse(answer),
    };
    let mut outgoing = Outgoing::new(&incoming, &params);
    outgoing.add("Stripe-Account", account);
    outgoing.add("Stripe-Version", version);
    let Some(endpoint) = incoming.endpoint else { return Ok(Effect::Read(outgoing)) };
    let key = match key {
        Some(key) => key,
        None if policy.policy.require_idempotency_key => {
            let message = "Send an Idempotency-Key made from the billing event, or a retry would bill again.";
            return refuse(Answer::refusal(400, "idempotency_key_required", message));
        }
        None => fields.text("own_key")?.unwrap_or(""),
    };
    seen.key = Some(key.to_string());
    outgoing.add("Idempotency-Key", Some(key));

    let subject = Subject::of(&incoming, &params);
    seen.subject = subject.as_ref().map(|subject| subject.id.clone());
    let entry = fields.get("entry").map(read_entry).transpose()?;
    let entry_day = match fields.get("entry_day") {
        Some(day) => read_totals(day, "entry_day")?,
        None => today,
    };
    let mut call = Call {
        fingerprint: incoming.fingerprint(&params, account),
        cents: 0,
        cap: policy.policy.daily_usd_cap_cents,
        now_ms: ms_of(now),
        under_way: fields.bool("under_way")?.unwrap_or(false),
    };
    if entry.is_none() {
        let object = match (fields.get("object"), &subject) {
            (None, Some(subject)) => return Ok(Effect::NeedObject(subject.id.clone())),
            (None | Some(Value::Null), _) | (_, None) => None,
            (Some(row), Some(_)) => Some(Object::read(row)?),
        };
        let mut spend = spend_of(endpoint, &params);
        let (takes_all, takes_currency) = taken_from_object(&spend, &params);
        if let (None, Some(subject)) = (&object, &subject)
            && ((takes_all && spend.amount.is_none()) || (takes_currency && spend.currency.is_none()))
            && fields.bool("looked_up")? != Some(true)
        {
            return Ok(Effect::LookUp(subject.path.clone()));
        }
        if let Some(object) = &object {
            spend.amount = spend.amount.or(Some(object.amount).filter(|_| takes_all));
            spend.currency = spend.currency.or(Some(object.currency).filter(|_| takes_currency));
        }
        let covered = match (&object, &subject) {
            (Some(object), Some(subject)) if subject.covers => object.cents,
            _ => 0,
        };
        let priced = match circumstances.price(&spend) {
            Ok(Priced::Cents(cents)) => Priced::Cents(cents.saturating_sub(covered)),
            Ok(unpriced) => unpriced,
            // A rate that makes an amount too large for any cap.
            Err(error) => return refuse(Answer::refusal(422, "invalid_rate", &error.message())),
        };
        let decision = circumstances.judge_priced(endpoint, &priced, 0);
        seen.amount = decision.amount_usd_cents;
        if !decision.allowed() {
            return Ok(decided(&decision));
        }
        call.cents = decision.amount_usd_cents.unwrap_or(0);
    } else {
        seen.amount = entry.as_ref().map(|entry| entry.cents);
    }
    Ok(match Entry::arrive(entry.as_ref(), &today, &entry_day, &call) {
        Arrival::Send(entry, totals) => Effect::Send { outgoing, entry, totals, again: false },
        Arrival::SendAgain(entry, totals) => Effect::Send { outgoing, entry, totals, again: true },
        Arrival::Wait => Effect::Wait,
        Arrival::Replay => {
            seen.reason = "replayed";
            Effect::Replay
        }
        Arrival::Conflict => {
            let message = [
                "Keys for idempotent requests can only be used with the same parameters they were first used with. ",
                "Try using a key other than '",
                key,
                "' if you meant to execute a different request.",
            ];
            Effect::Answer(Answer::key_reused(&message.joined()))
        }
        Arrival::OutcomeUnknown => Effect::Answer(Answer::refusal(
            409,
            "outcome_unknown",
            "Whether this key was executed is not known, and Stripe may have forgotten it: look for the object at Stripe before billing anew with another key.",
        )),
        // The decision above found room, from the same totals.
        Arrival::OverCap => decided(&circumstances.judge_priced(endpoint, &Priced::Cents(call.cents), 0)),
    })
}

/// Whether a call leaves its amount to the object that it is about, and its currency. What was given and cannot be read is
/// not the same as what was left out.
fn taken_from_object(spend: &Spend, params: &Params) -> (bool, bool) {
    let source = spend.endpoint.amount_source();
    let may_leave_out = matches!(source, AmountSource::OptionalParameter(_) | AmountSource::Elsewhere(_));
    let all = may_leave_out
        && spend.obscured_by.is_none()
        && source.parameter().is_none_or(|name| !params.has(name));
    // Who may add to an authorisation has no say in its currency.
    let has_none = source != AmountSource::None && !spend.endpoint.entry().has_parameter("currency");
    (all, (may_leave_out || has_none) && !params.has("currency"))
}

/// What the parameters would spend, read from the very text that is forwarded.
fn spend_of(endpoint: Endpoint, params: &Params) -> Spend {
    let unreadable = || Spend {
        endpoint,
        amount: None,
        currency: None,
        // Nothing else is refused there.
        obscured_by: Some("currency".to_string()),
    };
    let mut spend = Spend::of_body(endpoint, &params.encode()).unwrap_or_else(|_| unreadable());
    let path = endpoint.path();
    // Older API versions have these beside the amount.
    if path.starts_with("invoiceitems")
        && let Some(name) = ["price", "unit_amount"].into_iter().find(|name| params.has(name))
    {
        spend.amount = None;
        spend.obscured_by = Some(name.to_string());
    }
    // A link may be paid any number of times.
    if path == "payment_links" {
        spend.amount = None;
    }
    spend
}

impl Outgoing {
    fn new(incoming: &Incoming<'_>, params: &Params) -> Outgoing {
        let encoded = params.encode();
        let path = ["/v1/", incoming.path].joined();
        let get = incoming.method == "GET";
        let mut outgoing = Outgoing {
            method: incoming.method.to_string(),
            path: if get && !encoded.is_empty() { [&path, "?", &encoded].joined() } else { path },
            headers: Vec::new(),
            body: if get { String::new() } else { encoded },
        };
        outgoing.add("Content-Type", Some("application/x-www-form-urlencoded").filter(|_| !get));
        outgoing
    }

    fn add(&mut self, name: &'static str, value: Option<&str>) {
        self.headers.extend(value.map(|value| (name, value.to_string())));
    }

    fn write_json(&self, out: &mut String) {
        json::object(out, |o| {
            o.text("method", &self.method);
            o.text("path", &self.path);
            o.member("headers", |out| {
                json::object(out, |o| {
                    for (name, value) in &self.headers {
                        o.text(name, value);
                    }
                });
            });
            o.text("body", &self.body);
        });
    }
}

fn to_json(effect: &Effect, seen: &Seen) -> String {
    let mut out = String::with_capacity(1024);
    json::object(&mut out, |o| {
        match effect {
            Effect::NeedObject(id) => {
                o.text("do", "need_object");
                o.text("id", id);
            }
            Effect::LookUp(path) => {
                o.text("do", "look_up");
                o.text("path", path);
            }
            Effect::Read(outgoing) => {
                o.text("do", "read");
                o.member("outgoing", |out| outgoing.write_json(out));
            }
            Effect::Send { outgoing, entry, totals, again } => {
                o.text("do", "send");
                o.bool("again", Some(*again));
                o.member("outgoing", |out| outgoing.write_json(out));
                o.member("entry", |out| write_entry(out, entry));
                o.member("totals", |out| write_totals(out, entry.day, totals));
            }
            Effect::Wait => {
                o.text("do", "wait");
                // For when it takes too long.
                o.member("answer", |out| Answer::key_in_use().write_json(out));
            }
            Effect::Replay => o.text("do", "replay"),
            Effect::Answer(answer) => {
                o.text("do", "answer");
                o.member("answer", |out| answer.write_json(out));
            }
        }
        o.text("endpoint", &seen.attempted);
        o.optional_text("key", seen.key.as_deref());
        o.optional_text("subject", seen.subject.as_deref());
        o.number("amount_usd_cents", seen.amount);
        o.text("reason", seen.reason);
    });
    out
}
