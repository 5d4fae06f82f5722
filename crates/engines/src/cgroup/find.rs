//! Finds out whether, and where, this server may make control groups.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::{Group, Version, controllers};

/// In version 2 a group with groups in it holds no processes: the server itself moves into one of this name.
const OWN_GROUP: &str = "flowdeck-server";

/// The server's own group, so that what bounds the server bounds what is made within, too; `None` when the server may
/// make no group there. `name` is that of one which it tries to make.
pub(crate) fn own(name: &str) -> Option<Group> {
    let mounts = fs::read_to_string("/proc/self/mountinfo").ok()?;
    let own = fs::read_to_string("/proc/self/cgroup").ok()?;
    let found = unified(&mounts, &own).or_else(|| split(&mounts, &own))?;
    may_be_made(&found.child(name)).then_some(found)
}

/// The group of everything on this machine; `None` when only a part of it is to be seen from here.
pub(crate) fn topmost() -> Option<Group> {
    top_of(&fs::read_to_string("/proc/self/mountinfo").ok()?)
}

fn top_of(mounts: &str) -> Option<Group> {
    let whole = |kind: &str, controller| {
        let (root, folder) = mount(mounts, kind, controller)?;
        (root == "/").then(|| PathBuf::from(folder))
    };
    // Where both versions are mounted it is the first that has the controllers.
    if mount(mounts, "cgroup", Some("memory")).is_some() {
        return Some(Group {
            version: Version::One,
            memory: whole("cgroup", Some("memory"))?,
            cpu: whole("cgroup", Some("cpu")),
            pids: None,
        });
    }
    let memory = whole("cgroup2", None)?;
    Some(Group {
        version: Version::Two,
        cpu: Some(memory.clone()),
        pids: None,
        memory,
    })
}

/// The folders of a group of this name below the top of every hierarchy, whatever it controls.
pub(crate) fn everywhere(name: &str) -> Vec<PathBuf> {
    let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
    let folders = mounts.lines().filter_map(|line| {
        let (place, what) = line.split_once(" - ")?;
        let is_one = what.starts_with("cgroup ") || what.starts_with("cgroup2 ");
        is_one.then(|| place.split(' ').nth(4)).flatten()
    });
    folders.map(|folder| Path::new(folder).join(name)).collect()
}

fn may_be_made(probe: &Group) -> bool {
    let made = probe.make().and_then(|()| probe.remove());
    if let Err(error) = &made {
        tracing::info!(%error, "no control groups can be made: the memory of sessions is watched instead");
    }
    made.is_ok()
}

fn split(mounts: &str, own: &str) -> Option<Group> {
    let folder = |controller: &str| {
        let path = own_path(own, |controllers| {
            controllers.split(',').any(|name| name == controller)
        })?;
        below(mount(mounts, "cgroup", Some(controller))?, path)
    };
    Some(Group {
        version: Version::One,
        memory: folder("memory")?,
        cpu: folder("cpu"),
        pids: folder("pids"),
    })
}

fn unified(mounts: &str, own: &str) -> Option<Group> {
    let path = own_path(own, str::is_empty)?;
    let here = below(mount(mounts, "cgroup2", None)?, path)?;
    let parent = match here.file_name() {
        Some(name) if name == OWN_GROUP => here.parent()?.to_owned(),
        _ => here,
    };
    let there_is = fs::read_to_string(parent.join("cgroup.controllers")).ok()?;
    let has = |name: &str| there_is.split_whitespace().any(|other| other == name);
    if !has("memory") {
        return None;
    }
    if let Err(error) = enable(&parent, controllers(has("cpu"), has("pids"))) {
        tracing::info!(%error, "control groups cannot be divided: the memory of sessions is watched instead");
        return None;
    }
    Some(Group {
        version: Version::Two,
        cpu: has("cpu").then(|| parent.clone()),
        pids: has("pids").then(|| parent.clone()),
        memory: parent,
    })
}

/// Lets the groups in a folder have bounds.
fn enable(parent: &Path, controllers: &str) -> io::Result<()> {
    let control = parent.join("cgroup.subtree_control");
    match fs::write(&control, controllers) {
        Err(error) if error.kind() == io::ErrorKind::ResourceBusy => {
            let alone = fs::read_to_string(parent.join("cgroup.procs"))?;
            let me = std::process::id().to_string();
            if alone.trim() != me {
                return Err(error);
            }
            let own = parent.join(OWN_GROUP);
            fs::create_dir_all(&own)?;
            fs::write(own.join("cgroup.procs"), me)?;
            fs::write(&control, controllers)
        }
        written => written,
    }
}

/// The path of this process's group in the hierarchy whose controllers are such.
fn own_path(own: &str, is_it: impl Fn(&str) -> bool) -> Option<&str> {
    own.lines().find_map(|line| {
        let mut fields = line.splitn(3, ':').skip(1);
        let (controllers, path) = (fields.next()?, fields.next()?);
        is_it(controllers).then_some(path)
    })
}

/// The root and the folder of a mounted hierarchy.
fn mount<'a>(mounts: &'a str, kind: &str, controller: Option<&str>) -> Option<(&'a str, &'a str)> {
    mounts.lines().find_map(|line| {
        let (place, what) = line.split_once(" - ")?;
        let mut what = what.split(' ');
        let is_kind = what.next()? == kind;
        let options = what.nth(1)?;
        let has = controller
            .is_none_or(|controller| options.split(',').any(|option| option == controller));
        let mut place = place.split(' ').skip(3);
        let (root, folder) = (place.next()?, place.next()?);
        (is_kind && has).then_some((root, folder))
    })
}

/// A container sees a part of the hierarchy at its top.
fn below((root, folder): (&str, &str), path: &str) -> Option<PathBuf> {
    let inside = path
        .strip_prefix(root.trim_end_matches('/'))
        .unwrap_or(path);
    let here = Path::new(folder).join(inside.trim_start_matches('/'));
    let here = if here.is_dir() {
        here
    } else {
        PathBuf::from(folder)
    };
    here.is_dir().then_some(here)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOUNTS: &str = "31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755\n\
        32 31 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu,cpuacct\n\
        35 31 0:32 /docker/x /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n\
        41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n";

    #[test]
    fn hierarchies_are_found_by_their_controllers() {
        assert_eq!(
            mount(MOUNTS, "cgroup", Some("cpu")),
            Some(("/", "/sys/fs/cgroup/cpu"))
        );
        assert_eq!(
            mount(MOUNTS, "cgroup", Some("memory")),
            Some(("/docker/x", "/sys/fs/cgroup/memory"))
        );
        assert_eq!(mount(MOUNTS, "cgroup", Some("pids")), None);
        assert_eq!(
            mount(MOUNTS, "cgroup2", None),
            Some(("/", "/sys/fs/cgroup/unified"))
        );
        let own = "4:memory:/a:b\n3:cpu,cpuacct:/\n0::/user.slice\n";
        assert_eq!(
            own_path(own, |controllers| controllers == "memory"),
            Some("/a:b")
        );
        assert_eq!(own_path(own, str::is_empty), Some("/user.slice"));
    }

    #[test]
    fn a_group_s_folder_is_below_what_is_mounted() {
        let top = tempfile::tempdir().unwrap();
        let folder = top.path().to_str().unwrap();
        fs::create_dir_all(top.path().join("a/b")).unwrap();
        assert_eq!(below(("/", folder), "/a/b"), Some(top.path().join("a/b")));
        assert_eq!(
            below(("/docker/x", folder), "/docker/x/a"),
            Some(top.path().join("a"))
        );
        assert_eq!(
            below(("/", folder), "/elsewhere"),
            Some(top.path().to_owned())
        );
    }

    #[test]
    fn the_topmost_group_is_seen_whole_or_not_at_all() {
        assert_eq!(top_of(MOUNTS), None);
        let whole = MOUNTS.replace("/docker/x ", "/ ");
        let top = top_of(&whole).unwrap();
        assert_eq!(
            (top.version, top.memory, top.cpu),
            (
                Version::One,
                PathBuf::from("/sys/fs/cgroup/memory"),
                Some(PathBuf::from("/sys/fs/cgroup/cpu"))
            )
        );
        let two = MOUNTS.lines().last().unwrap();
        assert_eq!(top_of(two).map(|top| top.version), Some(Version::Two));
    }

    #[test]
    fn version_two_is_divided_where_it_can_be() {
        let top = tempfile::tempdir().unwrap();
        let folder = top.path().to_str().unwrap();
        let mounts = format!("41 31 0:38 / {folder} rw - cgroup2 cgroup2 rw\n");
        let find = || unified(&mounts, "0::/\n");
        assert_eq!(find(), None);
        fs::write(top.path().join("cgroup.controllers"), "cpuset io\n").unwrap();
        assert_eq!(find(), None, "it does not count memory");
        fs::write(top.path().join("cgroup.controllers"), "cpu memory\n").unwrap();
        let found = find().unwrap();
        assert_eq!(
            (found.version, found.cpu.as_ref()),
            (Version::Two, Some(&found.memory))
        );
        let enabled = fs::read_to_string(top.path().join("cgroup.subtree_control")).unwrap();
        assert_eq!(enabled, "+memory +cpu");
    }
}
