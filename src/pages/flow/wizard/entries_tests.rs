use super::*;
use flowdeck_contract::settings::{IdentityOption, SizeOption};

fn size(name: &str, unavailable: Option<&str>) -> SizeOption {
    SizeOption {
        name: name.into(),
        v_cpus: 2,
        memory_gb: 4.0,
        unavailable: unavailable.map(str::to_owned),
    }
}

fn options() -> ComputeOptions {
    let instance = |name: &str, state| InstanceOption {
        name: name.into(),
        state,
        size: size("Standard_D2", None),
        identity: None,
        idle_seconds: Some(1800),
        sessions: 0,
    };
    ComputeOptions {
        images_unavailable: None,
        sizes: vec![
            size("Standard_D2", None),
            size("Standard_D64", Some("64 vCPUs are more than there are.")),
        ],
        default_size: Some("Standard_D2".into()),
        quota: Vec::new(),
        instances: vec![
            instance("on", InstanceState::Running),
            instance("off", InstanceState::Stopped),
        ],
        identities: vec![IdentityOption {
            name: "puller".into(),
            description: None,
        }],
        default_idle_seconds: Some(3600),
        environment_cache: None,
    }
}

fn serverless(vm_size: Option<&str>, identity: Option<&str>) -> ComputeChoice {
    ComputeChoice::Serverless {
        vm_size: vm_size.map(str::to_owned),
        identity: identity.map(str::to_owned),
    }
}

#[test]
fn settings_filled_in_are_the_settings_that_come_out() {
    let digest = format!("a.example/x@sha256:{}", "0".repeat(64));
    let both = format!("a.example/x:1@sha256:{}", "0".repeat(64));
    for image in [
        None,
        Some("a.example/x:1"),
        Some("x"),
        Some(&*digest),
        Some(&*both),
    ] {
        for idle_shutdown in [
            IdleShutdown::Default,
            IdleShutdown::Never,
            IdleShutdown::After(90),
        ] {
            for compute in [
                ComputeChoice::default(),
                serverless(Some("Standard_D2"), Some("puller")),
                ComputeChoice::Instance { name: "on".into() },
            ] {
                let settings = SessionSettings {
                    compute,
                    idle_shutdown,
                    base_image: image.map(str::to_owned),
                    ..SessionSettings::default()
                };
                let entries = Entries::from(&settings);
                assert_eq!(entries.settings(&options()), Ok(settings));
            }
        }
    }
}

fn faults(entries: &Entries) -> Vec<Field> {
    let faults = entries.settings(&options()).err().unwrap_or_default();
    faults.into_iter().map(|(field, _)| field).collect()
}

#[test]
fn everything_that_cannot_be_is_at_fault_in_the_order_of_the_screen() {
    let entries = Entries {
        vm_size: Some("Standard_D64".into()),
        identity: Some("nobody".into()),
        idle: Some(IdleEntry {
            number: "x".into(),
            unit: super::super::idle::Unit::Hours,
        }),
        custom_image: true,
        ..Entries::default()
    };
    assert_eq!(
        faults(&entries),
        [Field::VmSize, Field::Idle, Field::Identity, Field::ImageUrl]
    );
    for (instance, faulty) in [
        (None, true),
        (Some("gone"), true),
        (Some("off"), true),
        (Some("on"), false),
    ] {
        let entries = Entries {
            kind: ComputeKind::Instance,
            instance: instance.map(str::to_owned),
            // Hidden by the other radio, so nobody asks.
            vm_size: Some("Standard_D64".into()),
            ..Entries::default()
        };
        assert_eq!(!faults(&entries).is_empty(), faulty, "{instance:?}");
    }
}

#[test]
fn an_image_is_written_in_one_field_or_two() {
    let image = |url: &str, tag: &str| {
        let entries = Entries {
            custom_image: true,
            image_url: url.into(),
            image_tag: tag.into(),
            ..Entries::default()
        };
        entries
            .image()
            .map(|image| image.map(String::from).unwrap_or_default())
            .map_err(|(field, _)| field)
    };
    assert_eq!(image(" a.example/x ", "1"), Ok("a.example/x:1".into()));
    assert_eq!(image("a.example/x:1", ""), Ok("a.example/x:1".into()));
    assert_eq!(image("a.example/x:1", "2"), Err(Field::ImageTag));
    assert_eq!(image("a.example/x", "not good"), Err(Field::ImageTag));
    assert_eq!(image("a.example/x", "sha256:12"), Err(Field::ImageTag));
    assert_eq!(image("A b", "1"), Err(Field::ImageUrl));
}

#[test]
fn the_idle_time_shown_is_the_compute_s_own_until_one_is_entered() {
    let mut entries = Entries::default();
    assert_eq!(entries.idle_shown(&options()), IdleEntry::of(Some(3600)));
    entries.kind = ComputeKind::Instance;
    entries.instance = Some("on".into());
    assert_eq!(entries.idle_shown(&options()), IdleEntry::of(Some(1800)));
    entries.idle = Some(IdleEntry::of(None));
    assert_eq!(entries.idle_shown(&options()), IdleEntry::of(None));
}
