//! Why an input was refused: a stable code, the field, and a sentence that says what to do.

use crate::prelude::*;
use alloc::borrow::Cow;
use alloc::boxed::Box;
use core::fmt;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// The closed list of reasons for a refusal. A code once published keeps its meaning.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Code { $($(#[$doc])* $name,)* }

        impl Code {
            /// Every code, in the order of their declaration.
            pub const ALL: &'static [Code] = &[$(Code::$name,)*];

            /// The code as programs see it: `snake_case`, never translated.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Code::$name => $text,)* }
            }
        }
    };
}

codes! {
    /// A required field is not there.
    MissingField = "missing_field",
    /// A field that nobody reads; ignoring it could change a key.
    UnknownField = "unknown_field",
    /// The value is of another type than the field's.
    WrongType = "wrong_type",
    /// Reading the value failed: a getter or a proxy threw.
    UnreadableInput = "unreadable_input",
    /// Circular, nested too deeply, or of too many values.
    InputTooLarge = "input_too_large",
    /// Two fields that exclude each other.
    ConflictingFields = "conflicting_fields",
    /// The text is empty.
    EmptyField = "empty_field",
    /// A template reference arrived unresolved: `{{…}}`, `undefined`, `null`, `NaN`, `[object Object]`.
    UnresolvedReference = "unresolved_reference",
    /// A control character in a text field.
    ControlCharacter = "control_character",
    /// White space at either end of a text field.
    SurroundingWhitespace = "surrounding_whitespace",
    /// Half of a UTF-16 surrogate pair, which has no UTF-8.
    LoneSurrogate = "lone_surrogate",
    /// `:` separates the fields of a v1 preimage.
    ColonInField = "colon_in_field",
    /// `-branch-` joins flow and branch in a v1 preimage.
    BranchMarkerInField = "branch_marker_in_field",
    /// A charge type that reads like a loop or item suffix of a v1 preimage.
    ChargeTypeLikeSuffix = "charge_type_like_suffix",
    /// Not an integer amount of minor units in the allowed range.
    InvalidAmount = "invalid_amount",
    /// Not an integer of at least 0, or an empty list of them.
    InvalidLoopIndex = "invalid_loop_index",
    /// Not a key scheme.
    InvalidScheme = "invalid_scheme",
    /// A field that only scheme v2 binds.
    NotInSchemeV1 = "not_in_scheme_v1",
    /// Request and billing event contradict each other.
    EventMismatch = "event_mismatch",
    /// Not a currency that Stripe knows.
    InvalidCurrency = "invalid_currency",
    /// Not one of Stripe's v1 POST endpoints.
    InvalidEndpoint = "invalid_endpoint",
    /// A parameter that the endpoint does not have.
    UnknownParameter = "unknown_parameter",
    /// A parameter that the endpoint requires is not there.
    MissingParameter = "missing_parameter",
    /// A path parameter that cannot stand in a path.
    InvalidPathParameter = "invalid_path_parameter",
    /// Not an https base URL, or one with credentials, query or fragment.
    InvalidBaseUrl = "invalid_base_url",
    /// A value that cannot stand in an HTTP header.
    InvalidHeader = "invalid_header",
    /// Not 1 to 255 printable ASCII characters.
    InvalidIdempotencyKey = "invalid_idempotency_key",
    /// Neither an event nor an idempotency key was given.
    IdempotencyKeyRequired = "idempotency_key_required",
    /// Not a vault key that can stand in an Authorization header.
    InvalidVaultKey = "invalid_vault_key",
    /// A Stripe secret (`sk_…`, `rk_…`) where a vault key belongs.
    RawKeyRefused = "raw_key_refused",
    /// The vault key stands in what a step would put out.
    SecretInOutput = "secret_in_output",
    /// A spend policy that cannot be enforced.
    InvalidPolicy = "invalid_policy",
    /// Not a point in time.
    InvalidTime = "invalid_time",
    /// Not a positive exchange rate.
    InvalidRate = "invalid_rate",
    /// Not a number of cents already spent.
    InvalidSpend = "invalid_spend",
}

/// A refusal. It never repeats the value that was refused, which may be a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error(Box<Refusal>);

/// Boxed, since a result of every size is handed on through many calls, and refusals are rare.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Refusal {
    code: Code,
    field: String,
    problem: Cow<'static, str>,
}

/// The result of everything that can refuse.
pub type Result<T> = core::result::Result<T, Error>;

impl Error {
    /// `problem` continues a sentence that begins with the field's name.
    #[cold]
    #[inline(never)]
    pub(crate) fn new(code: Code, field: &str, problem: &'static str) -> Error {
        // The wasm of the per-key path tells nobody why it refuses, and need not carry the texts.
        let (field, problem) = if cfg!(feature = "keys") { ("", "") } else { (field, problem) };
        Error(Box::new(Refusal { code, field: String::from(field), problem: Cow::Borrowed(problem) }))
    }

    /// The same with a sentence made of several parts.
    #[cold]
    #[inline(never)]
    pub(crate) fn of_parts(code: Code, field: &str, problem: &[&str]) -> Error {
        Error(Box::new(Refusal { code, field: String::from(field), problem: Cow::Owned(problem.joined()) }))
    }

    /// The same refusal, seen from one level up: `customer_id` becomes `event.customer_id`.
    #[must_use]
    #[cold]
    #[inline(never)]
    pub(crate) fn within(mut self, parent: &str) -> Error {
        self.0.field = crate::field::join(parent, &self.0.field);
        self
    }

    /// The stable code.
    #[must_use]
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// Where the refused value stands, such as `customer_id` or `policy.daily_usd_cap`.
    #[must_use]
    pub fn field(&self) -> &str {
        &self.0.field
    }

    /// What was wrong, where, and what to do.
    #[must_use]
    pub fn message(&self) -> String {
        [self.0.field.as_str(), " ", &self.0.problem].joined()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message())
    }
}

impl core::error::Error for Error {}
