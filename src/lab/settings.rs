//! How a world begins.

use crate::edge::VaultPolicy;
use crate::error::{Code, Error, Result};
use crate::money;
use crate::prelude::*;
use crate::time::Instant;
use crate::value::{Fields, Value};

/// What stands before Stripe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProxyKind {
    /// Counts finished charges against the cap, and knows no keys.
    SpendCap,
    /// billonce's own: reserves before it forwards, and remembers keys longer than Stripe.
    BillonceEdge,
}

/// How a world begins.
#[derive(Debug)]
pub struct Settings {
    pub(crate) seed: u64,
    pub(crate) now: i64,
    pub(crate) kind: ProxyKind,
    pub(crate) policy: VaultPolicy<'static>,
    /// What a restricted key may write, by the first segment of a path; everything where there is no list.
    pub(crate) may_write: Option<Vec<String>>,
    /// Whether a payment intent that is confirmed without a payment method is paid.
    pub(crate) cards_on_file: bool,
}

impl Settings {
    /// Reads `{ seed, now, proxy: { kind, policy }, restricted_to?, cards_on_file? }`.
    ///
    /// # Errors
    /// For what is none of these, and for a policy that cannot be enforced.
    pub fn from_value(value: &Value) -> Result<Settings> {
        let fields =
            Fields::open(value, "settings", "", &["seed", "now", "proxy", "restricted_to", "cards_on_file"])?;
        let seed = fields.required("seed", "a number from 0 to 4294967295")?;
        let now = fields.required("now", "the first moment")?;
        let proxy = fields.required("proxy", "what stands before Stripe")?;
        let proxy = Fields::open(proxy, "proxy", "proxy", &["kind", "policy"])?;
        Ok(Settings {
            seed: money::integer(seed, false)
                .map_or_else(|| Err(wrong("seed")), |seed| Ok(seed.unsigned_abs()))?,
            now: i64::try_from(Instant::from_value(now, "now")?.ms()).unwrap_or(i64::MAX),
            kind: match proxy.text("kind")? {
                Some("spend_cap") => ProxyKind::SpendCap,
                Some("billonce_edge") => ProxyKind::BillonceEdge,
                _ => return Err(wrong("proxy.kind")),
            },
            policy: VaultPolicy::read(proxy.required("policy", "the vault key's policy")?)?.kept(),
            may_write: fields.get("restricted_to").map(names).transpose()?,
            cards_on_file: fields.bool("cards_on_file")?.unwrap_or(false),
        })
    }
}

fn names(value: &Value) -> Result<Vec<String>> {
    let Value::List(names) = value else { return Err(value.wrong("restricted_to", "a list")) };
    names.iter().map(|name| Ok(name.as_text("restricted_to")?.to_string())).collect()
}

fn wrong(field: &str) -> Error {
    Error::new(Code::WrongType, field, "is none that a world can begin with")
}
