//! The key of the sign-in: the browser gives it to pages of this origin alone, ports included, which it does not do with
//! cookies. The server takes the cookie only together with it.

use flowdeck_contract::{
    paths,
    sign_ins::{SignIns, SignedIn},
};
use leptos::prelude::*;
use serde_json::json;

use super::{Api, ApiError};
use crate::storage::Store;

impl Api {
    /// Where the browser keeps the key of the server at this base path.
    #[must_use]
    pub fn key_name(&self) -> String {
        self.url("flowdeck.key")
    }

    /// Whether there's a key: without one the server refuses everything.
    #[must_use]
    pub fn has_key(&self) -> bool {
        self.key().is_some()
    }

    /// The key, when there is one.
    pub(super) fn key(&self) -> Option<String> {
        let unkept = self.unkept_key.get_value();
        unkept.or_else(|| Store::Local.read(&self.key_name()))
    }

    /// Keeps a key for every tab; where the browser keeps nothing, for this one.
    fn keep_key(&self, key: String) {
        let is_kept = Store::Local.write(&self.key_name(), &key);
        self.unkept_key.set_value((!is_kept).then_some(key));
    }

    /// Takes a key that came with the address. One that does not open the server takes no other's place.
    pub async fn take_key(&self, key: String) {
        if self.key().is_some_and(|known| known != key) {
            self.unkept_key.set_value(Some(key.clone()));
            if self.get_text(paths::SIGN_INS).await.is_err() {
                self.unkept_key.set_value(None);
                self.is_signed_out.set(false);
                return;
            }
        }
        self.keep_key(key);
    }

    /// Signs in with the server's token.
    pub async fn sign_in(&self, token: &str) -> Result<(), ApiError> {
        let body = json!({ "token": token });
        let SignedIn { key } = self.post(paths::SIGN_IN, &body).await?;
        self.keep_key(key);
        Ok(())
    }

    /// Every browser that is signed in.
    pub async fn sign_ins(&self) -> Result<SignIns, ApiError> {
        self.get(paths::SIGN_INS).await
    }

    /// Ends one sign-in, or all of them.
    pub async fn end_sign_in(&self, path: &str) -> Result<(), ApiError> {
        self.delete(path).await
    }

    /// Forgets this browser's own sign-in, which has ended.
    pub fn signed_out(&self) {
        Store::Local.remove(&self.key_name());
        self.unkept_key.set_value(None);
        self.is_signed_out.set(true);
    }
}
