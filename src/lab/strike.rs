//! What strikes one request on its way to Stripe.

/// One thing that goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strike {
    /// Stripe says that a request with this key is under way, and does nothing.
    Stripe409,
    /// Stripe's rate limit: nothing is done.
    Stripe429,
    /// Executed, and answered with 500, which Stripe keeps for the key.
    Stripe500,
    /// Not executed, answered with 500. No key keeps it.
    Stripe500Before,
    /// Executed; the answer never comes.
    StripeTimeout,
    /// Never reaches Stripe, and no answer comes.
    StripeTimeoutBefore,
    /// Executed; a gateway answers 502.
    Gateway502,
}

impl Strike {
    const NAMES: [(&'static str, Strike); 7] = [
        ("stripe_409", Strike::Stripe409),
        ("stripe_429", Strike::Stripe429),
        ("stripe_500", Strike::Stripe500),
        ("stripe_500_before", Strike::Stripe500Before),
        ("stripe_timeout", Strike::StripeTimeout),
        ("stripe_timeout_before", Strike::StripeTimeoutBefore),
        ("gateway_502", Strike::Gateway502),
    ];

    /// By its name, such as `stripe_500_before`.
    #[must_use]
    pub fn named(name: &str) -> Option<Strike> {
        Strike::NAMES.iter().find(|(own, _)| *own == name).map(|(_, strike)| *strike)
    }
}
