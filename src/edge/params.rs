//! Form parameters that can be read in one way only.
//!
//! What two parsers could read differently (a name given twice, a scalar that is also a list, half a bracket, `;` as a
//! separator) is refused, and what is forwarded is written anew from what was read: Stripe sees exactly what was judged.

use crate::form;
use crate::prelude::*;
use crate::text;

const MOST_PAIRS: usize = 1000;
const DEEPEST: usize = 12;

/// Decoded pairs, in the order of their arrival.
#[derive(Debug)]
pub(crate) struct Params {
    pairs: Vec<(String, String)>,
}

/// Why parameters are refused; it continues "The parameters ".
pub(crate) type Ambiguity = &'static str;

impl Params {
    pub(crate) fn read(encoded: &str) -> Result<Params, Ambiguity> {
        // `;` once separated pairs as well, and anything but visible ASCII is not form-encoded.
        if !encoded.bytes().all(|byte| byte.is_ascii_graphic() && byte != b';') {
            return Err("are not form-encoded");
        }
        if encoded.split('&').any(|pair| !pair.is_empty() && !pair.contains('=')) {
            return Err("have a name without a value");
        }
        let pairs = form::decode(encoded).ok_or("are not form-encoded")?;
        if pairs.len() > MOST_PAIRS {
            return Err("are too many");
        }
        check_names(&pairs)?;
        Ok(Params { pairs })
    }

    /// The value of a top-level parameter.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// Whether a top-level parameter is there, in whatever shape.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.pairs.iter().any(|(own, _)| own.split('[').next() == Some(name))
    }

    pub(crate) fn encode(&self) -> String {
        form::encode_pairs(&self.pairs)
    }

    /// In an order that does not depend on that of the request; the items of a list keep theirs.
    pub(crate) fn sorted(&self) -> Vec<&(String, String)> {
        let mut sorted: Vec<_> = self.pairs.iter().collect();
        sorted.sort_by(|(a, _), (b, _)| a.cmp(b));
        sorted
    }
}

fn check_names(pairs: &[(String, String)]) -> Result<(), Ambiguity> {
    let mut paths = pairs.iter().map(|(name, _)| path_of(name)).collect::<Result<Vec<_>, _>>()?;
    // Sorted, what contradicts each other stands side by side.
    paths.sort_unstable();
    for pair in paths.windows(2) {
        let [a, b] = pair else { continue };
        let is_list_item = a.last() == Some(&"");
        if a == b && !is_list_item {
            return Err("give one name twice");
        }
        if a != b && b.starts_with(a) {
            return Err("give one name a value and members");
        }
        let parent = a.split_last().map_or(&[][..], |(_, parent)| parent);
        if is_list_item && a != b && b.starts_with(parent) {
            return Err("number some items of a list and not others");
        }
    }
    Ok(())
}

/// `a[b][c]` as its parts. Stripe's own names are lower case; those that a client may choose (of metadata) stand in brackets.
fn path_of(name: &str) -> Result<Vec<&str>, Ambiguity> {
    const MALFORMED: Ambiguity = "have a malformed name";
    let (top, mut rest) = match text::find(name.as_bytes(), b"[") {
        Some(at) => name.split_at_checked(at).ok_or(MALFORMED)?,
        None => (name, ""),
    };
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if !top.starts_with(|c: char| c.is_ascii_lowercase()) || !top.bytes().all(plain) {
        // `_method` and `_stripe_account` among them.
        return Err("have a name that no Stripe parameter has");
    }
    if top == "key" {
        return Err("hold a credential");
    }
    let mut path = Vec::from([top]);
    while let Some(inner) = rest.strip_prefix('[') {
        let (segment, after) = text::split_once(inner, "]").ok_or(MALFORMED)?;
        let last = after.is_empty();
        if segment.contains('[') || segment.chars().any(char::is_control) || (segment.is_empty() && !last) {
            return Err(MALFORMED);
        }
        path.push(segment);
        rest = after;
    }
    if !rest.is_empty() || path.len() > DEEPEST {
        return Err(MALFORMED);
    }
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_has_one_meaning_is_read_and_written_anew() {
        for (given, written) in [
            ("", ""),
            ("amount=4900&currency=usd", "amount=4900&currency=usd"),
            ("a%6Dount=4900", "amount=4900"),
            ("metadata%5Border%5D=A+1", "metadata[order]=A%201"),
            ("expand[]=a&expand[]=b", "expand[]=a&expand[]=b"),
            ("items[0][price]=p&items[1][price]=q", "items[0][price]=p&items[1][price]=q"),
            ("metadata[a]=1&metadata[A]=2", "metadata[a]=1&metadata[A]=2"),
            ("description=", "description="),
            ("&&amount=1&", "amount=1"),
        ] {
            assert_eq!(Params::read(given).unwrap().encode(), written, "{given}");
        }
    }

    #[test]
    fn what_could_be_read_in_two_ways_is_refused() {
        for given in [
            "amount=1&amount=9",
            "amount=1&amount=1",
            "amount=1&%61mount=9",
            "amount=1&amount[]=9",
            "amount[]=9&amount[0]=1",
            "amount[0]=9&amount[]=1",
            "amount=1&amount[x]=9",
            "metadata[a]=1&metadata[a]=2",
            "metadata[a]=1&metadata[a][b]=2",
            "items[][price]=p",
            "amount[=1",
            "amount]=1",
            "amount[a=1",
            "amount[a]b=1",
            "amount[[a]]=1",
            "[amount]=1",
            "=1",
            "amount",
            "Amount=1",
            "AMOUNT=1",
            "+amount=1",
            "amount%00=1",
            "_method=DELETE",
            "_stripe_account=acct_1",
            "key=sk_live_1",
            "amount=1;amount=9",
            "description=a;b",
            "amount=%",
            "amount=%zz",
            "amount=%ff",
            "amount=1\r\nX: 1",
            "amount= 1",
            "amount=é",
            "metadata[\u{1}]=1",
        ] {
            assert!(Params::read(given).is_err(), "{given}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_the_same(body in "[a-z\\[\\]=&%0-9+]{0,40}") {
            if let Ok(params) = Params::read(&body) {
                let again = Params::read(&params.encode()).unwrap();
                prop_assert_eq!(params.pairs, again.pairs);
            }
        }

        #[test]
        fn nothing_panics(body in ".*") {
            let _ = Params::read(&body);
        }
    }
}
