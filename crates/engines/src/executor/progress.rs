//! How far a run is, by the lines that promptflow's executor logs while it runs.

use flowdeck_contract::runs::NodeState;

/// What a line of the log says of a node: its name and where it stands from then on.
pub fn progress(line: &str) -> Option<(&str, NodeState)> {
    let message = message(line)?;
    if let Some(rest) = message.strip_prefix("Executing node ") {
        return Some((rest.split_once(". node run id: ")?.0, NodeState::Running));
    }
    if let Some(rest) = message.strip_prefix("Bypassing node ") {
        return Some((rest.split_once(". node run id: ")?.0, NodeState::Bypassed));
    }
    let rest = message.strip_prefix("Node ")?;
    if let Some(name) = rest.strip_suffix(" completes.") {
        return Some((name, NodeState::Completed));
    }
    if let Some(before) = rest.strip_suffix(" is canceled.") {
        return Some((before.rsplit_once(" in line ")?.0, NodeState::Canceled));
    }
    let (before, _) = rest.split_once(" failed. Exception: ")?;
    Some((before.rsplit_once(" in line ")?.0, NodeState::Failed))
}

/// The message of `DATE TIME ZONE PID LOGGER LEVEL MESSAGE`, when the logger is the executor's.
fn message(line: &str) -> Option<&str> {
    let mut rest = line;
    for field in 0..6 {
        let (word, after) = rest.split_once(' ')?;
        let is_right = match field {
            3 => word.parse::<u32>().is_ok(),
            4 => word == "execution" || word == "execution.flow",
            _ => !word.is_empty(),
        };
        if !is_right {
            return None;
        }
        rest = after.trim_start_matches(' ');
    }
    Some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn promptflow_s_own_lines_say_where_a_node_stands() {
        let at = |message: &str| {
            format!("2026-11-23 21:24:50 +0000   16645 execution.flow     INFO     {message}")
        };
        for (message, expected) in [
            (
                "Executing node one. node run id: r1_one_0",
                ("one", NodeState::Running),
            ),
            ("Node two completes.", ("two", NodeState::Completed)),
            (
                "Bypassing node skip. node run id: r1_skip_0",
                ("skip", NodeState::Bypassed),
            ),
            ("Node a in line 0 is canceled.", ("a", NodeState::Canceled)),
            (
                "Node a in line None failed. Exception: boom",
                ("a", NodeState::Failed),
            ),
        ] {
            assert_eq!(progress(&at(message)), Some(expected), "{message}");
        }
        let failed = "2026-11-23 21:24:53 +0000   16668 execution          ERROR    Node two in line 0 failed. Exception: Execution failure in 'two': (ZeroDivisionError) division by zero.";
        assert_eq!(progress(failed), Some(("two", NodeState::Failed)));
    }

    #[test]
    fn what_a_node_prints_says_nothing() {
        for line in [
            "2026-11-23 21:24:50 +0000   16645 execution.flow     INFO     [two in line 0 (index starts from 0)] stdout> Node x completes.",
            "Node x completes.",
            "2026-11-23 21:24:50 +0000   16645 other     INFO     Node x completes.",
            "",
        ] {
            assert_eq!(progress(line), None, "{line}");
        }
    }
}
