//! The vendor's proxy: an allowlist, and a cap that is compared with what has been charged by then.
//!
//! It reads the cost from Stripe's answers. So what is on its way counts nothing yet, an answer that never came counts never, and
//! a second request with the same key is forwarded like any other.

use super::audit::Audit;
use super::{Deed, Forward, has_vault_key};
use crate::edge::VaultPolicy;
use crate::endpoint::{AmountSource, Endpoint};
use crate::json;
use crate::lab::http::{Answer, Message};
use crate::lab::parse::parse;
use crate::lab::report::Did;
use crate::lab::table::Table;
use crate::ledger::day_of;
use crate::money::{self, Currency, dollars};
use crate::prelude::*;
use crate::spend::Spend;
use crate::value::{Value, lookup};

#[derive(Debug)]
pub(crate) struct SpendCap {
    policy: VaultPolicy<'static>,
    /// US cents by UTC day.
    spent: Table<i64, u64>,
    /// The requests that are at Stripe: their ticket and their row in the audit.
    under_way: Table<u64, usize>,
    pub(crate) audit: Audit,
}

type Refused = (u16, &'static str, String);

impl SpendCap {
    pub(crate) fn new(policy: VaultPolicy<'static>) -> SpendCap {
        SpendCap { policy, spent: Table::default(), under_way: Table::default(), audit: Audit::default() }
    }

    pub(crate) fn cap_cents(&self) -> u64 {
        self.policy.policy.daily_usd_cap_cents
    }

    pub(crate) fn arrive(&mut self, ticket: u64, mut message: Message, now: i64) -> Vec<Deed> {
        let call = Call::of(&message);
        let (verdict, status, reply) = match self.judge(&message, &call, day_of(now)) {
            Ok(()) => ("allowed", 0, None),
            Err((status, verdict, body)) => (verdict, status, Some(Answer::json(status, body))),
        };
        let row = self.audit.add(now, call.label(), verdict, status);
        if let Some(answer) = reply {
            return Vec::from([Deed::Reply { ticket, answer, did: Some(Did::Blocked) }]);
        }
        self.under_way.insert(ticket, row);
        message.headers.retain(|(name, _)| name != "authorization");
        message.headers.push(("authorization".to_string(), "Bearer of_the_proxy".to_string()));
        let day = day_of(now);
        let forward = Forward { errand: ticket, ticket, message, day, own: true, patience_ms: None };
        Vec::from([Deed::Forward(forward)])
    }

    pub(crate) fn answered(&mut self, errand: u64, answer: Option<Answer>, now: i64) -> Vec<Deed> {
        let Some(answer) = answer else { return Vec::new() };
        self.spent.add(day_of(now), cost_of(&answer));
        if let Some(row) = self.under_way.remove(&errand) {
            self.audit.end(row, answer.status);
        }
        Vec::from([Deed::Reply { ticket: errand, answer, did: None }])
    }

    fn judge(&self, message: &Message, call: &Call, day: i64) -> Result<(), Refused> {
        if !has_vault_key(message) {
            return Err((401, "unauthorized", error("Invalid vault key", |_| {})));
        }
        let allowed = match call {
            Call::Post(endpoint) => self.policy.policy.allows(*endpoint),
            Call::Read(path) => self.policy.may_read(path),
            Call::Unknown(_) => false,
        };
        if !allowed {
            let attempted = match call {
                Call::Post(endpoint) => endpoint.operation(),
                other => other.label(),
            };
            let text = ["Operation \"", &attempted, "\" is not permitted for this vault key"].joined();
            let body = error(&text, |o| {
                o.texts("allowed_endpoints", &self.policy.allowed());
                o.text("attempted", &attempted);
            });
            return Err((403, "endpoint_not_allowed", body));
        }
        let Call::Post(endpoint) = call else { return Ok(()) };
        if endpoint.amount_source() == AmountSource::None {
            return Ok(());
        }
        // What the request does not say in dollars, it costs nothing by now.
        let spend = Spend::of_body(*endpoint, &message.body).ok();
        let cents =
            spend.filter(|spend| spend.currency == Some(Currency::USD)).and_then(|spend| spend.amount);
        let cents = cents.unwrap_or(0);
        if let Some(most) = self.policy.policy.max_charge_usd_cents
            && cents > most
        {
            let text = ["Charge exceeds the limit of ", &dollars(most)].joined();
            return Err((403, "max_charge_usd_exceeded", error(&text, |_| {})));
        }
        let spent = self.spent.get(&day).copied().unwrap_or(0);
        let cap = self.cap_cents();
        if spent.saturating_add(cents) > cap || spent >= cap {
            let text = ["Daily spend cap of ", &dollars(cap), " reached"].joined();
            let body = error(&text, |o| o.number("spent_today_usd_cents", Some(spent)));
            return Err((429, "daily_usd_cap_exceeded", body));
        }
        Ok(())
    }
}

/// What a request asks for.
enum Call {
    Post(Endpoint),
    /// The path below `/v1/`.
    Read(String),
    Unknown(String),
}

impl Call {
    fn of(message: &Message) -> Call {
        let path = message.path.split('?').next().unwrap_or("");
        let below = path.strip_prefix("/v1/");
        match (message.method.as_str(), below, below.and_then(Endpoint::by_path)) {
            ("POST", _, Some(endpoint)) => Call::Post(endpoint),
            ("GET", Some(below), _) => Call::Read(below.to_string()),
            (method, ..) => Call::Unknown([method, " ", path].joined()),
        }
    }

    fn label(&self) -> String {
        match self {
            Call::Post(endpoint) => endpoint.label(),
            Call::Read(path) => ["GET /v1/", path].joined(),
            Call::Unknown(asked) => asked.clone(),
        }
    }
}

fn error(text: &str, more: impl FnOnce(&mut json::Object<'_>)) -> String {
    let mut body = String::new();
    json::object(&mut body, |o| {
        o.text("error", text);
        more(o);
    });
    body
}

/// What an answer says that it cost, in US cents. A rate for another currency the vendor does not have.
fn cost_of(answer: &Answer) -> u64 {
    if answer.status != 200 || answer.header("idempotent-replayed").is_some() {
        return 0;
    }
    let Some(Value::Map(body)) = parse(&answer.body) else { return 0 };
    let text = |name| if let Some(Value::Text(text)) = lookup(&body, name) { *text } else { "" };
    let paid = match (text("object"), text("status")) {
        ("charge", _) if lookup(&body, "captured") == Some(&Value::Bool(true)) => "amount_captured",
        ("payment_intent", "succeeded") => "amount_received",
        ("payout" | "transfer" | "topup", _) => "amount",
        _ => return 0,
    };
    let amount = lookup(&body, paid).filter(|_| text("currency") == "usd");
    amount.and_then(|amount| money::integer(amount, false)).map_or(0, i64::unsigned_abs)
}
