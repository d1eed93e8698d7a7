//! The tree of files as each process knows it, and the changes that lead from one state
//! to the next. What is in the files is elsewhere: a file has the numbers of its blocks.

use super::errno::Errno;
use std::collections::BTreeMap;

/// The number of a file or a folder (`st_ino`).
pub type NodeId = u32;

/// The folder `/`.
pub const ROOT: NodeId = 1;

/// The size of a block in bytes.
pub const BLOCK: u64 = 4096;
/// How many blocks a segment has.
pub const SEGMENT_BLOCKS: u32 = u64::BITS;
/// How many segments there may be: 128 MiB.
pub const MAX_SEGMENTS: u32 = 512;

/// Nanoseconds since 1970.
pub type Time = u64;

/// What a node is, and what belongs to that.
#[derive(Clone, Debug)]
pub enum Content {
    /// The names in a folder.
    Folder(BTreeMap<String, NodeId>),
    /// A file. What its blocks contain beyond its size is unspecified.
    File { size: u64, blocks: Vec<u32> },
    /// `/dev/null`.
    Null,
}

/// A file or a folder.
#[derive(Clone, Debug)]
pub struct Node {
    pub content: Content,
    /// The permissions, which are kept and have no effect: the user is the superuser.
    pub mode: u32,
    /// How many names it has.
    pub links: u32,
    pub accessed: Time,
    pub modified: Time,
    /// How many times each process has it open.
    holders: BTreeMap<u32, u32>,
}

/// All files and folders.
#[derive(Clone, Debug, Default)]
pub struct State {
    nodes: BTreeMap<NodeId, Node>,
    /// One word for each segment, with a bit for each block that is in use.
    used: Vec<u64>,
}

/// Part of a [`Change`] as bytes.
trait Field: Sized {
    fn put(&self, into: &mut Vec<u8>);
    fn take(from: &mut &[u8]) -> Option<Self>;
}

macro_rules! number_fields {
    ($($type:ty)*) => {$(
        impl Field for $type {
            fn put(&self, into: &mut Vec<u8>) {
                into.extend_from_slice(&self.to_le_bytes());
            }

            fn take(from: &mut &[u8]) -> Option<Self> {
                let (bytes, rest) = from.split_first_chunk()?;
                *from = rest;
                Some(Self::from_le_bytes(*bytes))
            }
        }
    )*};
}

number_fields! { u8 u32 u64 }

impl Field for String {
    fn put(&self, into: &mut Vec<u8>) {
        (self.len() as u32).put(into);
        into.extend_from_slice(self.as_bytes());
    }

    fn take(from: &mut &[u8]) -> Option<Self> {
        let length = u32::take(from)? as usize;
        let (bytes, rest) = from.split_at_checked(length)?;
        *from = rest;
        String::from_utf8(bytes.to_vec()).ok()
    }
}

macro_rules! changes {
    ($($(#[$doc:meta])* $tag:literal $name:ident { $($field:ident: $type:ty),* })*) => {
        /// A step from one state to the next.
        #[derive(Clone, Debug)]
        pub enum Change {
            $($(#[$doc])* $name { $($field: $type),* }),*
        }

        impl Change {
            /// Appends the change as bytes.
            pub fn encode(&self, into: &mut Vec<u8>) {
                match self {
                    $(Change::$name { $($field),* } => {
                        into.push($tag);
                        $($field.put(into);)*
                    })*
                }
            }

            /// Reads a change and removes it from the front; `None` if there is none.
            pub fn decode(from: &mut &[u8]) -> Option<Change> {
                Some(match u8::take(from)? {
                    $($tag => Change::$name { $($field: <$type>::take(from)?),* },)*
                    _ => return None,
                })
            }
        }
    };
}

changes! {
    /// There are so many segments.
    1 Segments { count: u32 }
    /// A new node of a kind ([`FOLDER`], [`FILE`], [`NULL`]), without a name.
    2 Make { node: NodeId, kind: u8, mode: u32, time: Time }
    /// A node gets a name in a folder.
    3 Link { folder: NodeId, name: String, node: NodeId, time: Time }
    /// A name is removed from a folder.
    4 Unlink { folder: NodeId, name: String, time: Time }
    /// A file gets `count` more blocks, from `start` on.
    5 Extend { node: NodeId, start: u32, count: u32 }
    /// A file has another size. Blocks that it no longer needs are free.
    6 Resize { node: NodeId, size: u64, time: Time }
    /// A process has a node open so many times.
    7 Hold { node: NodeId, pid: u32, count: u32 }
    /// A node gets other permissions and times.
    8 Attributes { node: NodeId, mode: u32, accessed: Time, modified: Time }
}

/// The kinds of node in a [`Change::Make`].
pub const FOLDER: u8 = 0;
/// See [`FOLDER`].
pub const FILE: u8 = 1;
/// See [`FOLDER`].
pub const NULL: u8 = 2;

impl State {
    /// A node that is there.
    ///
    /// # Errors
    /// `ENOENT` if it is not.
    pub fn node(&self, id: NodeId) -> Result<&Node, Errno> {
        self.nodes.get(&id).ok_or(Errno::ENOENT)
    }

    /// The names in a folder.
    ///
    /// # Errors
    /// `ENOTDIR` if it is none.
    pub fn folder(&self, id: NodeId) -> Result<&BTreeMap<String, NodeId>, Errno> {
        match &self.node(id)?.content {
            Content::Folder(names) => Ok(names),
            _ => Err(Errno::ENOTDIR),
        }
    }

    /// A number that no node has.
    pub fn free_id(&self) -> NodeId {
        self.nodes.last_key_value().map_or(ROOT, |(id, _)| id + 1)
    }

    /// How many segments there are.
    pub fn segments(&self) -> u32 {
        self.used.len() as u32
    }

    /// How many times a process has a node open.
    pub fn held(&self, node: NodeId, pid: u32) -> u32 {
        let holders = self.nodes.get(&node).map(|node| &node.holders);
        holders
            .and_then(|holders| holders.get(&pid))
            .map_or(0, |count| *count)
    }

    /// Who has nodes open.
    pub fn holders(&self) -> impl Iterator<Item = (NodeId, u32)> {
        let all = self.nodes.iter();
        all.flat_map(|(id, node)| node.holders.keys().map(|pid| (*id, *pid)))
    }

    /// Runs of free blocks, as their start and length, until `count` blocks are found.
    /// Returns how many are missing as well.
    pub fn free_blocks(&self, mut count: u32) -> (Vec<(u32, u32)>, u32) {
        let mut runs: Vec<(u32, u32)> = Vec::new();
        for (segment, word) in (0u32..).zip(&self.used) {
            let mut free = !word;
            while free != 0 && count > 0 {
                let block = segment * SEGMENT_BLOCKS + free.trailing_zeros();
                free &= free - 1;
                count -= 1;
                match runs.last_mut() {
                    Some((start, length)) if *start + *length == block => *length += 1,
                    _ => runs.push((block, 1)),
                }
            }
            if count == 0 {
                break;
            }
        }
        (runs, count)
    }

    fn mark(&mut self, block: u32, in_use: bool) {
        if let Some(word) = self.used.get_mut((block / SEGMENT_BLOCKS) as usize) {
            let bit = 1 << (block % SEGMENT_BLOCKS);
            *word = if in_use { *word | bit } else { *word & !bit };
        }
    }

    /// Takes a step. What cannot be is ignored: all processes take the same steps.
    pub fn apply(&mut self, change: Change) {
        match change {
            Change::Segments { count } => self.used.resize(count.min(MAX_SEGMENTS) as usize, 0),
            Change::Make {
                node,
                kind,
                mode,
                time,
            } => {
                let content = match kind {
                    FOLDER => Content::Folder(BTreeMap::new()),
                    NULL => Content::Null,
                    _ => Content::File {
                        size: 0,
                        blocks: Vec::new(),
                    },
                };
                let made = Node {
                    content,
                    mode,
                    links: 0,
                    accessed: time,
                    modified: time,
                    holders: BTreeMap::new(),
                };
                self.nodes.insert(node, made);
            }
            Change::Link {
                folder,
                name,
                node,
                time,
            } => {
                if let Some(node) = self.nodes.get_mut(&node) {
                    node.links += 1;
                }
                self.edit_folder(folder, time, |names| names.insert(name, node));
            }
            Change::Unlink { folder, name, time } => {
                if let Some(id) = self.edit_folder(folder, time, |names| names.remove(&name)) {
                    if let Some(node) = self.nodes.get_mut(&id) {
                        node.links = node.links.saturating_sub(1);
                    }
                    self.drop_unused(id);
                }
            }
            Change::Extend { node, start, count } => {
                let new = start..start.saturating_add(count);
                if let Some(Content::File { blocks, .. }) = self.content(node) {
                    blocks.extend(new.clone());
                }
                new.for_each(|block| self.mark(block, true));
            }
            Change::Resize {
                node,
                size: new,
                time,
            } => {
                let mut freed = Vec::new();
                if let Some(node) = self.nodes.get_mut(&node) {
                    node.modified = time;
                    if let Content::File { size, blocks } = &mut node.content {
                        *size = new;
                        let needed = new.div_ceil(BLOCK) as usize;
                        freed = blocks.split_off(needed.min(blocks.len()));
                    }
                }
                freed.into_iter().for_each(|block| self.mark(block, false));
            }
            Change::Hold {
                node: id,
                pid,
                count,
            } => {
                if let Some(node) = self.nodes.get_mut(&id) {
                    match count {
                        0 => node.holders.remove(&pid),
                        _ => node.holders.insert(pid, count),
                    };
                }
                self.drop_unused(id);
            }
            Change::Attributes {
                node,
                mode,
                accessed,
                modified,
            } => {
                if let Some(node) = self.nodes.get_mut(&node) {
                    (node.mode, node.accessed, node.modified) = (mode, accessed, modified);
                }
            }
        }
    }

    fn content(&mut self, node: NodeId) -> Option<&mut Content> {
        self.nodes.get_mut(&node).map(|node| &mut node.content)
    }

    fn edit_folder(
        &mut self,
        folder: NodeId,
        time: Time,
        edit: impl FnOnce(&mut BTreeMap<String, NodeId>) -> Option<NodeId>,
    ) -> Option<NodeId> {
        let node = self.nodes.get_mut(&folder)?;
        node.modified = time;
        match &mut node.content {
            Content::Folder(names) => edit(names),
            _ => None,
        }
    }

    /// Forgets a node that has no name and that no process has open.
    fn drop_unused(&mut self, id: NodeId) {
        let unused = |node: &Node| node.links == 0 && node.holders.is_empty() && id != ROOT;
        if self.nodes.get(&id).is_some_and(unused)
            && let Some(node) = self.nodes.remove(&id)
            && let Content::File { blocks, .. } = node.content
        {
            blocks.into_iter().for_each(|block| self.mark(block, false));
        }
    }

    /// The changes that lead from nothing to this state.
    pub fn as_changes(&self) -> Vec<Change> {
        let mut changes = vec![Change::Segments {
            count: self.segments(),
        }];
        for (&id, node) in &self.nodes {
            let time = node.modified;
            let kind = match &node.content {
                Content::Folder(_) => FOLDER,
                Content::File { .. } => FILE,
                Content::Null => NULL,
            };
            changes.push(Change::Make {
                node: id,
                kind,
                mode: node.mode,
                time,
            });
            if let Content::File { size, blocks } = &node.content {
                let runs = blocks.chunk_by(|one, next| one + 1 == *next);
                changes.extend(runs.map(|run| Change::Extend {
                    node: id,
                    start: run[0],
                    count: run.len() as u32,
                }));
                changes.push(Change::Resize {
                    node: id,
                    size: *size,
                    time,
                });
            }
            let hold = |(&pid, &count)| Change::Hold {
                node: id,
                pid,
                count,
            };
            changes.extend(node.holders.iter().map(hold));
        }
        for (&folder, node) in &self.nodes {
            if let Content::Folder(names) = &node.content {
                changes.extend(names.iter().map(|(name, &node)| Change::Link {
                    folder,
                    name: name.clone(),
                    node,
                    time: 0,
                }));
            }
        }
        // At last, since the steps before set times.
        changes.extend(self.nodes.iter().map(|(&id, node)| Change::Attributes {
            node: id,
            mode: node.mode,
            accessed: node.accessed,
            modified: node.modified,
        }));
        changes
    }
}
