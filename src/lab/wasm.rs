//! How JavaScript uses worlds. Each is a number, and lives until it is closed.
//!
//! The shim asks for room, writes a list of values there as a [`wire`] tree, and calls. What is told back is JSON in ASCII, and
//! behind it the body of an answer, so that no body is escaped and read twice.

// Exports by name need an unsafe attribute; public to JavaScript, which `unreachable_pub` cannot know.
#![allow(unsafe_code, unreachable_pub)]

use alloc::boxed::Box;
use core::cell::RefCell;

use super::table::Table;
use super::tell::{list, write_charge, write_happened};
use super::{Happened, Message, Request, Settings, Strike, World};
use crate::endpoint::table;
use crate::error::{Code, Error, Result};
use crate::json;
use crate::money::{self, Digits};
use crate::prelude::*;
use crate::value::Value;
use crate::wire;

/// All that lives across calls.
struct Shelf {
    worlds: Table<u32, Box<World>>,
    opened: u32,
    input: Vec<u8>,
    reply: String,
    /// How much of the reply is a body.
    body: usize,
}

/// A wasm instance has one thread.
struct Alone(RefCell<Shelf>);

// SAFETY: a wasm instance without shared memory has one thread.
unsafe impl Sync for Alone {}

static SHELF: Alone = Alone(RefCell::new(Shelf {
    worlds: Table::new(),
    opened: 0,
    input: Vec::new(),
    reply: String::new(),
    body: 0,
}));

/// No call comes back to JavaScript, so nothing else has it.
fn with<T>(use_shelf: impl FnOnce(&mut Shelf) -> T) -> T {
    use_shelf(&mut SHELF.0.borrow_mut())
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
