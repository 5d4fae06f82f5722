//! How far an install is with each line of the requirements file, by what uv prints.

use flowdeck_contract::packages::{RequirementProgress as State, RequirementState};

use super::{Asked, dry_run, fault::package_name, verify::is_satisfied};
use crate::engine::Inventory;

/// The lines of a requirements file, each with where it stands.
#[derive(Clone, Debug)]
pub struct Progress {
    asked: Vec<Asked>,
    states: Vec<State>,
    /// What is in the environment before the install, for the lines that it satisfies.
    there: Vec<Option<String>>,
    resolved: bool,
}

impl Progress {
    /// An install of these lines that has not begun. `before` is what the new environment starts with.
    pub fn new(asked: &[Asked], before: &Inventory) -> Self {
        let there = asked.iter().map(|asked| {
            let mut packages = before.packages.iter();
            let found = packages.find(|package| is_satisfied(asked, package))?;
            Some(found.version.clone())
        });
        let state = |asked: &Asked| match asked.applies(&before.markers) {
            true => State::Waiting,
            false => State::NotNeeded,
        };
        Self {
            there: there.collect(),
            states: asked.iter().map(state).collect(),
            asked: asked.to_vec(),
            resolved: false,
        }
    }

    /// Takes a line that uv printed; whether it says anything new.
    pub fn read_line(&mut self, line: &str) -> bool {
        let before = self.states.clone();
        self.take(line);
        before != self.states
    }

    fn take(&mut self, line: &str) {
        if let Some(step) = dry_run::step(line).filter(|step| step.comes) {
            return self.set(&step.name, &State::Installed(step.version));
        }
        let (word, rest) = line.trim_start().split_once(' ').unwrap_or((line, ""));
        match word {
            "Using" => self.each(|state, _| (*state == State::Waiting).then_some(State::Resolving)),
            "Building" => self.set(&package_name(rest), &State::Building),
            "Built" => {
                let next = if self.resolved {
                    State::Downloading
                } else {
                    State::Resolving
                };
                self.set(&package_name(rest), &next);
            }
            "Resolved" => {
                self.resolved = true;
                self.each(|state, there| {
                    let fetched = there
                        .clone()
                        .map_or(State::Downloading, State::AlreadyThere);
                    is_pending(state).then_some(fetched)
                });
            }
            "Downloading" => self.set(&package_name(rest), &State::Downloading),
            // Nothing was to be done.
            "Checked" | "Audited" => self.each(|state, there| {
                there
                    .clone()
                    .filter(|_| is_pending(state))
                    .map(State::AlreadyThere)
            }),
            _ => {}
        }
    }

    /// The install has ended well, and this is what is there now.
    pub fn finish(&mut self, after: &Inventory) {
        for (asked, state) in self.asked.iter().zip(&mut self.states) {
            let package = after.packages.iter().find(|package| asked.is_for(package));
            match (&*state, package) {
                (State::NotNeeded | State::Installed(_), _) => {}
                (State::AlreadyThere(version), Some(package)) if *version == package.version => {}
                (State::Downloading | State::Building, Some(package)) => {
                    *state = State::Installed(package.version.clone());
                }
                (_, Some(package)) => *state = State::AlreadyThere(package.version.clone()),
                // A path or an address, of which no more is known than that all went well.
                (_, None) => *state = State::Installed(String::new()),
            }
        }
    }

    /// As the page shows it.
    pub fn lines(&self) -> Vec<RequirementState> {
        let lines = self.asked.iter().zip(&self.states);
        let line = |(asked, state): (&Asked, &State)| RequirementState {
            asked_by: asked.asked_by.clone(),
            name: asked.name.clone(),
            state: state.clone(),
        };
        lines.map(line).collect()
    }

    fn set(&mut self, name: &str, to: &State) {
        for (asked, state) in self.asked.iter().zip(&mut self.states) {
            if asked.name.as_deref() == Some(name) && *state != State::NotNeeded {
                *state = to.clone();
            }
        }
    }

    fn each(&mut self, next: impl Fn(&State, &Option<String>) -> Option<State>) {
        for (state, there) in self.states.iter_mut().zip(&self.there) {
            if let Some(next) = next(state, there) {
                *state = next;
            }
        }
    }
}

/// An install has ended without a new environment; the lines that `about` names are why.
pub fn give_up(lines: &mut [RequirementState], about: &[String]) {
    let about: Vec<String> = about.iter().map(|text| package_name(text)).collect();
    for line in lines {
        let at_fault = line.name.as_ref().is_some_and(|name| about.contains(name));
        match line.state {
            _ if at_fault => line.state = State::Failed,
            State::NotNeeded => {}
            _ => line.state = State::Waiting,
        }
    }
}

/// Whether nothing is known of it yet but that it is asked for.
fn is_pending(state: &State) -> bool {
    matches!(state, State::Waiting | State::Resolving)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packages::{
        Lines,
        samples::{INSTALL, facts, inventory},
    };

    const FILE: &str = "FdAlpha<2\nfdbig\nfdsrc\npyyaml\nold; python_version < '3'\n./local\n";

    fn progress() -> Progress {
        let before = vec![facts("pyyaml==6.0", &[]), facts("fdalpha==2.0", &[])];
        Progress::new(&Lines::of(FILE).asked, &inventory(&[], before))
    }

    fn words(progress: &Progress) -> Vec<String> {
        let word = |line: RequirementState| match line.state {
            State::Installed(version) => format!("installed {version}"),
            State::AlreadyThere(version) => format!("there {version}"),
            other => format!("{other:?}"),
        };
        progress.lines().into_iter().map(word).collect()
    }

    #[test]
    fn each_line_goes_through_its_states_as_uv_prints() {
        let mut progress = progress();
        let mut told = vec![words(&progress)];
        for line in INSTALL.lines() {
            if progress.read_line(line) {
                told.push(words(&progress));
            }
        }
        let r = "Resolving";
        let d = "Downloading";
        let n = "NotNeeded";
        let there = "there 6.0";
        assert_eq!(
            told,
            [
                ["Waiting", "Waiting", "Waiting", "Waiting", n, "Waiting"],
                [r, r, r, r, n, r],
                [r, r, "Building", r, n, r],
                [r, r, r, r, n, r],
                [d, d, d, there, n, d],
                ["installed 1.0", d, d, there, n, d],
                ["installed 1.0", "installed 1.0", d, there, n, d],
                [
                    "installed 1.0",
                    "installed 1.0",
                    "installed 1.0",
                    there,
                    n,
                    d
                ],
            ]
        );
        let local = crate::engine::PackageFacts {
            location: Some("file:///f/local".into()),
            ..facts("thing==3", &[])
        };
        progress.finish(&inventory(&[], vec![facts("pyyaml==6.0", &[]), local]));
        assert_eq!(words(&progress)[5], "installed 3");
    }

    #[test]
    fn an_install_with_nothing_to_do_says_what_was_there() {
        let mut progress = Progress::new(
            &Lines::of("pyyaml").asked,
            &inventory(&[], vec![facts("pyyaml==6.0", &[])]),
        );
        progress.read_line("Using Python 3.11.7 environment at: env");
        progress.read_line("Checked 1 package in 1ms");
        assert_eq!(words(&progress), ["there 6.0"]);
    }

    #[test]
    fn a_failed_install_leaves_nothing_installed_but_names_who_is_at_fault() {
        let mut progress = progress();
        INSTALL.lines().for_each(|line| {
            progress.read_line(line);
        });
        let mut lines = progress.lines();
        give_up(&mut lines, &["fdsrc==1.0".to_owned()]);
        let states: Vec<String> = lines
            .iter()
            .map(|line| format!("{:?}", line.state))
            .collect();
        let w = "Waiting";
        assert_eq!(states, [w, w, "Failed", w, "NotNeeded", w]);
    }
}
