//! What may stand in an Authorization header. The secret itself is judged, never stored, never repeated.

use crate::error::{Code, Error, Result};
use crate::text::{find, is_same};

/// Longest credential taken; HTTP servers commonly refuse header lines above 8 KB.
const MAX_LENGTH: usize = 4096;

/// Refuses what is no vault key: text that cannot stand in a header, unresolved references, and raw Stripe
/// secrets (`sk_…`, `rk_…`) unless `allow_raw_key` says that one is meant.
///
/// # Errors
/// `invalid_vault_key`, `unresolved_reference` or `raw_key_refused`.
pub fn check_vault_key(key: &[u8], allow_raw_key: bool) -> Result<()> {
    let refuse = |code, problem| Err(Error::new(code, "vault_key", problem));
    if find(key, b"{{").or(find(key, b"}}")).is_some()
        || [&b"undefined"[..], b"null", b"NaN", b"[object Object]"].contains(&key)
    {
        return refuse(
            Code::UnresolvedReference,
            "holds a reference that was not resolved; check the input it comes from",
        );
    }
    if key.is_empty() || key.len() > MAX_LENGTH || !key.iter().all(u8::is_ascii_graphic) {
        return refuse(
            Code::InvalidVaultKey,
            "is not a vault key: give 1 to 4096 visible ASCII characters, without \"Bearer\" and without spaces",
        );
    }
    let starts = |prefix: &[u8]| key.get(..prefix.len()).is_some_and(|start| is_same(start, prefix));
    if starts(b"pk_") || starts(b"whsec_") {
        return refuse(
            Code::InvalidVaultKey,
            "is a publishable key or webhook secret of Stripe, which cannot charge",
        );
    }
    if (starts(b"sk_") || starts(b"rk_")) && !allow_raw_key {
        return refuse(
            Code::RawKeyRefused,
            "is a raw Stripe key, which no cap limits: give the proxy's vault key, or set allow_raw_key: true if it is meant",
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::format;

    use super::*;

    #[test]
    fn each_refusal_has_its_code() {
        let code =
            |key: &str, raw| check_vault_key(key.as_bytes(), raw).err().map(|error| error.code().as_str());
        assert_eq!(code("vault_key_4f9a", false), None);
        for key in ["sk_live_1", "sk_test_1", "rk_live_1", "SK_live_1"] {
            assert_eq!(code(key, false), Some("raw_key_refused"), "{key}");
            assert_eq!(code(key, true), None, "{key}");
        }
        for key in
            ["", " vault_key_1", "vault\nkey", "Bearer vault_key_1", "vault_kéy", "pk_live_1", "whsec_1"]
        {
            assert_eq!(code(key, true), Some("invalid_vault_key"), "{key}");
        }
        assert_eq!(code(&"k".repeat(4097), true), Some("invalid_vault_key"));
        for key in ["{{connections.stripe}}", "undefined", "null"] {
            assert_eq!(code(key, true), Some("unresolved_reference"), "{key}");
        }
    }

    #[test]
    fn a_refusal_does_not_repeat_the_key() {
        let error = check_vault_key(b"sk_live_51Hfoo", false).unwrap_err();
        assert!(!error.message().contains("51Hfoo"));
        assert!(!format!("{error:?}").contains("51Hfoo"));
    }
}
