//! Vault keys and tokens: made of random bits, stored as hashes, compared in constant time.

use subtle::ConstantTimeEq;

use super::rows::hex_of;
use crate::prelude::*;
use crate::sha256::Sha256;

const PREFIX: &str = "vault_key_";
const ID_LENGTH: usize = 16;
const SECRET_LENGTH: usize = 64;

/// A vault key, taken apart. It is `vault_key_`, an id of 64 bits and a secret of 256, both in lower-case hex.
#[derive(Debug, PartialEq, Eq)]
pub struct Credential {
    /// Which vault key it claims to be: public, such as `vk_4f9a…`.
    pub id: String,
    /// SHA-256 of the whole key, in hex.
    pub hash: String,
}

impl Credential {
    /// Reads an Authorization header.
    #[must_use]
    pub fn of_header(authorization: &str) -> Option<Credential> {
        Credential::of_key(bearer(authorization)?)
    }

    fn of_key(key: &str) -> Option<Credential> {
        let rest = key.strip_prefix(PREFIX)?;
        let hex = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'a'..=b'f');
        if rest.len() != ID_LENGTH + SECRET_LENGTH || !rest.bytes().all(hex) {
            return None;
        }
        let (id, _) = rest.split_at_checked(ID_LENGTH)?;
        Some(Credential { id: ["vk_", id].joined(), hash: hash_of(key) })
    }

    /// A new one from 320 random bits in lower-case hex, and the key itself, which is kept nowhere.
    #[must_use]
    pub fn make(random: &str) -> Option<(Credential, String)> {
        let key = [PREFIX, random].joined();
        Some((Credential::of_key(&key)?, key))
    }
}

/// The token of `Bearer <token>` (RFC 6750, section 2.1). A header sent twice arrives joined by a comma, which no token has.
fn bearer(authorization: &str) -> Option<&str> {
    let (scheme, token) = authorization.split_once(' ')?;
    let one = !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic() && byte != b',');
    (scheme.eq_ignore_ascii_case("bearer") && one).then_some(token)
}

fn hash_of(text: &str) -> String {
    let mut hash = Sha256::new();
    hash.add(text.as_bytes());
    hex_of(hash.finish())
}

/// Whether two hashes in hex are the same, in a time that does not depend on where they differ.
#[must_use]
pub fn same_hash(a: &str, b: &str) -> bool {
    a.len() == SECRET_LENGTH && a.as_bytes().ct_eq(b.as_bytes()).into()
}

/// Whether an Authorization header carries `token`, in a time that does not depend on where they differ. A token that
/// looks like a vault key is none.
#[must_use]
pub fn carries_token(authorization: &str, token: &str) -> bool {
    let Some(given) = bearer(authorization) else { return false };
    let usable = !token.is_empty() && !token.starts_with(PREFIX);
    usable & same_hash(&hash_of(given), &hash_of(token))
}

#[cfg(test)]
mod tests {
    use std::format;

    use super::*;

    #[test]
    fn a_key_is_its_id_and_a_secret() {
        let (made, key) = Credential::make(&"ab".repeat(40)).unwrap();
        assert_eq!(made.id, "vk_abababababababab");
        assert_eq!(key.len(), 10 + 80);
        let read = Credential::of_header(&format!("Bearer {key}")).unwrap();
        assert!(read == made && same_hash(&read.hash, &made.hash));
        assert!(!made.hash.contains("abab"));
        for random in ["ab".repeat(39), "AB".repeat(40), "ab".repeat(41), String::new()] {
            assert_eq!(Credential::make(&random), None, "{random}");
        }
    }

    #[test]
    fn what_is_no_vault_key() {
        let (_, key) = Credential::make(&"ab".repeat(40)).unwrap();
        for header in [
            String::new(),
            key.clone(),
            format!("Basic {key}"),
            format!("Bearer {key}, Bearer {key}"),
            format!("Bearer {key},{key}"),
            format!("Bearer  {key}"),
            format!("Bearer {}", key.to_uppercase()),
            format!("Bearer {key}0"),
            format!("Bearer {}", key.split_at(89).0),
            "Bearer sk_live_1".into(),
        ] {
            assert_eq!(Credential::of_header(&header), None, "{header}");
        }
    }

    #[test]
    fn tokens_are_compared_whole() {
        assert!(carries_token("Bearer admin-token", "admin-token"));
        for (header, token) in [
            ("Bearer admin-toke", "admin-token"),
            ("Bearer admin-token2", "admin-token"),
            ("admin-token", "admin-token"),
            ("Bearer ", ""),
            ("Bearer admin-token, Bearer admin-token", "admin-token"),
            ("Bearer vault_key_1", "vault_key_1"),
        ] {
            assert!(!carries_token(header, token), "{header}");
        }
        assert!(!same_hash("", ""));
    }
}
