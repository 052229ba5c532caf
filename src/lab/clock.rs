//! The world's clock, and what is still to happen.

use crate::prelude::*;

/// When something happens: at a time; of two at one time, first what was asked for first (by its ticket), then what was planned first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment {
    at: i64,
    ticket: u64,
    planned: u64,
}

/// Time passes only from one event to the next.
#[derive(Debug)]
pub(crate) struct Clock<Event> {
    now: i64,
    planned: u64,
    /// The next is the last.
    to_come: Vec<(Moment, Event)>,
}

impl<Event> Clock<Event> {
    /// Begins at a moment, in milliseconds of Unix time.
    pub(crate) fn new(now: i64) -> Clock<Event> {
        Clock { now, planned: 0, to_come: Vec::new() }
    }

    pub(crate) fn now(&self) -> i64 {
        self.now
    }

    /// Plans an event for a ticket.
    pub(crate) fn after(&mut self, ms: u64, ticket: u64, event: Event) -> Moment {
        let at = self.now.saturating_add(i64::try_from(ms).unwrap_or(i64::MAX));
        self.planned = self.planned.saturating_add(1);
        let moment = Moment { at, ticket, planned: self.planned };
        let at = self.to_come.partition_point(|(other, _)| *other > moment);
        self.to_come.insert(at, (moment, event));
        moment
    }

    /// Takes back what was planned.
    pub(crate) fn cancel(&mut self, moment: Moment) {
        if let Some(at) = self.to_come.iter().position(|(own, _)| *own == moment) {
            self.to_come.remove(at);
        }
    }

    /// The next event, and how far ahead it is.
    pub(crate) fn ahead(&self) -> Option<(i64, &Event)> {
        self.to_come.last().map(|(moment, event)| (moment.at.saturating_sub(self.now), event))
    }

    /// Goes on to the next event.
    pub(crate) fn advance(&mut self) -> Option<Event> {
        let (moment, event) = self.to_come.pop()?;
        self.now = self.now.max(moment.at);
        Some(event)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_come_in_their_order() {
        let mut clock = Clock::new(1000);
        clock.after(5, 2, "asked later");
        clock.after(5, 1, "asked first");
        clock.after(5, 1, "asked first, planned later");
        let never = clock.after(1, 3, "never");
        clock.after(0, 9, "at once");
        clock.cancel(never);
        assert_eq!((clock.advance(), clock.now()), (Some("at once"), 1000));
        assert_eq!((clock.advance(), clock.now()), (Some("asked first"), 1005));
        assert_eq!(clock.advance(), Some("asked first, planned later"));
        assert_eq!(clock.advance(), Some("asked later"));
        assert_eq!((clock.advance(), clock.now()), (None, 1005));
    }
}
