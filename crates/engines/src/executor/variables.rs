//! The environment variables that every runtime is given.

/// With traces, which stay in the answer, as no collector is named; without telemetry. That of the exporter which
/// promptflow brings along has switches of its own: it asks Azure for its settings and counts its uses there, even when it
/// has nothing to send.
pub(crate) const VARIABLES: [(&str, &str); 7] = [
    ("PF_DISABLE_TRACING", "false"),
    ("PF_TRACING_SKIP_EXPORTER_SETUP", "true"),
    ("PF_LOGGING_LEVEL", "INFO"),
    ("TELEMETRY_ENABLED", "false"),
    ("APPLICATIONINSIGHTS_CONTROLPLANE_DISABLED", "true"),
    ("APPLICATIONINSIGHTS_STATSBEAT_DISABLED_ALL", "true"),
    ("PYTHONDONTWRITEBYTECODE", "1"),
];
