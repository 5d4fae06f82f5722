//! The user of a session's processes. Never root: the server's own user, or, where the server is root, the owner of the
//! flow folder; where that is root, too, a user without a name who is let into the flow folder by its access control
//! list.

use std::{
    fs, io,
    os::unix::fs::{MetadataExt as _, chown},
    path::Path,
};

use rustix::fs::{XattrFlags, setxattr};
use serde::{Deserialize, Serialize};

/// A user and a group, by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct User {
    uid: u32,
    gid: u32,
}

/// In none of the ranges that systems give to people, services and name spaces.
const NAMELESS: User = User {
    uid: 59_000,
    gid: 59_000,
};
/// Owns what sessions share, so that none of them can write into it.
const KEEPER: User = User {
    uid: 59_001,
    gid: 59_001,
};

impl User {
    /// The one for sessions at work in `folder`.
    pub(crate) fn of_session(folder: Option<&Path>) -> io::Result<Self> {
        let server = Self::of_server();
        if !server.is_root() {
            return Ok(server);
        }
        let Some(folder) = folder else {
            return Ok(NAMELESS);
        };
        let owner = fs::metadata(folder)?;
        let owner = Self {
            uid: owner.uid(),
            gid: owner.gid(),
        };
        Ok(if owner.is_root() { NAMELESS } else { owner })
    }

    /// The one for what sessions share.
    pub(crate) fn of_keeper() -> Self {
        let server = Self::of_server();
        if server.is_root() { KEEPER } else { server }
    }

    fn of_server() -> Self {
        Self {
            uid: rustix::process::geteuid().as_raw(),
            gid: rustix::process::getegid().as_raw(),
        }
    }

    fn is_root(self) -> bool {
        self.uid == 0
    }

    pub(crate) fn uid(self) -> u32 {
        self.uid
    }

    /// As Docker wants it.
    pub(crate) fn name(self) -> String {
        format!("{}:{}", self.uid, self.gid)
    }

    /// Gives a file or folder of ours to the user.
    pub(crate) fn own(self, path: &Path) -> io::Result<()> {
        if self == Self::of_server() {
            return Ok(());
        }
        chown(path, Some(self.uid), Some(self.gid))
    }

    /// Gives a folder of ours and what is in it to the user.
    pub(crate) fn own_all(self, folder: &Path) -> io::Result<()> {
        self.own(folder)?;
        fs::read_dir(folder)?.try_for_each(|entry| self.own(&entry?.path()))
    }

    /// Gives every folder below `top` to the user; files stay whose they are.
    pub(crate) fn own_folders(self, top: &Path) -> io::Result<()> {
        if self == Self::of_server() {
            return Ok(());
        }
        self.own(top)?;
        for entry in fs::read_dir(top)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                self.own_folders(&entry.path())?;
            }
        }
        Ok(())
    }

    /// Lets the user read and write a file, or a folder and whatever is made in it from now on; its owner stays.
    pub(crate) fn admit(self, path: &Path) -> io::Result<()> {
        let metadata = fs::metadata(path)?;
        if metadata.uid() == self.uid {
            return Ok(());
        }
        let list = access_list(self.uid, metadata.mode());
        setxattr(path, "system.posix_acl_access", &list, XattrFlags::empty())?;
        if metadata.is_dir() {
            setxattr(path, "system.posix_acl_default", &list, XattrFlags::empty())?;
        }
        Ok(())
    }
}

/// The access control list of a file of this mode to which one more user has every right, as Linux stores it: version
/// 2, then entries of tag, rights and id.
fn access_list(uid: u32, mode: u32) -> Vec<u8> {
    const ALL: u16 = 7;
    const NOBODY: u32 = u32::MAX;
    let rights = |shift: u32| u16::try_from((mode >> shift) & 7).unwrap_or(0);
    let entries: [(u16, u16, u32); 5] = [
        (0x01, rights(6), NOBODY),
        (0x02, ALL, uid),
        (0x04, rights(3), NOBODY),
        (0x10, ALL, NOBODY),
        (0x20, rights(0), NOBODY),
    ];
    let mut list = 2_u32.to_le_bytes().to_vec();
    for (tag, rights, id) in entries {
        list.extend(tag.to_le_bytes());
        list.extend(rights.to_le_bytes());
        list.extend(id.to_le_bytes());
    }
    list
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn no_session_is_root() {
        let folder = tempfile::tempdir().unwrap();
        for folder in [Some(folder.path()), None] {
            assert!(!User::of_session(folder).unwrap().is_root());
        }
        assert!(!User::of_keeper().is_root());
    }

    #[test]
    fn one_more_user_is_let_in_and_nobody_else() {
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o750)).unwrap();
        NAMELESS.admit(folder.path()).unwrap();
        // The mask of the list shows where the group's rights stood.
        let mode = fs::metadata(folder.path()).unwrap().mode() & 0o777;
        assert_eq!(mode, 0o770);
        fs::create_dir(folder.path().join("new")).unwrap();
        let mut list = [0_u8; 128];
        let read = rustix::fs::getxattr(
            folder.path().join("new"),
            "system.posix_acl_access",
            &mut list[..],
        );
        let list = &list[..read.unwrap()];
        assert_eq!(list, access_list(NAMELESS.uid, 0o750));
    }
}
