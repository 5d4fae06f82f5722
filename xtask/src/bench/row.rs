//! One result of a benchmark.

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

/// What a benchmark program prints as one line of JSON. Smaller values are better.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Row {
    pub(super) name: String,
    pub(super) value: f64,
    pub(super) unit: String,
    /// Who did the same task in the same run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) rival: Option<String>,
    /// The rival's value, in the same unit.
    #[serde(
        default,
        rename = "rivalValue",
        skip_serializing_if = "Option::is_none"
    )]
    pub(super) rival_value: Option<f64>,
    /// How many times our value fits into the rival's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) ratio: Option<f64>,
}

impl Row {
    pub(super) fn bytes(name: &str, bytes: u64) -> Self {
        Self {
            name: name.to_owned(),
            #[expect(clippy::cast_precision_loss, reason = "no file here has 2^53 bytes")]
            value: bytes as f64,
            unit: "B".to_owned(),
            rival: None,
            rival_value: None,
            ratio: None,
        }
    }
}

/// The rows among the lines of `output`; other lines are the program's own affair.
pub(super) fn read(output: &str) -> Result<Vec<Row>> {
    output
        .lines()
        .map(str::trim)
        .filter(|line| line.starts_with("{\"name\""))
        .map(|line| {
            serde_json::from_str(line).with_context(|| format!("not a benchmark result: {line}"))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_found_among_other_lines() {
        let output = "Running x\n{\"name\":\"a\",\"value\":2,\"unit\":\"s\",\"rival\":\"pf\",\"rivalValue\":8,\"ratio\":4}\n{}\n";
        let rows = read(output).unwrap();
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].rival.as_deref(), Some("pf"));
        assert_eq!(rows[0].ratio, Some(4.0));
        assert!(read("{\"name\":\"a\",\"value\":\"fast\"}").is_err());
    }
}
