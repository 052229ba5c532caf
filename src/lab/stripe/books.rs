//! Every object of one Stripe account.

use super::refusal::{Refusal, Result};
use crate::lab::chance::Chance;
use crate::lab::object::{Members, Text};
use crate::prelude::*;

/// By the object's type; newest last.
#[derive(Debug, Default)]
pub(crate) struct Books {
    shelves: Vec<(Text, Vec<Members>)>,
}

/// What an endpoint is given to work with.
pub(crate) struct Context<'a> {
    /// Checked and converted.
    pub(crate) params: Members,
    /// That of the object in the path.
    pub(crate) id: &'a str,
    pub(crate) books: &'a mut Books,
    pub(crate) ids: &'a mut Chance,
    /// Unix seconds.
    pub(crate) now: i64,
    /// Whether a payment intent that is confirmed without a payment method is paid.
    pub(crate) cards_on_file: bool,
    /// The money that the call has moved.
    pub(crate) moved: Option<Moved>,
}

/// Money that moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Moved {
    pub(crate) id: String,
    /// The payment intent or charge by which it was authorised.
    pub(crate) made_of: String,
    pub(crate) amount: u64,
    pub(crate) currency: String,
    pub(crate) customer: Option<String>,
}

impl Books {
    pub(crate) fn list(&self, object: &str) -> &[Members] {
        self.shelves.iter().find(|(own, _)| own == object).map_or(&[], |(_, made)| made)
    }

    pub(crate) fn list_mut(&mut self, object: &str) -> &mut [Members] {
        self.shelves.iter_mut().find(|(own, _)| own == object).map_or(&mut [], |(_, made)| made)
    }

    pub(crate) fn find(&mut self, object: &str, id: &str) -> Option<&mut Members> {
        // The newest are asked for most.
        self.shelves
            .iter_mut()
            .find(|(own, _)| own == object)?
            .1
            .iter_mut()
            .rev()
            .find(|made| made.text("id") == Some(id))
    }

    /// The object, or the refusal that blames a parameter.
    pub(crate) fn get(&mut self, object: &str, id: &str, param: &str) -> Result<&mut Members> {
        self.find(object, id).ok_or_else(|| Refusal::no_such(object, id, param))
    }

    fn add(&mut self, object: Text, made: Members) {
        match self.shelves.iter_mut().find(|(own, _)| *own == object) {
            Some((_, shelf)) => shelf.push(made),
            None => self.shelves.push((object, Vec::from([made]))),
        }
    }
}

impl Context<'_> {
    /// Makes an object, and answers with a copy of it.
    pub(crate) fn add(&mut self, object: impl Into<Text>, prefix: &str, fields: Members) -> Members {
        let object = object.into();
        let mut made = Members::of([
            ("id", self.ids.id(prefix).into()),
            ("object", object.clone().into()),
            ("created", self.now.into()),
            ("livemode", false.into()),
        ]);
        made.extend(fields);
        self.books.add(object, made.clone());
        made
    }

    /// `metadata` as the object gets it.
    pub(crate) fn metadata(&self) -> Members {
        if let Some(crate::lab::object::Json::Map(given)) = self.params.get("metadata") {
            given.clone()
        } else {
            Members::default()
        }
    }
}
