//! Sealing: secrets become bytes that only the key opens, and only for the connection that they belong to.

use std::collections::BTreeMap;

use flowdeck_contract::connections::Secret;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use serde_json::{Map, Value};
use zeroize::{Zeroize as _, Zeroizing};

use crate::{error::ConnectionError, key::Key};

/// Secrets by name.
pub(crate) type Secrets = BTreeMap<String, Secret>;

/// What a seal is bound to, besides the connection.
const PURPOSE: &str = "flowdeck connection secrets, version 1";

/// Seals the secrets of the connection `id`.
pub(crate) fn seal(key: &Key, id: &str, secrets: &Secrets) -> Result<Vec<u8>, ConnectionError> {
    let plain: BTreeMap<&str, &str> = secrets
        .iter()
        .map(|(name, secret)| (name.as_str(), secret.reveal()))
        .collect();
    let mut text = Zeroizing::new(serde_json::to_vec(&plain)?);
    let mut nonce = [0; NONCE_LEN];
    getrandom::fill(&mut nonce).map_err(|_| ConnectionError::NoRandom)?;
    let cipher = cipher(key).ok_or(ConnectionError::NoRandom)?;
    let tag = cipher
        .seal_in_place_separate_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::from(bound_to(id)),
            &mut text,
        )
        .map_err(|_| ConnectionError::NoRandom)?;
    let mut sealed = nonce.to_vec();
    sealed.extend_from_slice(&text);
    sealed.extend_from_slice(tag.as_ref());
    Ok(sealed)
}

/// Opens what [`seal`] made; `None` when it was made for another connection, with another key, or was changed.
pub(crate) fn open(key: &Key, id: &str, sealed: &[u8]) -> Option<Secrets> {
    let (nonce, rest) = sealed.split_first_chunk::<NONCE_LEN>()?;
    let mut rest = Zeroizing::new(rest.to_vec());
    let nonce = Nonce::assume_unique_for_key(*nonce);
    let plain = cipher(key)?
        .open_in_place(nonce, Aad::from(bound_to(id)), &mut rest)
        .ok()?;
    let values: Map<String, Value> = serde_json::from_slice(plain).ok()?;
    let secrets = values.into_iter().filter_map(|(name, value)| match value {
        Value::String(text) => Some((name, Secret::new(text))),
        _ => None,
    });
    let secrets = secrets.collect();
    plain.zeroize();
    Some(secrets)
}

fn cipher(key: &Key) -> Option<LessSafeKey> {
    UnboundKey::new(&CHACHA20_POLY1305, &*key.bytes)
        .ok()
        .map(LessSafeKey::new)
}

fn bound_to(id: &str) -> Vec<u8> {
    format!("{PURPOSE}\0{id}").into_bytes()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_seal_opens_for_its_connection_and_key_alone(
            secrets in proptest::collection::btree_map("[a-z_]{1,8}", "\\PC{0,40}", 0..4),
            at in any::<prop::sample::Index>(),
        ) {
            let secrets: Secrets = secrets.into_iter().map(|(name, text)| (name, Secret::new(text))).collect();
            let (key, other) = (Key::random().unwrap(), Key::random().unwrap());
            let sealed = seal(&key, "a", &secrets).unwrap();
            prop_assert_eq!(open(&key, "a", &sealed), Some(secrets));
            prop_assert_eq!(open(&key, "b", &sealed), None);
            prop_assert_eq!(open(&other, "a", &sealed), None);
            let mut changed = sealed.clone();
            changed[at.index(sealed.len())] ^= 1;
            prop_assert_eq!(open(&key, "a", &changed), None);
            prop_assert_eq!(open(&key, "a", &sealed[..at.index(sealed.len())]), None);
        }
    }
}
