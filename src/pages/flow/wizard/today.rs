//! The running session, compared with what is chosen.

use flowdeck_contract::{session::SessionView, settings::ComputeChoice};

/// Whether a session runs on what is asked for. Naming the size that was its default isn't a change.
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

#[cfg(test)]
mod tests {
    use super::*;
    use flowdeck_contract::{session::VmSize, settings::SessionSettings};

    fn two_cores() -> VmSize {
        VmSize {
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
}
