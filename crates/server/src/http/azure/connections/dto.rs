//! Connections in the public contract's shapes, and back.

use std::collections::BTreeMap;

use flowdeck_connections::Stored;
use flowdeck_contract::connections::{
    ConnectionConfigSpec, ConnectionDto, ConnectionInput, ConnectionOwner, ConnectionType,
    CreateOrUpdateConnectionRequestDto, CustomConnectionConfigDto, CustomValueType, FieldNeed,
    FieldSpec, Secret, WorkspaceConnectionSpec,
};

use crate::{
    http::error::{ApiError, ApiResult},
    time,
};

/// A connection without its secrets.
pub(super) fn of(stored: &Stored) -> ConnectionDto {
    let view = stored.view(Vec::new());
    let custom = view.kind == ConnectionType::Custom;
    let secret = |name: &String| {
        let config = CustomConnectionConfigDto {
            config_value_type: CustomValueType::Secret,
            value: None,
        };
        (name.clone(), config)
    };
    let plain = |(name, value): (&String, &String)| {
        let config = CustomConnectionConfigDto {
            config_value_type: CustomValueType::String,
            value: Some(value.clone()),
        };
        (name.clone(), config)
    };
    let rows = view.secrets.iter().map(secret);
    let rows = rows.chain(view.configs.iter().map(plain));
    ConnectionDto {
        connection_name: view.name.to_string(),
        connection_type: view.kind,
        custom_configs: custom.then(|| rows.collect()),
        configs: if custom {
            BTreeMap::new()
        } else {
            view.configs.clone()
        },
        owner: ConnectionOwner {
            user_name: "local".to_owned(),
        },
        created_date: time::rfc3339(view.created).unwrap_or_default(),
        last_modified_date: time::rfc3339(view.modified).unwrap_or_default(),
    }
}

/// What a request asks for: secrets are told from plain fields by the type, or by the request for a custom connection.
pub(super) fn input(
    request: CreateOrUpdateConnectionRequestDto,
    known: Option<&Stored>,
) -> ApiResult<ConnectionInput> {
    let kind = request.connection_type;
    let mut input = ConnectionInput {
        kind,
        configs: BTreeMap::new(),
        secrets: BTreeMap::new(),
        flows: known.and_then(|known| known.view(Vec::new()).flows),
    };
    for (name, value) in request.configs.unwrap_or_default() {
        match kind.field(&name) {
            Some(field) if field.secret => {
                input.secrets.insert(name, Some(value));
            }
            _ if kind == ConnectionType::Custom => {
                let message = "The fields of a custom connection stand in customConfigs.";
                return Err(ApiError::bad_request("ConnectionFieldInvalid", message).target(name));
            }
            _ => {
                input.configs.insert(name, value.reveal().to_owned());
            }
        }
    }
    for (name, config) in request.custom_configs.unwrap_or_default() {
        match (config.config_value_type, config.value) {
            (CustomValueType::Secret, Some(value)) => {
                input.secrets.insert(name, Some(value));
            }
            // As an answer of ours has it: it stays.
            (CustomValueType::Secret, None) => {}
            (CustomValueType::String, value) => {
                let value = value.as_ref().map(Secret::reveal).unwrap_or_default();
                input.configs.insert(name, value.to_owned());
            }
        }
    }
    Ok(input)
}

/// The fields of a type.
pub(super) fn spec(kind: ConnectionType) -> WorkspaceConnectionSpec {
    let value_type = match kind {
        // The contract has a name of its own for it.
        ConnectionType::AiServices => "AIServicesConnection",
        kind => kind.class(),
    };
    WorkspaceConnectionSpec {
        connection_category: kind.category().to_owned(),
        flow_value_type: value_type.to_owned(),
        connection_type: kind,
        connection_type_display_name: kind.display_name().to_owned(),
        config_specs: kind.fields().iter().map(field).collect(),
        module: kind.module().to_owned(),
    }
}

fn field(field: &FieldSpec) -> ConnectionConfigSpec {
    ConnectionConfigSpec {
        name: field.name.to_owned(),
        display_name: field.label.to_owned(),
        config_value_type: match field.secret {
            true => CustomValueType::Secret,
            false => CustomValueType::String,
        },
        default_value: field.default.map(str::to_owned),
        enum_values: field
            .choices
            .iter()
            .map(|choice| (*choice).to_owned())
            .collect(),
        is_optional: field.need != FieldNeed::Required,
    }
}
