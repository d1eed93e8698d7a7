//! What can be done with paths and files, by POSIX's rules. There are no symbolic links,
//! and the user is the superuser.

use super::{
    errno::Errno,
    state::{BLOCK, Change, Content, FILE, FOLDER, NodeId, ROOT, Time},
    volume::Transaction,
};
use std::time::SystemTime;

/// Flags of [`Transaction::open`], with Linux's values.
pub const O_ACCMODE: u32 = 3;
pub const O_WRONLY: u32 = 1;
pub const O_RDWR: u32 = 2;
pub const O_CREAT: u32 = 0o100;
pub const O_EXCL: u32 = 0o200;
pub const O_TRUNC: u32 = 0o1000;
pub const O_APPEND: u32 = 0o2000;
pub const O_DIRECTORY: u32 = 0o200_000;

const S_IFDIR: u32 = 0o040_000;
const S_IFREG: u32 = 0o100_000;
const S_IFCHR: u32 = 0o020_000;
/// The bits of a mode that are permissions.
const PERMISSIONS: u32 = 0o7777;

/// The longest name in bytes.
const LONGEST_NAME: usize = 255;

/// What a path leads to.
struct Found {
    /// The folder, and its name there. The name is empty for `/`, and for a path that
    /// ends in `.` or `..`.
    folder: NodeId,
    name: String,
    node: Option<NodeId>,
    /// Does the path end in a slash?
    must_be_folder: bool,
    /// The folders on the way, from `/` on, with their names.
    way: Vec<(String, NodeId)>,
}

impl Found {
    fn node(&self) -> Result<NodeId, Errno> {
        self.node.ok_or(Errno::ENOENT)
    }
}

/// What `stat` tells.
#[derive(Clone, Copy, Debug)]
pub struct Stat {
    pub mode: u32,
    pub node: NodeId,
    pub links: u32,
    pub size: u64,
    pub accessed: Time,
    pub modified: Time,
}

impl Stat {
    /// Whether it is a folder.
    pub fn is_folder(&self) -> bool {
        self.mode & S_IFDIR == S_IFDIR
    }
}

/// The present time.
pub fn now() -> Time {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.map_or(0, |since| since.as_nanos() as Time)
}

impl Transaction<'_> {
    /// Follows a path, which begins at folder `from` unless it is absolute.
    fn find(&self, from: &str, path: &str) -> Result<Found, Errno> {
        if path.is_empty() {
            return Err(Errno::ENOENT);
        }
        let start = if path.starts_with('/') { "" } else { from };
        let parts: Vec<&str> = start.split('/').chain(path.split('/')).collect();
        let last = parts
            .iter()
            .rposition(|part| !part.is_empty() && *part != ".");
        let mut way = vec![(String::new(), ROOT)];
        let mut found = None;
        for (position, part) in parts.iter().enumerate() {
            if part.is_empty() || *part == "." {
                continue;
            }
            let folder = way.last().map_or(ROOT, |(_, folder)| *folder);
            let names = self.state().folder(folder)?;
            if *part == ".." {
                if way.len() > 1 {
                    way.pop();
                }
                continue;
            }
            if part.len() > LONGEST_NAME {
                return Err(Errno::ENAMETOOLONG);
            }
            let node = names.get(*part).copied();
            if Some(position) == last {
                found = Some((folder, (*part).to_owned(), node));
            }
            match node {
                Some(node) => way.push(((*part).to_owned(), node)),
                None if Some(position) == last => {}
                None => return Err(Errno::ENOENT),
            }
        }
        let is_nameless = matches!(path.rsplit('/').next(), Some("." | ".."));
        let must_be_folder = path.ends_with('/') || is_nameless;
        let (folder, name, node) = match found {
            Some(found) if !is_nameless => found,
            _ => {
                let here = way.last().map_or(ROOT, |(_, node)| *node);
                (here, String::new(), Some(here))
            }
        };
        if must_be_folder && let Some(node) = node {
            self.state().folder(node)?;
        }
        Ok(Found {
            folder,
            name,
            node,
            must_be_folder,
            way,
        })
    }

    /// What is at a path.
    pub fn look_up(&self, from: &str, path: &str) -> Result<NodeId, Errno> {
        self.find(from, path)?.node()
    }

    /// The absolute path of a folder, without `.` and `..`.
    pub fn folder_path(&self, from: &str, path: &str) -> Result<String, Errno> {
        let found = self.find(from, path)?;
        self.state().folder(found.node()?)?;
        let names: Vec<&str> = found.way.iter().map(|(name, _)| name.as_str()).collect();
        let joined = names.join("/");
        Ok(if joined.is_empty() {
            "/".into()
        } else {
            joined
        })
    }

    /// What is known of a node.
    pub fn stat(&self, id: NodeId) -> Result<Stat, Errno> {
        let node = self.state().node(id)?;
        let (kind, size) = match &node.content {
            Content::Folder(_) => (S_IFDIR, BLOCK),
            Content::File { size, .. } => (S_IFREG, *size),
            Content::Null => (S_IFCHR, 0),
        };
        // Every folder has a name of its own, `.`, and `..` in each folder in it.
        let links = match &node.content {
            Content::Folder(names) => {
                let is_folder = |id: &&NodeId| self.state().folder(**id).is_ok();
                2 + names.values().filter(is_folder).count() as u32
            }
            _ => node.links,
        };
        Ok(Stat {
            mode: kind | node.mode,
            node: id,
            links,
            size,
            accessed: node.accessed,
            modified: node.modified,
        })
    }

    /// The names in a folder, with what is behind them.
    pub fn list(&self, folder: NodeId) -> Result<Vec<(String, Stat)>, Errno> {
        let names = self.state().folder(folder)?.iter();
        names
            .map(|(name, node)| Ok((name.clone(), self.stat(*node)?)))
            .collect()
    }

    fn make(&mut self, found: &Found, kind: u8, mode: u32) -> NodeId {
        let (node, time) = (self.state().free_id(), now());
        let mode = mode & PERMISSIONS;
        self.change(Change::Make {
            node,
            kind,
            mode,
            time,
        });
        self.link_at(found, node);
        node
    }

    fn link_at(&mut self, found: &Found, node: NodeId) {
        self.change(Change::Link {
            folder: found.folder,
            name: found.name.clone(),
            node,
            time: now(),
        });
    }

    fn unlink_at(&mut self, found: &Found) {
        self.change(Change::Unlink {
            folder: found.folder,
            name: found.name.clone(),
            time: now(),
        });
    }

    /// Opens a path for a process: the node counts as open until [`Transaction::close`].
    pub fn open(
        &mut self,
        from: &str,
        path: &str,
        flags: u32,
        mode: u32,
        pid: u32,
    ) -> Result<NodeId, Errno> {
        let writes = flags & O_ACCMODE != 0;
        let found = self.find(from, path)?;
        let node = match found.node {
            Some(_) if flags & (O_CREAT | O_EXCL) == O_CREAT | O_EXCL => {
                return Err(Errno::EEXIST);
            }
            Some(node) => {
                let is_folder = self.state().folder(node).is_ok();
                if is_folder && (writes || flags & O_CREAT != 0) {
                    return Err(Errno::EISDIR);
                }
                if !is_folder && flags & O_DIRECTORY != 0 {
                    return Err(Errno::ENOTDIR);
                }
                if writes && flags & O_TRUNC != 0 {
                    self.resize(node, 0)?;
                }
                node
            }
            None if flags & O_CREAT == 0 => return Err(Errno::ENOENT),
            None if found.must_be_folder => return Err(Errno::EISDIR),
            None => self.make(&found, FILE, mode),
        };
        let count = self.state().held(node, pid) + 1;
        self.change(Change::Hold { node, pid, count });
        Ok(node)
    }

    /// A process has closed what it had opened.
    pub fn close(&mut self, node: NodeId, pid: u32) {
        let count = self.state().held(node, pid).saturating_sub(1);
        self.change(Change::Hold { node, pid, count });
    }

    /// Makes a folder.
    pub fn make_folder(&mut self, from: &str, path: &str, mode: u32) -> Result<(), Errno> {
        let found = self.find(from, path)?;
        if found.node.is_some() {
            return Err(Errno::EEXIST);
        }
        self.make(&found, FOLDER, mode);
        Ok(())
    }

    /// Makes a node of a kind that programs cannot make.
    pub fn make_special(&mut self, path: &str, kind: u8, mode: u32) -> Result<(), Errno> {
        let found = self.find("", path)?;
        self.make(&found, kind, mode);
        Ok(())
    }

    /// Makes the folder `/`.
    pub fn make_root(&mut self) {
        self.change(Change::Make {
            node: ROOT,
            kind: FOLDER,
            mode: 0o755,
            time: now(),
        });
    }

    /// Removes the name of a file.
    pub fn remove(&mut self, from: &str, path: &str) -> Result<(), Errno> {
        let found = self.find(from, path)?;
        if self.state().folder(found.node()?).is_ok() {
            return Err(Errno::EISDIR);
        }
        self.unlink_at(&found);
        Ok(())
    }

    /// Removes an empty folder.
    pub fn remove_folder(&mut self, from: &str, path: &str) -> Result<(), Errno> {
        let found = self.find(from, path)?;
        let is_empty = self.state().folder(found.node()?)?.is_empty();
        if found.name.is_empty() {
            let is_root = found.node == Some(ROOT);
            return Err(if is_root {
                Errno::EBUSY
            } else if path.ends_with("..") {
                Errno::ENOTEMPTY
            } else {
                Errno::EINVAL
            });
        }
        if !is_empty {
            return Err(Errno::ENOTEMPTY);
        }
        self.unlink_at(&found);
        Ok(())
    }

    /// Gives a file or folder another path. What was there is replaced.
    pub fn rename(&mut self, from: &str, old: &str, new: &str) -> Result<(), Errno> {
        let source = self.find(from, old)?;
        let target = self.find(from, new)?;
        let node = source.node()?;
        if source.name.is_empty() || target.name.is_empty() {
            return Err(Errno::EBUSY);
        }
        let is_folder = self.state().folder(node).is_ok();
        if is_folder && target.way.iter().any(|(_, on_the_way)| *on_the_way == node) {
            let is_same = target.node == Some(node);
            return if is_same { Ok(()) } else { Err(Errno::EINVAL) };
        }
        if let Some(replaced) = target.node {
            if replaced == node {
                return Ok(());
            }
            match self.state().folder(replaced) {
                Ok(_) if !is_folder => return Err(Errno::EISDIR),
                Err(_) if is_folder => return Err(Errno::ENOTDIR),
                Ok(names) if !names.is_empty() => return Err(Errno::ENOTEMPTY),
                _ => self.unlink_at(&target),
            }
        } else if target.must_be_folder && !is_folder {
            return Err(Errno::ENOTDIR);
        }
        // The new name comes first: a node without a name would be forgotten.
        self.link_at(&target, node);
        self.unlink_at(&source);
        Ok(())
    }

    /// Gives a file one more name.
    pub fn link(&mut self, from: &str, old: &str, new: &str) -> Result<(), Errno> {
        let node = self.find(from, old)?.node()?;
        let target = self.find(from, new)?;
        if target.node.is_some() {
            return Err(Errno::EEXIST);
        }
        if self.state().folder(node).is_ok() {
            return Err(Errno::EPERM);
        }
        self.link_at(&target, node);
        Ok(())
    }

    /// Sets the permissions or the times, if they are given.
    pub fn set_attributes(
        &mut self,
        id: NodeId,
        mode: Option<u32>,
        times: Option<(Time, Time)>,
    ) -> Result<(), Errno> {
        let node = self.state().node(id)?;
        let (accessed, modified) = times.unwrap_or((node.accessed, node.modified));
        self.change(Change::Attributes {
            node: id,
            mode: mode.unwrap_or(node.mode) & PERMISSIONS,
            accessed,
            modified,
        });
        Ok(())
    }
}
