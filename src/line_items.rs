//! What line items add up to, where each brings its price along: `price_data[unit_amount]` × `quantity`.

use crate::money::{Currency, MAX_AMOUNT, canonical_integer};
use crate::params::base_name;
use crate::prelude::*;
use crate::text;

/// The parameter with which a request is itself a line item.
pub(crate) const PRICE: &str = "price_data";

/// Whether a parameter says the price of the line item that a request is itself.
pub(crate) fn is_price(name: &str) -> bool {
    name == PRICE || name == "quantity"
}

struct Item<'b> {
    index: &'b str,
    unit_amount: Option<u64>,
    quantity: Option<u64>,
    currency: Option<Currency>,
}

/// The sum of the items in `list` and its currency, from the pairs of a body; without a list's name, of the item that the request is itself.
/// `None` where an item has no price of its own, or something that changes it: a price's id, a tax rate, a quantity that
/// the customer may change, a part that is not known here.
pub(crate) fn total(pairs: &[(String, String)], list: &str) -> Option<(u64, Currency)> {
    let mut items: Vec<Item<'_>> = Vec::new();
    for (pair, value) in pairs {
        let (index, name, rest) = match base_name(pair) {
            // `line_items[0][price_data][unit_amount]`
            name if name == list => {
                let (index, rest) = text::split_once(pair.get(list.len()..)?.strip_prefix('[')?, "][")?;
                let (name, rest) = text::split_once(rest, "]")?;
                canonical_integer(index)?;
                (index, name, rest)
            }
            // `price_data[unit_amount]`
            name if list.is_empty() && is_price(name) => ("", name, pair.get(name.len()..)?),
            _ => continue,
        };
        let known = items.iter().position(|item| item.index == index);
        let at = known.unwrap_or(items.len());
        if known.is_none() {
            items.push(Item { index, unit_amount: None, quantity: None, currency: None });
        }
        let item = items.get_mut(at)?;
        let twice = match (name, rest) {
            (PRICE, "[unit_amount]") => item.unit_amount.replace(canonical_integer(value)?).is_some(),
            ("quantity", "") => item.quantity.replace(canonical_integer(value)?).is_some(),
            (PRICE, "[currency]") => item.currency.replace(Currency::parse_any_case(value)?).is_some(),
            (PRICE, "[product]" | "[tax_behavior]") | ("metadata", _) => false,
            (PRICE, data) => !data.starts_with("[product_data]"),
            _ => true,
        };
        if twice {
            return None;
        }
    }
    let currency = items.first()?.currency?;
    let mut total: u64 = 0;
    for item in items {
        // The item that a request is itself is one, unless it says otherwise.
        let quantity = item.quantity.or(Some(1).filter(|_| list.is_empty()))?;
        let unit_amount = item.unit_amount?;
        // A total beyond the largest amount is none, whatever is added.
        let too_much = MAX_AMOUNT.checked_div(quantity).is_some_and(|most| unit_amount > most);
        if too_much || item.currency != Some(currency) {
            return None;
        }
        total = total.saturating_add(unit_amount.wrapping_mul(quantity));
    }
    (1..=MAX_AMOUNT).contains(&total).then_some((total, currency))
}
