//! A program's files on the page: what it starts with, and what it leaves.

use super::{
    HOME, MAIN,
    errno::{self, Errno},
    state::{Content, NULL, NodeId},
    tree::{O_CREAT, O_TRUNC, O_WRONLY},
    volume::{Replica, Shared, Transaction, Volume},
};
use js_sys::{Object, Reflect, Uint8Array};
use manyhands::{Error, ProcessWide};
use std::cell::RefCell;
use wasm_bindgen::JsCast;

/// The files of a program.
pub struct Files(RefCell<Place>);

enum Place {
    /// In the arena, for the processes.
    Shared(Box<(Volume, Replica)>),
    /// The program has ended: a copy of what was in its working folder.
    Copied(Object),
}

/// No process has anything open for the page.
const NOBODY: u32 = 0;

impl Files {
    /// The folders that every program has, its own file, and those that it is given: an
    /// object with a text or bytes for each name.
    ///
    /// # Errors
    /// A sentence that says what is wrong.
    pub fn new(source: &str, given: &Object) -> Result<Files, String> {
        let mut volume = Volume::create().map_err(|error| error.to_string())?;
        let mut replica = Replica::default();
        let mut add = |name: &str, bytes: &[u8]| {
            volume
                .run(&mut replica, |all| put(all, name, bytes))
                .map_err(|error| {
                    format!(
                        "the file {name:?} cannot be given to the program: {}",
                        errno::text(error as i32)
                    )
                })
        };
        add(MAIN, source.as_bytes())?;
        for entry in Object::entries(given).iter() {
            let name = Reflect::get_u32(&entry, 0)
                .ok()
                .and_then(|name| name.as_string());
            let content = Reflect::get_u32(&entry, 1).unwrap_or_default();
            let name = name.unwrap_or_default();
            let is_part = |part: &str| !matches!(part, "" | "." | "..");
            if !name.split('/').all(is_part) || name == MAIN {
                return Err(format!(
                    "{name:?} cannot be the name of a file for the program: it must be a path \
                     within the working folder, and not {MAIN}"
                ));
            }
            match (content.as_string(), content.dyn_ref::<Uint8Array>()) {
                (Some(text), _) => add(&name, text.as_bytes())?,
                (_, Some(bytes)) => add(&name, &bytes.to_vec())?,
                _ => {
                    return Err(format!(
                        "the content of the file {name:?} must be a string or a Uint8Array"
                    ));
                }
            }
        }
        Ok(Files(RefCell::new(Place::Shared(Box::new((
            volume, replica,
        ))))))
    }

    /// For the program's processes.
    ///
    /// # Errors
    /// As [`ProcessWide::new`].
    pub fn shared(&self) -> Result<ProcessWide<Shared>, Error> {
        match &*self.0.borrow() {
            Place::Shared(all) => ProcessWide::new(all.0.shared()),
            Place::Copied(_) => Err(Error::EOFError),
        }
    }

    /// What is in the working folder, by name: an object with a `Uint8Array` for each
    /// file but the program's own.
    ///
    /// # Errors
    /// As [`manyhands::Lock::acquire_async`].
    pub async fn copy(&self) -> Result<Object, Error> {
        self.locked(|volume, replica| volume.run_locked(replica, |all| Ok(copy(all))))
            .await
    }

    /// Frees what the processes share. Their files can still be had with
    /// [`Files::copy`].
    pub async fn end(&self) {
        let copied = self.locked(|volume, replica| {
            let copied = volume.run_locked(replica, |all| Ok(copy(all)));
            volume.end(replica);
            copied
        });
        if let Ok(copied) = copied.await {
            self.0.replace(Place::Copied(copied));
        }
    }

    /// Calls `f` when no process uses the files.
    async fn locked(
        &self,
        f: impl FnOnce(&mut Volume, &mut Replica) -> Result<Object, Errno>,
    ) -> Result<Object, Error> {
        let lock = match &*self.0.borrow() {
            Place::Shared(all) => all.0.shared().lock.clone(),
            Place::Copied(copied) => return Ok(copied.clone()),
        };
        while let Err(error) = lock.acquire_async().await {
            match error {
                Error::OwnerDied { .. } if lock.recover() => break,
                Error::OwnerDied { .. } => {}
                error => return Err(error),
            }
        }
        let result = match &mut *self.0.borrow_mut() {
            Place::Shared(all) => f(&mut all.0, &mut all.1),
            Place::Copied(copied) => Ok(copied.clone()),
        };
        let _ = lock.release();
        result.map_err(|error| Error::OSError(errno::text(error as i32)))
    }
}

/// Puts a file into the working folder, and makes the folders that it needs.
fn put(all: &mut Transaction, name: &str, bytes: &[u8]) -> Result<(), Errno> {
    if all.state().node(super::state::ROOT).is_err() {
        all.make_root();
        for folder in ["/dev", HOME, "/tmp"] {
            all.make_folder("", folder, if folder == "/tmp" { 0o1777 } else { 0o755 })?;
        }
        all.make_special("/dev/null", NULL, 0o666)?;
    }
    for (end, _) in name.match_indices('/') {
        match all.make_folder(HOME, &name[..end], 0o755) {
            Ok(()) | Err(Errno::EEXIST) => {}
            Err(error) => return Err(error),
        }
    }
    let node = all.open(HOME, name, O_WRONLY | O_CREAT | O_TRUNC, 0o644, NOBODY)?;
    all.write(node, Some(0), bytes)?;
    all.close(node, NOBODY);
    Ok(())
}

/// The files in the working folder but the program's own, by their paths there.
fn copy(all: &mut Transaction) -> Object {
    let object = Object::new();
    let mut files: Vec<(String, NodeId)> = Vec::new();
    let mut folders: Vec<(String, NodeId)> = Vec::new();
    folders.extend(all.look_up("", HOME).map(|home| (String::new(), home)));
    while let Some((path, folder)) = folders.pop() {
        for (name, node) in all.state().folder(folder).into_iter().flatten() {
            let path = format!("{path}{name}");
            match all.state().node(*node).map(|node| &node.content) {
                Ok(Content::Folder(_)) => folders.push((format!("{path}/"), *node)),
                Ok(Content::File { .. }) if path != MAIN => files.push((path, *node)),
                _ => {}
            }
        }
    }
    for (path, node) in files {
        let size = all.stat(node).map_or(0, |stat| stat.size);
        let mut bytes = vec![0; size as usize];
        if all.read(node, 0, &mut bytes).is_ok() {
            let array = Uint8Array::from(&bytes[..]);
            let _ = Reflect::set(&object, &path.into(), &array);
        }
    }
    object
}
