//! A Stripe of one's own: idempotency keys as Stripe keeps them, objects in its shapes, and the money that moved.
//!
//! It is strict where a mistake could bill twice and plain everywhere else. It knows no balances, prices or minimum amounts; a customer
//! need not exist to be charged; `expand` expands nothing; a confirmation needs no `return_url`.

mod books;
mod cards;
mod charges;
mod door;
mod form;
mod invoices;
mod keys;
mod lists;
mod params;
mod payment_intents;
mod refunds;
mod refusal;
mod routes;
mod search;
mod simple;

use self::books::{Books, Context};
use self::keys::{Claim, Keys};
use self::refusal::{Refusal, Result};
use super::chance::Chance;
use super::http::{Answer, Message};
use super::object::{Json, Members};
use super::table::Table;
use crate::prelude::*;

pub(crate) use self::books::Moved;
pub(crate) use self::routes::Route;

/// The API's version of which the table of endpoints is.
const VERSION: &str = "2026-10-28.endive";

#[derive(Debug)]
pub(crate) struct Stripe {
    ids: Chance,
    cards_on_file: bool,
    /// The platform's own account, and those that are connected to it.
    own: Account,
    connected: Table<String, Account>,
}

#[derive(Debug, Default)]
struct Account {
    books: Books,
    keys: Keys,
}

/// What Stripe says to a request that has just arrived.
#[derive(Debug)]
pub(crate) enum Arrived {
    /// Answered at once; the flag tells of a replay.
    Answered(Answer, bool),
    /// It is going to be executed, and whoever comes with its key meanwhile gets a 409.
    Accepted(Accepted),
}

/// A request that is being executed.
#[derive(Debug)]
pub(crate) struct Accepted {
    route: Route,
    params: Members,
    account: String,
    key: Option<String>,
    headers: StripeHeaders,
}

/// What an execution came to.
#[derive(Debug)]
pub(crate) struct Executed {
    pub(crate) answer: Answer,
    /// Whether the endpoint refused it, whatever the answer says.
    pub(crate) refused: bool,
    pub(crate) moved: Option<Moved>,
    /// The id of the object that the call is about.
    pub(crate) object: Option<String>,
}

/// What Stripe itself adds to each of its answers.
#[derive(Debug)]
struct StripeHeaders {
    request_id: String,
    version: String,
    key: Option<String>,
}

impl Stripe {
    pub(crate) fn new(ids: Chance, cards_on_file: bool) -> Stripe {
        Stripe { ids, cards_on_file, own: Account::default(), connected: Table::default() }
    }

    /// A request at Stripe's door. `may_write` is the list of a restricted key.
    pub(crate) fn arrive(&mut self, message: &Message, now: i64, may_write: Option<&[String]>) -> Arrived {
        let headers = self.headers(message);
        match self.admit(message, headers, now, may_write) {
            Ok(arrived) => arrived,
            Err((refusal, headers)) => Arrived::Answered(headers.on(refusal.into_answer()), false),
        }
    }

    /// What Stripe answers in place of a request's own answer, without having looked at it.
    pub(crate) fn turn_away(&mut self, message: &Message, turned: Turned) -> Answer {
        let refusal = match turned {
            Turned::KeyInUse => Refusal::key_in_use(message.header("idempotency-key").unwrap_or("")),
            Turned::RateLimited => Refusal::rate_limited(),
            Turned::ServerError => Refusal::server_error(false),
        };
        self.headers(message).on(refusal.into_answer())
    }

    fn headers(&mut self, message: &Message) -> StripeHeaders {
        StripeHeaders {
            request_id: self.ids.id("req"),
            version: message.header("stripe-version").unwrap_or(VERSION).to_string(),
            key: message.header("idempotency-key").map(ToString::to_string),
        }
    }

    fn admit(
        &mut self,
        message: &Message,
        headers: StripeHeaders,
        now: i64,
        may_write: Option<&[String]>,
    ) -> core::result::Result<Arrived, (Refusal, StripeHeaders)> {
        let read = match door::read(message, may_write) {
            Ok(read) => read,
            Err(refusal) => return Err((refusal, headers)),
        };
        let (route, params) = read;
        let account = message.header("stripe-account").unwrap_or("").to_string();
        let key = headers.key.clone().filter(|_| route.is_post());
        if let Some(key) = &key {
            let keys = &mut account_of(&mut self.own, &mut self.connected, &account).keys;
            match keys.claim(key, door::fingerprint(&route, &params), &headers.request_id, now) {
                Ok(Claim::Granted) => {}
                Ok(Claim::Replay(answer, original)) => {
                    let mut answer = headers.on(answer.clone());
                    answer.add("idempotent-replayed", "true");
                    answer.add("original-request", original);
                    return Ok(Arrived::Answered(answer, true));
                }
                Err(refusal) => return Err((refusal, headers)),
            }
        }
        match route.check(params) {
            Ok(params) => Ok(Arrived::Accepted(Accepted { route, params, account, key, headers })),
            Err(refusal) => {
                if let Some(key) = &key {
                    account_of(&mut self.own, &mut self.connected, &account).keys.release(key);
                }
                Err((refusal, headers))
            }
        }
    }

    /// From here on every answer is a result, refusals by the endpoint itself included. With `broken`, Stripe does it all and
    /// says that an error occurred.
    pub(crate) fn execute(&mut self, accepted: Accepted, now: i64, broken: bool) -> Executed {
        let Accepted { route, params, account, key, headers } = accepted;
        let account = account_of(&mut self.own, &mut self.connected, &account);
        let now = now.div_euclid(1000);
        let (books, ids) = (&mut account.books, &mut self.ids);
        let cards_on_file = self.cards_on_file;
        let mut context = Context { params, id: &route.id, books, ids, now, cards_on_file, moved: None };
        let result = route.run(&mut context);
        let moved = context.moved;
        let refused = result.is_err();
        let object = object_of(&result);
        let mut answer = match result {
            _ if broken => Refusal::server_error(true).into_answer(),
            Ok(made) => {
                let mut body = String::with_capacity(768);
                made.write(&mut body);
                Answer::json(200, body)
            }
            Err(refusal) => refusal.into_answer(),
        };
        if let Some(key) = &key {
            if !broken {
                // Stripe says this of every result that a key keeps, success included: asking again changes nothing.
                answer.add("stripe-should-retry", "false");
            }
            account.keys.save(key, &answer);
            answer.add("original-request", &headers.request_id);
        }
        Executed { answer: headers.on(answer), refused, moved, object }
    }
}

/// The account of a `Stripe-Account` header, or the platform's own.
fn account_of<'a>(
    own: &'a mut Account,
    connected: &'a mut Table<String, Account>,
    name: &str,
) -> &'a mut Account {
    if name.is_empty() {
        return own;
    }
    connected.fill(name.to_string(), Account::default());
    connected.get_mut(name).unwrap_or(own)
}

/// Why Stripe does nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Turned {
    KeyInUse,
    RateLimited,
    ServerError,
}

impl StripeHeaders {
    fn on(&self, mut answer: Answer) -> Answer {
        answer.add("request-id", &self.request_id);
        answer.add("stripe-version", &self.version);
        if let Some(key) = &self.key {
            answer.add("idempotency-key", key);
        }
        answer
    }
}

/// The id of what a call made or changed; of a declined payment intent, which is there all the same, that of the intent.
fn object_of(result: &Result<Members>) -> Option<String> {
    let object = match result {
        Ok(made) => made,
        Err(refusal) => match refusal.error.get("payment_intent") {
            Some(Json::Map(intent)) => intent,
            _ => return None,
        },
    };
    object.text("id").map(ToString::to_string)
}
