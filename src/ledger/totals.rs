//! One day of one vault key, in US cents.

/// What a day's cap has been used for. A day is counted from one UTC midnight to the next, and a call belongs to the one
/// in which it arrived, whenever it ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Totals {
    /// Moved, by Stripe's own answers.
    pub spent: u64,
    /// Set aside for requests on their way.
    pub reserved: u64,
    /// Set aside for requests of which nobody knows whether they moved money.
    pub held: u64,
}

impl Totals {
    /// What counts against the cap.
    #[must_use]
    pub const fn counted(&self) -> u64 {
        self.spent.saturating_add(self.reserved).saturating_add(self.held)
    }

    /// What is left of a cap.
    #[must_use]
    pub const fn left_of(&self, cap: u64) -> u64 {
        cap.saturating_sub(self.counted())
    }
}
