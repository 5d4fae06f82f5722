//! An install's plan in words.

use flowdeck_contract::packages::{InstallPlan, PlanChange, PlanKind};

use super::out_of_date::OutOfDate;
use crate::pages::flow::asked_by::place;

/// The kinds of change in the order they are shown in.
pub(super) const KINDS: [PlanKind; 5] = [
    PlanKind::Added,
    PlanKind::Upgraded,
    PlanKind::Downgraded,
    PlanKind::Removed,
    PlanKind::Unchanged,
];

pub(super) fn heading(kind: PlanKind) -> &'static str {
    match kind {
        PlanKind::Added => "Added",
        PlanKind::Upgraded => "Upgraded",
        PlanKind::Downgraded => "Downgraded",
        PlanKind::Removed => "Removed",
        PlanKind::Unchanged => "Already installed",
    }
}

/// What is said while the plan is made, or made again.
pub(super) fn working(out_of_date: Option<&OutOfDate>) -> String {
    match out_of_date {
        None => "Making the plan …".to_owned(),
        Some(OutOfDate::File(file)) => {
            format!("{file} changed. Updating the plan …")
        }
        Some(OutOfDate::Unknown) => {
            "Files may have changed while the server didn’t answer. Updating the plan …".to_owned()
        }
    }
}

/// How many packages each kind of change is about.
pub(super) fn summary(plan: &InstallPlan) -> String {
    let counts = KINDS.iter().filter_map(|kind| {
        let of_kind = plan.changes.iter().filter(|change| change.kind == *kind);
        match (kind, of_kind.count()) {
            (PlanKind::Unchanged, _) => Some(format!("{} unchanged", plan.unchanged)),
            (_, 0) => None,
            (_, count) => Some(format!("{count} {}", heading(*kind).to_lowercase())),
        }
    });
    let counts: Vec<String> = counts.collect();
    if counts.len() == 1 {
        return format!(
            "Nothing to install. The session has all packages in {}.",
            plan.file
        );
    }
    format!("Packages: {}.", counts.join(", "))
}

/// From which version to which.
pub(super) fn versions(change: &PlanChange) -> String {
    match (change.from.as_deref(), change.to.as_deref()) {
        (Some(from), Some(to)) if from != to => format!("{from} → {to}"),
        (from, to) => to.or(from).unwrap_or_default().to_owned(),
    }
}

/// Who asks for it, and what the base image holds.
pub(super) fn notes(change: &PlanChange) -> String {
    let asked = change.asked_by.as_ref().map(place);
    let in_base = change
        .in_base
        .as_ref()
        .map(|version| format!("base: {version}"));
    let notes: Vec<String> = [asked, in_base].into_iter().flatten().collect();
    notes.join(" · ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use flowdeck_contract::packages::AskedBy;

    fn change(kind: PlanKind, from: Option<&str>, to: Option<&str>) -> PlanChange {
        PlanChange {
            name: "flask".into(),
            kind,
            from: from.map(str::to_owned),
            to: to.map(str::to_owned),
            in_base: None,
            asked_by: None,
        }
    }

    #[test]
    fn a_plan_is_summed_up_by_what_changes() {
        let mut plan = InstallPlan {
            file: "requirements.txt".into(),
            changes: vec![
                change(PlanKind::Removed, Some("1"), None),
                change(PlanKind::Added, None, Some("1")),
                change(PlanKind::Added, None, Some("2")),
            ],
            unchanged: 98,
            ..InstallPlan::default()
        };
        assert_eq!(
            summary(&plan),
            "Packages: 2 added, 1 removed, 98 unchanged."
        );
        plan.changes = vec![change(PlanKind::Unchanged, Some("1"), Some("1"))];
        assert!(summary(&plan).starts_with("Nothing to install"));
    }

    #[test]
    fn a_change_says_from_where_to_where_and_why() {
        let mut upgrade = change(PlanKind::Upgraded, Some("1"), Some("2"));
        assert_eq!(versions(&upgrade), "1 → 2");
        assert_eq!(versions(&change(PlanKind::Removed, Some("1"), None)), "1");
        upgrade.in_base = Some("1".into());
        upgrade.asked_by = Some(AskedBy {
            file: "requirements.txt".into(),
            line: 4,
            text: "flask==2".into(),
        });
        assert_eq!(notes(&upgrade), "requirements.txt line 4 · base: 1");
    }
}
