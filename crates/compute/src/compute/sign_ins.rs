//! Where the server keeps who is signed in. What a sign-in is, it alone knows.

use std::sync::Arc;

use crate::{compute::Compute, error::ComputeError, store::Store};

/// The part of the store that is about sign-ins; cheap to clone.
#[derive(Clone)]
pub struct SignInStore(Arc<Store>);

impl Compute {
    /// Where the server keeps who is signed in.
    #[must_use]
    pub fn sign_in_store(&self) -> SignInStore {
        SignInStore(Arc::clone(&self.core.store))
    }
}

impl SignInStore {
    /// Remembers a sign-in, in place of the one with the same `hash`, which is that of its secret.
    ///
    /// # Errors
    /// When the store fails.
    pub fn save(&self, hash: &str, record: &str) -> Result<(), ComputeError> {
        self.0.save_sign_in(hash, record)
    }

    /// Forgets the sign-ins with these hashes, all or none of them.
    ///
    /// # Errors
    /// When the store fails.
    pub fn remove(&self, hashes: &[String]) -> Result<(), ComputeError> {
        self.0.remove_sign_ins(hashes)
    }

    /// The hash and the record of every sign-in.
    ///
    /// # Errors
    /// When the store fails.
    pub fn all(&self) -> Result<Vec<(String, String)>, ComputeError> {
        self.0.sign_ins()
    }
}

impl std::fmt::Debug for SignInStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SignInStore")
    }
}
