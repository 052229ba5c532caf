//! Which call a path is.

use super::books::Context;
use super::params::{Allowed, MOST, Spec};
use super::refusal::Result;
use super::simple::{self, KINDS, Kind};
use super::{charges, invoices, lists, payment_intents, refunds, search};
use crate::endpoint::Endpoint;
use crate::form;
use crate::lab::object::Members;
use crate::prelude::*;

/// A call at one of Stripe's addresses.
#[derive(Clone, Debug)]
pub(crate) struct Route {
    /// Such as `POST /v1/charges/{id}/capture`.
    pub(crate) endpoint: String,
    /// That of the object in the path, or nothing.
    pub(crate) id: String,
    /// The first segment of the path, by which restricted keys are restricted.
    pub(crate) resource: String,
    action: Action,
}

#[derive(Clone, Debug)]
enum Action {
    Post(Endpoint),
    List(String),
    Retrieve(String),
    Search(String),
}

const POST: &str = "POST";

impl Route {
    /// The route of a path without its query.
    pub(crate) fn find(method: &str, path: &str) -> Option<Route> {
        let below = path.strip_prefix("/v1/")?;
        let mut segments = below.split('/');
        let resource = segments.next()?.to_string();
        let second = segments.next();
        let id = second.map(decoded).unwrap_or_default();
        let route =
            |endpoint: String, action| Some(Route { endpoint, id, resource: resource.clone(), action });
        if method == POST {
            let endpoint = Endpoint::by_path(below)?;
            return route(endpoint.label(), Action::Post(endpoint));
        }
        if method != "GET" || segments.next().is_some() || second == Some("") {
            return None;
        }
        // What can be made can be read.
        Endpoint::by_path(&resource)?;
        match second {
            None => route(["GET /v1/", &resource].joined(), Action::List(resource.clone())),
            Some("search") if matches!(&*resource, "charges" | "payment_intents") => {
                route(["GET /v1/", &resource, "/search"].joined(), Action::Search(resource.clone()))
            }
            Some(_) => route(["GET /v1/", &resource, "/{id}"].joined(), Action::Retrieve(resource.clone())),
        }
    }

    pub(crate) fn is_post(&self) -> bool {
        matches!(self.action, Action::Post(_))
    }

    pub(crate) fn check(&self, params: Members) -> Result<Members> {
        self.spec().check(params)
    }

    fn spec(&self) -> Spec {
        let endpoint = match &self.action {
            Action::Post(endpoint) => *endpoint,
            Action::List(_) => return Spec::of_list(&lists::PARAMS),
            Action::Retrieve(_) => return Spec::of_list(&["expand"]),
            Action::Search(_) => return Spec::of_list(&search::PARAMS).requires(&["query"]),
        };
        let spec = Spec::of(endpoint);
        // Valid in versions of the API before the one that the table was taken from.
        let older = Allowed::Of(endpoint, &["payment_method_types"]);
        match self.name() {
            "charges" => Spec {
                one_of: Some((&["customer", "source"], "Must provide source or customer.")),
                ..spec.requires(&["amount", "currency"])
            },
            "payment_intents" => Spec { allowed: older, ..spec.requires(&["amount", "currency"]) },
            "payment_intents/{id}/confirm" => Spec { allowed: older, ..spec },
            "refunds" => {
                let message = "One of the following params should be provided for this request: payment_intent or charge.";
                Spec { one_of: Some((&["charge", "payment_intent"], message)), ..spec }
            }
            // The one amount that may be negative: a credit on the next invoice.
            "invoiceitems" => Spec { least_amount: MOST.saturating_neg(), ..spec.requires(&["customer"]) },
            name => match kind_of(name) {
                Some(kind) => spec.requires(kind.requires),
                None => {
                    let spec = spec.requires(&endpoint.required_parameters());
                    let least_amount = if endpoint.takes_negative_amounts() {
                        MOST.saturating_neg()
                    } else {
                        spec.least_amount
                    };
                    Spec { least_amount, ..spec }
                }
            },
        }
    }

    pub(crate) fn run(&self, context: &mut Context<'_>) -> Result<Members> {
        let endpoint = match &self.action {
            Action::Post(endpoint) => *endpoint,
            Action::List(collection) => return lists::list(context, collection, &object_of(collection)),
            Action::Retrieve(collection) => return lists::retrieve(context, &object_of(collection)),
            Action::Search(collection) => return search::search(context, collection, &object_of(collection)),
        };
        match self.name() {
            "charges" => charges::create(context),
            "charges/{id}/capture" => charges::capture(context),
            "payment_intents" => payment_intents::create(context),
            "payment_intents/{id}/confirm" => payment_intents::confirm(context),
            "payment_intents/{id}/capture" => payment_intents::capture(context),
            "payment_intents/{id}/cancel" => payment_intents::cancel(context),
            "refunds" => refunds::create(context),
            "invoices" => invoices::create(context),
            "invoices/{id}/finalize" => invoices::finalize(context),
            "invoices/{id}/send" => invoices::send(context),
            "invoices/{id}/pay" => invoices::pay(context),
            "invoices/{id}/void" => invoices::end(context, "void"),
            "invoices/{id}/mark_uncollectible" => invoices::end(context, "uncollectible"),
            name => match kind_of(name) {
                Some(kind) if kind.object == "invoiceitem" => invoices::create_item(context, kind),
                Some(kind) => simple::create(context, kind),
                None => simple::create_other(context, endpoint),
            },
        }
    }

    /// The path's template below `/v1/`.
    fn name(&self) -> &str {
        self.endpoint.strip_prefix("POST /v1/").unwrap_or("")
    }
}

fn kind_of(collection: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.collection == collection)
}

fn object_of(collection: &str) -> String {
    simple::singular(collection)
}

/// An id that cannot be decoded is only an id that nothing has.
fn decoded(segment: &str) -> String {
    form::decode_component(segment).unwrap_or_else(|| segment.to_string())
}
