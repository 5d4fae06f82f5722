//! promptflow's errors, as a person needs them.

use flowdeck_contract::codes;
use flowdeck_contract::{Exact, runs::RunError};

use super::traceback::{self, Code};

/// Where promptflow's error classes begin to say something.
const GENERIC: [&str; 2] = ["UserError", "SystemError"];

/// The code of a run whose process was ended by SIGKILL, as the kernel does for want of memory.
pub const PROCESS_KILLED: &str = "RunProcessKilled";

/// Reads an error of promptflow's.
pub(super) fn read(error: &Exact, code: &Code) -> RunError {
    let class = class(error);
    let message = text(error, "message").unwrap_or_else(|| "promptflow gave no reason.".to_owned());
    let traceback = traceback(error).map(|traceback| code.in_folder(&traceback));
    let place = traceback
        .as_deref()
        .and_then(|traceback| traceback::innermost(traceback, code));
    let place = place.or_else(|| traceback::innermost(&code.in_folder(&message), code));
    RunError {
        remedy: remedy(&class, &message),
        message: code.in_folder(&message),
        traceback: traceback.and_then(|traceback| traceback::from_user_code(&traceback, code)),
        place,
        code: class,
    }
}

/// The runtime ended under a run, so that nobody knows what came of it.
pub fn interrupted(message: impl Into<String>) -> RunError {
    RunError {
        code: codes::INTERRUPTED.to_owned(),
        message: message.into(),
        traceback: None,
        place: None,
        remedy: Some("Run it again.".to_owned()),
    }
}

/// The innermost class in the chain of codes.
fn class(error: &Exact) -> String {
    let mut class = text(error, "code");
    let mut inner = error.member("innerError");
    while let Some(error) = inner.filter(Exact::is_object) {
        class = text(&error, "code").or(class);
        inner = error.member("innerError");
    }
    let debug = error
        .member("debugInfo")
        .and_then(|debug| text(&debug, "type"));
    match class {
        Some(class) if !GENERIC.contains(&class.as_str()) => class,
        class => debug.or(class).unwrap_or_else(|| "UnknownError".to_owned()),
    }
}

/// That of the user's own exception when promptflow has it, else of the innermost cause.
fn traceback(error: &Exact) -> Option<String> {
    let details = error.member("additionalInfo");
    let details: Vec<Exact> = details
        .and_then(|details| serde_json::from_str(details.json()).ok())
        .unwrap_or_default();
    let own = details
        .iter()
        .find_map(|detail| text(&detail.member("info")?, "traceback"));
    own.or_else(|| {
        let mut cause = error.member("debugInfo")?;
        while let Some(inner) = cause.member("innerException").filter(Exact::is_object) {
            cause = inner;
        }
        let stack = text(&cause, "stackTrace").filter(|stack| !stack.trim().is_empty())?;
        let (class, message) = (
            text(&cause, "type")?,
            text(&cause, "message").unwrap_or_default(),
        );
        Some(format!("{}\n{class}: {message}", stack.trim_matches('\n')))
    })
}

fn remedy(class: &str, message: &str) -> Option<String> {
    if let Some((_, rest)) = message.split_once("No module named ") {
        let module = rest
            .trim_start_matches(['\'', '"', '‘'])
            .split(['\'', '"', '’', ' '])
            .next()
            .unwrap_or("");
        return Some(format!(
            "Add the package that has the module ‘{module}’ to requirements.txt and install it."
        ));
    }
    if message.contains("has reached its limit of") && message.contains("processes and threads") {
        return Some("Start fewer processes and threads at a time.".to_owned());
    }
    match class {
        "ConnectionNotFound" | "GetConnectionError" => {
            Some("Define the connection that the node names.".to_owned())
        }
        "RunProcessEnded" | PROCESS_KILLED => {
            Some("Check the log for how far the run came.".to_owned())
        }
        "RunNotStarted" => {
            Some("Cancel other runs of the session, or reset the session.".to_owned())
        }
        class => of_service(class, message).map(str::to_owned),
    }
}

/// What to do when a model's service refuses or can't be reached, by the class of its client's error. promptflow wraps it, and
/// what a stream raises comes as it is.
fn of_service(class: &str, message: &str) -> Option<&'static str> {
    let is = |name: &str| class == name || message.contains(&format!("{name}:"));
    let is_any = |names: &[&str]| names.iter().any(|name| is(name));
    Some(match () {
        () if is("AuthenticationError") => {
            "Check the key of the node’s connection: it may be wrong, or expired. Replace it under Connections, and then run again."
        }
        () if is("PermissionDeniedError") => {
            "Give the key of the node’s connection access to this model, or choose another connection."
        }
        () if is("NotFoundError") => {
            "Check the node’s model or deployment, and the address of its connection."
        }
        () if is_any(&["BadRequestError", "UnprocessableEntityError"]) => {
            "Change the input of the node, or the part of its prompt, that the service names."
        }
        () if is_any(&["RateLimitError", "ExceedMaxRetryTimes"]) => {
            "Wait and run again, or choose a connection or model with a larger quota."
        }
        () if is("APITimeoutError") => {
            "The service took too long. Run again, or set a shorter answer or a longer time-out."
        }
        () if is("APIConnectionError") || message.contains("Connection error.") => {
            "Check the address of the node’s connection, and test it under Connections."
        }
        () if is("InternalServerError") => "The service failed. Run again later.",
        () => return None,
    })
}

fn text(value: &Exact, key: &str) -> Option<String> {
    value.member(key)?.as_text()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::path::Path;

    #[test]
    fn a_node_that_raises_is_told_with_class_traceback_and_place() {
        let error = json!({
            "message": "Execution failure in 'two': (ZeroDivisionError) division by zero",
            "code": "UserError", "innerError": {"code": "ToolExecutionError", "innerError": null},
            "additionalInfo": [{"type": "ToolExecutionErrorDetails", "info": {"traceback":
                "Traceback (most recent call last):\n  File \"/v/pf.py\", line 1, in w\n    f()\n  File \"/flows/f/two.py\", line 12, in helper\n    return 1/0\nZeroDivisionError: division by zero\n"}}],
        });
        let error = read(&error.into(), &Code::new(Path::new("/flows/f"), None));
        assert_eq!(error.code, "ToolExecutionError");
        assert_eq!(error.place.unwrap().line, 12);
        assert!(!error.traceback.unwrap().contains("pf.py"));
    }

    #[test]
    fn an_error_before_any_node_has_its_innermost_cause() {
        let error = json!({
            "message": "Failed to load 'a.py': No module named 'yaml2'", "code": "SystemError", "innerError": null,
            "debugInfo": {"type": "PythonLoadError", "message": "x", "stackTrace": "T", "innerException":
                {"type": "ModuleNotFoundError", "message": "No module named 'yaml2'", "stackTrace": "Traceback (most recent call last):\n  File \"/flows/f/a.py\", line 3, in <module>\n", "innerException": null}},
        });
        let error = read(&error.into(), &Code::new(Path::new("/flows/f"), None));
        assert_eq!(error.code, "PythonLoadError");
        assert!(
            error
                .traceback
                .unwrap()
                .ends_with("ModuleNotFoundError: No module named 'yaml2'")
        );
        assert_eq!(error.place.unwrap().line, 3);
        assert!(error.remedy.unwrap().contains("‘yaml2’"));
    }

    #[test]
    fn what_a_model_s_service_refuses_says_what_to_do() {
        let remedy = |class: &str, message: &str| remedy(class, message);
        for (class, message, word) in [
            ("AuthenticationError", "401", "key"),
            ("NotFoundError", "404", "deployment"),
            (
                "ScriptExecutionError",
                "OpenAI API hits RateLimitError: 429",
                "quota",
            ),
            ("X", "Connection error.", "address"),
        ] {
            let said = remedy(class, message).unwrap();
            assert!(said.contains(word), "{said}");
        }
        assert_eq!(remedy("ToolExecutionError", "division by zero"), None);
    }

    #[test]
    fn any_json_is_an_error_of_some_kind() {
        let error = read(&Exact::null(), &Code::new(Path::new("/f"), None));
        assert_eq!(error.code, "UnknownError");
    }
}
