//! What Stripe refuses at its door: no credential, no such address, no form. No key has been looked at by then.

use super::form;
use super::refusal::{Refusal, Result, shown};
use super::routes::Route;
use crate::lab::http::Message;
use crate::lab::object::Members;
use crate::money::Digits;
use crate::prelude::*;

/// Reads a request, or refuses it before any key is looked at.
pub(super) fn read(message: &Message, may_write: Option<&[String]>) -> Result<(Route, Members)> {
    check_credential(message.header("authorization"))?;
    let (path, query) = message.path.split_once('?').unwrap_or((&message.path, ""));
    let route = Route::find(&message.method, path)
        .ok_or_else(|| Refusal::unknown_url(&message.method, shown(path)))?;
    if route.is_post()
        && let Some(may_write) = may_write
        && !may_write.contains(&route.resource)
    {
        return Err(Refusal::no_permission(&route.resource));
    }
    if route.is_post()
        && let Some(key) = message.header("idempotency-key")
    {
        check_key(key)?;
    }
    let form = "application/x-www-form-urlencoded";
    let is_form =
        |given: &str| given.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case(form));
    if !message.body.is_empty() && !message.header("content-type").is_some_and(is_form) {
        let message = "Invalid request (check that your POST content type is application/x-www-form-urlencoded). If you \
            have any questions, we can help at https://support.stripe.com/.";
        return Err(Refusal::invalid(message));
    }
    let mut params = form::read(query)?;
    params.extend(form::read(&message.body)?);
    Ok((route, params))
}

/// Any key of Stripe's will do, by Bearer or Basic; a proxy's vault key is none of Stripe's.
fn check_credential(authorization: Option<&str>) -> Result<()> {
    let (scheme, token) = authorization.and_then(|given| given.split_once(' ')).unwrap_or(("", ""));
    let token = token.trim();
    let known = scheme.eq_ignore_ascii_case("bearer") || scheme.eq_ignore_ascii_case("basic");
    if !known || token.is_empty() || token.contains(' ') {
        let message = "You did not provide an API key. You need to provide your API key in the Authorization header, using \
            Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See https://stripe.com/docs/api#authentication \
            for details, or we can help at https://support.stripe.com/.";
        return Err(Refusal::new(401, "invalid_request_error", message));
    }
    if token.starts_with("vault_key") {
        return Err(Refusal::new(401, "invalid_request_error", "Invalid API Key provided."));
    }
    Ok(())
}

fn check_key(key: &str) -> Result<()> {
    if (1..=255).contains(&key.len()) {
        return Ok(());
    }
    let message = [
        "Idempotent key length is ",
        &Digits::of_size(key.len()),
        ", which is outside accepted lengths. Idempotent Keys must be 1-255 characters long. If you're looking for a \
            decent generator, try using a UUID defined by IETF RFC 4122.",
    ];
    Err(Refusal::invalid(message.joined()))
}

/// What a key is bound to: the endpoint, the object, and all parameters in any order.
pub(super) fn fingerprint(route: &Route, params: &Members) -> String {
    let mut out = String::with_capacity(256);
    out.push_str(&route.endpoint);
    out.push(' ');
    out.push_str(&route.id);
    out.push(' ');
    params.write_sorted(&mut out);
    out
}
