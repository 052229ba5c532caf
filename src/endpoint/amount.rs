//! Where each endpoint's request says how much money it moves. scripts/lib/endpoint-money.mjs says which is where.

/// Where the amount of a request is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AmountSource {
    /// The call moves no money.
    None,
    /// In this parameter, with a `currency` beside it.
    Parameter(&'static str),
    /// In this parameter; where it is left out, Stripe takes all there is.
    OptionalParameter(&'static str),
    /// In this parameter, or in `price_data` and `quantity` in its place.
    ParameterOrPrice(&'static str),
    /// In the `price_data` and `quantity` of this list's items, where each of them has these.
    LineItems(&'static str),
    /// Not in the request: Stripe knows it from this object.
    Elsewhere(&'static str),
}

impl AmountSource {
    /// The parameter that says the amount, where there is one.
    #[must_use]
    pub const fn parameter(self) -> Option<&'static str> {
        match self {
            AmountSource::Parameter(name)
            | AmountSource::OptionalParameter(name)
            | AmountSource::ParameterOrPrice(name) => Some(name),
            AmountSource::None | AmountSource::LineItems(_) | AmountSource::Elsewhere(_) => None,
        }
    }
}
