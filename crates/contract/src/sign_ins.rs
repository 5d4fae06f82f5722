//! Who is signed in: browsers that gave the server's token.

use serde::{Deserialize, Serialize};

use crate::Millis;

/// The header by which a page shows that it is of the origin that signed in: cookies go to every port of a host, what a page
/// keeps does not. Without the key the cookie opens nothing of the API.
pub const KEY_HEADER: &str = "x-flowdeck-key";

/// What the address of a page that a sign-in link leads to ends with, before the key. Browsers send it to nobody.
pub const KEY_FRAGMENT: &str = "#key=";

/// What a sign-in gives besides the cookie.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct SignedIn {
    /// The value of the header [`KEY_HEADER`] of every request that is sent with the cookie.
    pub key: String,
}

/// Every sign-in there is, the one used last first. `GET api/sign-ins`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct SignIns {
    /// One entry per browser that is signed in.
    pub sign_ins: Vec<SignIn>,
}

/// A browser that is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct SignIn {
    /// Names it; opens nothing.
    pub id: String,
    /// When it began.
    pub created: Millis,
    /// When a request last came with it, to the minute.
    pub last_used: Millis,
    /// When it ends if nothing comes with it.
    pub expires: Millis,
    /// Browser and system, as the browser names itself; `None` when it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub browser: Option<String>,
    /// The address that it was last used from, which can be that of a proxy.
    pub address: String,
    /// Whether the request for this list came with it.
    pub is_current: bool,
}
