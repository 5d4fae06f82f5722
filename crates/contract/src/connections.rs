//! Connections: what a flow's nodes reach services by. A stored secret is in no answer.

mod azure;
mod import;
mod kind;
mod name;
mod need;
mod secret;
mod servers;
mod spec;
mod view;

pub use azure::{
    AzureOpenAiDeploymentDto, ConnectionConfigSpec, ConnectionDto, ConnectionOwner,
    CreateOrUpdateConnectionRequestDto, CustomConnectionConfig, CustomConnectionConfigDto,
    CustomValueType, WorkspaceConnectionSpec,
};
pub use import::{
    AskedField, AskedValue, ExistingConnections, GivenValues, ImportRequest, ImportResult,
    ImportedConnection, WithoutValue,
};
pub use kind::ConnectionType;
pub use name::{ConnectionName, InvalidName};
pub use need::{ConnectionNeed, NeedProblem, NeedsRequest};
pub use secret::Secret;
pub use servers::{ModelServer, ModelServerKind, ModelServers};
pub use spec::{
    AUTH_MODE, AuthMode, CUSTOM_MODULE, CUSTOM_TYPE, FieldNeed, FieldSpec, InvalidField,
    MEID_TOKEN, check_fields, missing_fields,
};
pub use view::{
    ConnectionInput, ConnectionList, ConnectionUse, ConnectionView, DeletedConnection,
    RenameRequest, SecretsState, TestResult,
};
