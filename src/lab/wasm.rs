//! How JavaScript uses worlds. Each is a number, and lives until it is closed.
//!
//! The shim asks for room, writes a list of values there as a [`wire`] tree, and calls. What is told back is JSON in ASCII, and
//! behind it the body of an answer, so that no body is escaped and read twice.

// Exports by name need an unsafe attribute; public to JavaScript, which `unreachable_pub` cannot know.
#![allow(unsafe_code, unreachable_pub)]

use alloc::boxed::Box;
use core::cell::RefCell;

use super::table::Table;
use super::{Charge, Effect, Happened, Message, Request, Settings, Strike, World};
use crate::endpoint::table;
use crate::error::{Code, Error, Result};
use crate::json;
use crate::money::{self, Digits};
use crate::prelude::*;
use crate::value::Value;
use crate::wire;

/// All that lives across calls.
#[derive(Default)]
struct Shelf {
    worlds: Table<u32, Box<World>>,
    opened: u32,
    input: Vec<u8>,
    reply: String,
    /// How much of the reply is a body.
    body: usize,
}

std::thread_local! {
    static SHELF: RefCell<Shelf> = RefCell::new(Shelf::default());
}

/// A wasm instance has one thread, and no call comes back to JavaScript, so nothing else has it.
fn with<T>(use_shelf: impl FnOnce(&mut Shelf) -> T) -> T {
    SHELF.with_borrow_mut(use_shelf)
}

/// Where the shim writes the table of endpoints, once and before anything else.
#[unsafe(no_mangle)]
pub extern "C" fn endpoints_pointer() -> *const u8 {
    table::HANDED_IN.pointer()
}

/// Where the shim writes an input of at most so many bytes.
#[unsafe(no_mangle)]
pub extern "C" fn input(room: usize) -> *const u8 {
    with(|shelf| {
        if shelf.input.len() < room {
            shelf.input.resize(room, 0);
        }
        shelf.input.as_ptr()
    })
}

/// Opens the world of `[settings]`, and replies with its number.
#[unsafe(no_mangle)]
pub extern "C" fn open_world(length: usize) -> *const u8 {
    with(|shelf| {
        let settings = shelf.values(length).and_then(|values| match values.as_slice() {
            [settings] => Settings::from_value(settings),
            _ => Err(malformed()),
        });
        match settings {
            Ok(settings) => {
                shelf.opened = shelf.opened.wrapping_add(1);
                shelf.worlds.insert(shelf.opened, Box::new(World::new(settings)));
                let number = Digits::of(shelf.opened.into()).to_string();
                shelf.say(number)
            }
            Err(error) => shelf.refuse(&error),
        }
    })
}

/// Gives back what a world holds.
#[unsafe(no_mangle)]
pub extern "C" fn close_world(world: u32) {
    with(|shelf| shelf.worlds.remove(&world));
}

/// Sends `[to_proxy, method, path, headers, body, strike, timeout_ms]`, and replies with the ticket.
#[unsafe(no_mangle)]
pub extern "C" fn send(world: u32, length: usize) -> *const u8 {
    with(|shelf| {
        let request = shelf.values(length).and_then(|values| read_request(&values));
        match (request, shelf.worlds.get_mut(&world)) {
            (Ok(request), Some(world)) => {
                let ticket = Digits::of(world.send(request)).to_string();
                shelf.say(ticket)
            }
            (Err(error), _) => shelf.refuse(&error),
            (Ok(_), None) => shelf.refuse(&closed()),
        }
    })
}

/// Replies with the ticket of a timer.
#[unsafe(no_mangle)]
pub extern "C" fn sleep(world: u32, ms: u64) -> *const u8 {
    with(|shelf| match shelf.worlds.get_mut(&world) {
        Some(world) => {
            let ticket = Digits::of(world.sleep(ms)).to_string();
            shelf.say(ticket)
        }
        None => shelf.refuse(&closed()),
    })
}

/// An integer from 0, below the limit; 0 of a world that is closed.
#[unsafe(no_mangle)]
pub extern "C" fn random(world: u32, below: u32) -> u32 {
    with(|shelf| shelf.worlds.get_mut(&world).map_or(0, |world| world.random(below)))
}

/// Replies with the next thing that happens, `{ at, happened }`, and behind it with the answer's body.
#[unsafe(no_mangle)]
pub extern "C" fn next(world: u32) -> *const u8 {
    with(|shelf| {
        let Some(world) = shelf.worlds.get_mut(&world) else { return shelf.refuse(&closed()) };
        let happened = world.next();
        let mut out = core::mem::take(&mut shelf.reply);
        out.clear();
        json::object(&mut out, |o| {
            o.number("at", Some(world.now().unsigned_abs()));
            o.member("happened", |out| match &happened {
                Some(happened) => write_happened(out, happened),
                None => out.push_str("null"),
            });
        });
        let start = out.len();
        if let Some(Happened::Answer { answer, .. }) = &happened {
            out.push_str(&answer.body);
        }
        shelf.body = out.len().saturating_sub(start);
        shelf.reply = out;
        shelf.reply.as_ptr()
    })
}

/// Replies with everything that moved money.
#[unsafe(no_mangle)]
pub extern "C" fn charges(world: u32) -> *const u8 {
    reply_of(world, |world| list(world.charges(), write_charge))
}

/// Replies with the rows of the proxy's audit.
#[unsafe(no_mangle)]
pub extern "C" fn audit(world: u32) -> *const u8 {
    reply_of(world, |world| {
        list(world.audit(), |out, row| {
            json::object(out, |o| {
                o.number("at", Some(row.at.unsigned_abs()));
                o.optional_text("endpoint", row.endpoint.as_deref());
                o.text("verdict", row.verdict);
                o.number("status", Some(row.status.into()));
            });
        })
    })
}

/// Replies with whether more went through the vault key than its cap.
#[unsafe(no_mangle)]
pub extern "C" fn cap_exceeded(world: u32) -> *const u8 {
    reply_of(world, |world| String::from(if world.cap_exceeded() { "true" } else { "false" }))
}

/// The length of the last reply in bytes, all of them ASCII.
#[unsafe(no_mangle)]
pub extern "C" fn reply_length() -> usize {
    with(|shelf| shelf.reply.len())
}

/// How many of these, at the end, are a body.
#[unsafe(no_mangle)]
pub extern "C" fn body_length() -> usize {
    with(|shelf| shelf.body)
}

impl Shelf {
    /// The list of values that the shim wrote.
    fn values(&self, length: usize) -> Result<Vec<Value<'_>>> {
        match self.input.get(..length).and_then(wire::decode) {
            Some(Value::List(values)) => Ok(values),
            _ => Err(malformed()),
        }
    }

    fn say(&mut self, reply: String) -> *const u8 {
        self.body = 0;
        self.reply = reply;
        self.reply.as_ptr()
    }

    /// A refusal stands behind a `-`, which begins no answer.
    fn refuse(&mut self, error: &Error) -> *const u8 {
        let mut refusal = String::from("-");
        json::object(&mut refusal, |o| {
            o.text("code", error.code().as_str());
            o.text("field", error.field());
            o.text("message", &error.message());
        });
        self.say(refusal)
    }
}

fn reply_of(world: u32, tell: impl FnOnce(&World) -> String) -> *const u8 {
    with(|shelf| match shelf.worlds.get(&world).map(|world| tell(world)) {
        Some(told) => shelf.say(told),
        None => shelf.refuse(&closed()),
    })
}

fn malformed() -> Error {
    let problem = "did not arrive whole; the shim and the wasm are not of one build";
    Error::new(Code::UnreadableInput, "input", problem)
}

fn closed() -> Error {
    Error::new(Code::UnreadableInput, "world", "is closed")
}

fn read_request(values: &[Value<'_>]) -> Result<Request> {
    let [to_proxy, method, path, headers, body, strike, timeout_ms] = values else { return Err(malformed()) };
    let Value::Map(headers) = headers else { return Err(headers.wrong("headers", "an object")) };
    let text = |value: &Value<'_>, name| value.as_text(name).map(ToString::to_string);
    let headers =
        headers.iter().map(|(name, value)| Ok((name.to_ascii_lowercase(), text(value, "headers")?)));
    let timeout =
        money::integer(timeout_ms, false).ok_or_else(|| timeout_ms.wrong("timeout_ms", "an integer"))?;
    Ok(Request {
        to_proxy: *to_proxy == Value::Bool(true),
        message: Message {
            method: text(method, "method")?,
            path: text(path, "path")?,
            headers: headers.collect::<Result<_>>()?,
            body: text(body, "body")?,
        },
        strike: match strike {
            Value::Null => None,
            named => match named.as_text("strike").map(Strike::named)? {
                Some(strike) => Some(strike),
                None => return Err(Error::new(Code::WrongType, "strike", "is none that there is")),
            },
        },
        timeout_ms: timeout.unsigned_abs(),
    })
}

fn write_happened(out: &mut String, happened: &Happened) {
    json::object(out, |o| match happened {
        Happened::Timer { ticket } => {
            o.text("kind", "timer");
            o.number("ticket", Some(*ticket));
        }
        Happened::Answer { ticket, answer, effect } => {
            o.text("kind", "answer");
            o.number("ticket", Some(*ticket));
            o.member("answer", |out| {
                json::object(out, |o| {
                    o.number("status", Some(answer.status.into()));
                    o.member("headers", |out| write_headers(out, answer));
                });
            });
            o.member("effect", |out| write_effect(out, effect));
        }
        Happened::NoAnswer { ticket, effect } => {
            o.text("kind", "no_answer");
            o.number("ticket", Some(*ticket));
            o.text("reason", "timeout");
            o.member("effect", |out| write_effect(out, effect));
        }
    });
}

fn write_headers(out: &mut String, answer: &super::Answer) {
    out.push('{');
    for (at, (name, value)) in answer.headers.iter().enumerate() {
        out.push_str(if at > 0 { "," } else { "" });
        json::text(out, name);
        out.push(':');
        json::text(out, value);
    }
    out.push('}');
}

fn write_effect(out: &mut String, effect: &Effect) {
    json::object(out, |o| {
        o.optional_text("endpoint", effect.endpoint.as_deref());
        o.text("did", effect.did.as_str());
        o.member("charge", |out| match &effect.charge {
            Some(charge) => write_charge(out, charge),
            None => out.push_str("null"),
        });
    });
}

fn write_charge(out: &mut String, charge: &Charge) {
    json::object(out, |o| {
        o.text("id", &charge.id);
        o.number("amount", Some(charge.amount));
        o.text("currency", &charge.currency);
        o.optional_text("customer", charge.customer.as_deref());
        o.optional_text("idempotency_key", charge.idempotency_key.as_deref());
        o.number("at", Some(charge.at.unsigned_abs()));
        o.number("ticket", Some(charge.ticket));
    });
}

fn list<T>(items: &[T], write: impl Fn(&mut String, &T)) -> String {
    let mut out = String::from("[");
    for (at, item) in items.iter().enumerate() {
        out.push_str(if at > 0 { "," } else { "" });
        write(&mut out, item);
    }
    out.push(']');
    out
}
