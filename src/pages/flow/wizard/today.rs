//! What the session that runs has, compared with what is asked for.

use flowdeck_contract::{
    session::{SessionSize, SessionView},
    settings::{ComputeChoice, ComputeOptions},
};

/// Whether a session runs on what is asked for. Naming the size that was its default is no other size.
pub(super) fn has_compute(session: &SessionView, asked: &ComputeChoice) -> bool {
    let mut has = session.settings.compute.clone();
    if let (
        ComputeChoice::Serverless { vm_size: has, .. },
        ComputeChoice::Serverless {
            vm_size: Some(_), ..
        },
        Some(size),
    ) = (&mut has, asked, &session.size)
    {
        *has = Some(size.name.clone());
    }
    has == *asked
}

/// What the session that runs has counts as left for it: a size that fits into that can be had.
pub(super) fn counting_as_left(size: &SessionSize, mut options: ComputeOptions) -> ComputeOptions {
    for option in &mut options.sizes {
        #[expect(
            clippy::cast_precision_loss,
            reason = "memory in MiB is far below 2^53"
        )]
        let has_memory = option.memory_gb * 1024.0 <= size.memory_mb as f64 + 1.0;
        if option.name == size.name || (option.v_cpus <= size.v_cpus && has_memory) {
            option.unavailable = None;
        }
    }
    if options.default_size.is_none() {
        let mut sizes = options.sizes.iter();
        let first = sizes.find(|option| option.unavailable.is_none());
        options.default_size = first.map(|option| option.name.clone());
    }
    options
}

#[cfg(test)]
mod tests {
    use super::*;
    use flowdeck_contract::settings::{SessionSettings, SizeOption};

    fn two_cores() -> SessionSize {
        SessionSize {
            name: "Host_2".into(),
            v_cpus: 2,
            memory_mb: 4096,
        }
    }

    fn serverless(vm_size: Option<&str>) -> ComputeChoice {
        ComputeChoice::Serverless {
            vm_size: vm_size.map(str::to_owned),
            identity: None,
        }
    }

    #[test]
    fn naming_the_size_that_was_the_default_is_no_change() {
        let session = |compute| SessionView {
            size: Some(two_cores()),
            settings: SessionSettings {
                compute,
                ..SessionSettings::default()
            },
            ..SessionView::default()
        };
        let by_default = session(serverless(None));
        assert!(has_compute(&by_default, &serverless(None)));
        assert!(has_compute(&by_default, &serverless(Some("Host_2"))));
        assert!(!has_compute(&by_default, &serverless(Some("Host_4"))));
        let by_name = session(serverless(Some("Host_2")));
        assert!(has_compute(&by_name, &serverless(Some("Host_2"))));
        // Whether the default would be the same again is not known.
        assert!(!has_compute(&by_name, &serverless(None)));
        let instance = ComputeChoice::Instance { name: "ci".into() };
        assert!(has_compute(&session(instance.clone()), &instance));
        assert!(!has_compute(&by_default, &instance));
    }

    #[test]
    fn what_the_session_has_counts_as_left_for_it() {
        let size = |name: &str, v_cpus, memory_gb| SizeOption {
            name: name.into(),
            v_cpus,
            memory_gb,
            unavailable: Some("Nothing is left.".into()),
        };
        let options = ComputeOptions {
            images_unavailable: None,
            sizes: vec![
                size("Host_1", 1, 2.0),
                size("Host_2", 2, 4.0),
                size("Host_4", 4, 8.0),
                size("Host_tall", 1, 16.0),
            ],
            default_size: None,
            quota: Vec::new(),
            instances: Vec::new(),
            identities: Vec::new(),
            default_idle_seconds: None,
            environment_cache: None,
        };
        let options = counting_as_left(&two_cores(), options);
        let left = options
            .sizes
            .iter()
            .filter(|size| size.unavailable.is_none());
        let left: Vec<&str> = left.map(|size| &*size.name).collect();
        assert_eq!(left, ["Host_1", "Host_2"]);
        assert_eq!(options.default_size.as_deref(), Some("Host_1"));
    }
}
