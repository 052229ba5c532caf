//! The decision on a call through the edge, from what is known when it arrives.

use super::incoming::Incoming;
use super::params::Params;
use super::refusal::{Answer, Refusal, refusal};
use super::rows::{Object, ms_of};
use super::subject::Subject;
use super::vault::VaultPolicy;
use crate::endpoint::{AmountSource, Endpoint};
use crate::ledger::{Arrival, Call, Entry, Totals};
use crate::precheck::{Circumstances, Decision, EXPIRED, Priced, Verdict};
use crate::prelude::*;
use crate::spend::Spend;
use crate::time::Instant;

/// A call, and the rows that are there.
pub(crate) struct Arriving<'a> {
    pub(crate) incoming: &'a Incoming<'a>,
    pub(crate) policy: &'a VaultPolicy<'a>,
    pub(crate) revoked: bool,
    pub(crate) now: Instant,
    pub(crate) today: Totals,
    /// Of the call's key, with the totals of its day.
    pub(crate) entry: Option<Entry>,
    pub(crate) entry_day: Totals,
    /// Of the object that the call is about; `None` where nobody has looked for its row yet.
    pub(crate) object: Option<Option<Object<'a>>>,
    /// Whether Stripe was asked for the object.
    pub(crate) looked_up: bool,
    /// Whether a request with the key is being waited for.
    pub(crate) under_way: bool,
    /// The key that a call without one gets, where its policy permits that.
    pub(crate) own_key: &'a str,
}

/// What is to be done with a call. Rows in it are written in the transaction that read the others.
pub(crate) enum Step {
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
#[derive(Clone, Debug)]
pub(crate) struct Outgoing {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: String,
}

/// What is known of a call whatever becomes of it.
pub(crate) struct Seen {
    pub(crate) attempted: String,
    pub(crate) key: Option<String>,
    pub(crate) subject: Option<String>,
    pub(crate) amount: Option<u64>,
    pub(crate) reason: &'static str,
}

/// Decides on a call, and tells what is seen of it.
pub(crate) fn decide(arriving: &Arriving<'_>) -> (Step, Seen) {
    let attempted = arriving.incoming.attempted.clone();
    let mut seen = Seen { attempted, key: None, subject: None, amount: None, reason: "allowed" };
    let circumstances = arriving.policy.at(arriving.now, arriving.today.counted());
    let step = match decide_on(arriving, &circumstances, &mut seen) {
        Ok(step) => step,
        Err(why) => Step::Answer(why.answer(&circumstances, seen.amount)),
    };
    if let Step::Answer(answer) = &step {
        seen.reason = answer.reason;
        // Who asks why a call was refused looks for its key.
        if seen.key.is_none() {
            seen.key = arriving.incoming.key().ok().flatten().map(ToString::to_string);
        }
    }
    (step, seen)
}

fn decide_on(
    arriving: &Arriving<'_>,
    circumstances: &Circumstances,
    seen: &mut Seen,
) -> Result<Step, Refusal> {
    let Arriving { incoming, policy, now, today, .. } = arriving;
    if let Some(why) = ended(arriving.revoked, circumstances) {
        return Err(why);
    }
    // What a call would be refused for in any case comes before what is wrong with its form.
    let decided = |decision: &Decision| {
        Step::Answer(Answer::of_decision(decision, &policy.allowed(), &incoming.attempted))
    };
    let reading = incoming.method == "GET" && !incoming.path.is_empty() && policy.may_read(incoming.path);
    if !reading && incoming.endpoint.is_none_or(|endpoint| !policy.policy.allows(endpoint)) {
        let allowed = policy.allowed();
        let allowed: Vec<&str> = allowed.iter().map(String::as_str).collect();
        let list = if allowed.is_empty() { "it is empty".to_string() } else { allowed.listed() };
        let message = [&incoming.attempted, " is not on the allowlist (", &list, ")."].joined();
        let verdict = Verdict::EndpointNotAllowed;
        return Ok(decided(&circumstances.decision(verdict, message, None, 0)));
    }
    let account = incoming.account(policy.policy.stripe_account.as_deref())?;
    let params = incoming.params()?;
    let version = incoming.version()?;
    let key = incoming.key()?;
    let mut outgoing = Outgoing::new(incoming, &params);
    outgoing.add("Stripe-Account", account);
    outgoing.add("Stripe-Version", version);
    let Some(endpoint) = incoming.endpoint else { return Ok(Step::Read(outgoing)) };
    let key = match key {
        Some(key) => key,
        None if policy.policy.require_idempotency_key => {
            let message = "Send an Idempotency-Key made from the billing event, or a retry would bill again.";
            if let Ok(Priced::Cents(cents)) = circumstances.price(&spend_of(endpoint, &params)) {
                seen.amount = Some(cents);
            }
            return Err(refusal(400, "idempotency_key_required", message));
        }
        None => arriving.own_key,
    };
    seen.key = Some(key.to_string());
    outgoing.add("Idempotency-Key", Some(key));

    let subject = Subject::of(incoming, &params);
    seen.subject = subject.as_ref().map(|subject| subject.id.clone());
    let entry = arriving.entry.as_ref();
    let mut call = Call {
        fingerprint: incoming.fingerprint(&params, account),
        cents: 0,
        cap: policy.policy.daily_usd_cap_cents,
        now_ms: ms_of(*now),
        under_way: arriving.under_way,
    };
    if entry.is_none() {
        let object = match (arriving.object, &subject) {
            (None, Some(subject)) => return Ok(Step::NeedObject(subject.id.clone())),
            (object, _) => object.flatten().filter(|_| subject.is_some()),
        };
        let mut spend = spend_of(endpoint, &params);
        let (takes_all, takes_currency) = taken_from_object(&spend, &params);
        if let (None, Some(subject)) = (&object, &subject)
            && ((takes_all && spend.amount.is_none()) || (takes_currency && spend.currency.is_none()))
            && !arriving.looked_up
        {
            return Ok(Step::LookUp(subject.path.clone()));
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
            Err(error) => return Err(refusal(422, "invalid_rate", &error.message())),
        };
        let decision = circumstances.judge_priced(endpoint, &priced, 0);
        seen.amount = decision.amount_usd_cents;
        if !decision.allowed() {
            return Ok(decided(&decision));
        }
        call.cents = decision.amount_usd_cents.unwrap_or(0);
    } else {
        seen.amount = entry.map(|entry| entry.cents);
    }
    Ok(match Entry::arrive(entry, today, &arriving.entry_day, &call) {
        Arrival::Send(entry, totals) => Step::Send { outgoing, entry, totals, again: false },
        Arrival::SendAgain(entry, totals) => Step::Send { outgoing, entry, totals, again: true },
        Arrival::Wait => Step::Wait,
        Arrival::Replay => {
            seen.reason = "replayed";
            Step::Replay
        }
        Arrival::Conflict => {
            let message = [
                "Keys for idempotent requests can only be used with the same parameters they were first used with. ",
                "Try using a key other than '",
                key,
                "' if you meant to execute a different request.",
            ];
            Step::Answer(Answer::key_reused(&message.joined()))
        }
        Arrival::OutcomeUnknown => {
            let message = "Whether this key was executed is not known, and Stripe may have forgotten it: look for the object at Stripe before billing anew with another key.";
            return Err(refusal(409, "outcome_unknown", message));
        }
        // The decision above found room, from the same totals.
        Arrival::OverCap => decided(&circumstances.judge_priced(endpoint, &Priced::Cents(call.cents), 0)),
    })
}

/// Why a vault key may do nothing any more, whatever it asks.
pub(super) fn ended(revoked: bool, circumstances: &Circumstances) -> Option<Refusal> {
    if revoked {
        return Some(refusal(401, "vault_key_revoked", "This vault key is revoked."));
    }
    circumstances.is_expired().then(|| refusal(401, Verdict::PolicyExpired.code(), EXPIRED))
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
}
