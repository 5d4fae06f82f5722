//! Reads the files that an upgrade starts from, and writes the result.

use flowdeck_contract::ids::{FilePath, FlowId};

use super::plan::{Change, Found, requirements_path};
use crate::api::{Api, ApiError, Disk, FlowFiles, Precondition, Written};

/// Reads a flow's definition and requirements file.
pub(super) async fn read(api: Api, flow: FlowId) -> Result<Found, ApiError> {
    let detail = api.flow(&flow).await?;
    let missing = || failed("The flow’s definition file is missing or isn’t text.".to_owned());
    let definition = FilePath::try_from(detail.definition_path).map_err(|_| missing())?;
    let files = FlowFiles::new(api, flow);
    let yaml = files.read(&definition).await?;
    if yaml == Disk::Gone {
        return Err(missing());
    }
    let requirements = requirements_path(yaml.text()).map_err(failed)?;
    let listed = files.read(&requirements).await?;
    Ok(Found {
        definition,
        yaml,
        requirements,
        listed,
    })
}

/// Writes all of it, or nothing where a file is no longer what was shown.
pub(super) async fn write(api: Api, flow: FlowId, changes: &[Change]) -> Result<(), ApiError> {
    let files = FlowFiles::new(api, flow);
    for Change { path, old, .. } in changes {
        if files.read(path).await? != *old {
            return Err(failed(format!(
                "{path} changed after you reviewed it. Nothing was saved. Review the changes again."
            )));
        }
    }
    let mut done: Vec<String> = Vec::new();
    for Change { path, old, new } in changes {
        let precondition = match old {
            Disk::Text { etag, .. } => Precondition::Is(etag.clone()),
            Disk::Gone => Precondition::Absent,
        };
        match files.write(path, &precondition, new).await? {
            Written::Done(_) => done.push(path.to_string()),
            // Between the look above and this.
            Written::Refused => {
                let before = match done.as_slice() {
                    [] => "Nothing was saved.".to_owned(),
                    _ => format!("{} is already saved.", done.join(", ")),
                };
                return Err(failed(format!(
                    "{path} changed at the same time and wasn’t saved. {before} Review the changes again."
                )));
            }
        }
    }
    Ok(())
}

fn failed(message: String) -> ApiError {
    ApiError {
        status: None,
        code: "NotUpgraded".into(),
        message,
        remedy: None,
        request_id: None,
        request: None,
        install_fault: None,
    }
}
