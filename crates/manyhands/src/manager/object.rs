//! The objects that a server keeps, and their methods.

use super::message::{Answer, DictCall, Init, ListCall, Method, NamespaceCall, other_type};
use crate::{Error, connection::Pickle, process::Change};
use std::{
    collections::{BTreeMap, HashMap},
    rc::Rc,
};

pub(super) enum Object {
    Dict(Dict),
    List(List),
    Namespace(Namespace),
}

impl Object {
    pub(super) fn new(init: Init) -> Object {
        match init {
            Init::Dict(pairs) => Object::Dict(Dict::new(pairs)),
            Init::List(items) => Object::List(List(items)),
            Init::Namespace => Object::Namespace(Namespace::default()),
        }
    }

    pub(super) fn call(&mut self, method: Method) -> Result<Answer, Error> {
        match (self, method) {
            (Object::Dict(dict), Method::Dict(call)) => dict.call(call),
            (Object::List(list), Method::List(call)) => list.call(call),
            (Object::Namespace(namespace), Method::Namespace(call)) => namespace.call(call),
            _ => Err(Error::AttributeError(
                "the object has no such method".into(),
            )),
        }
    }
}

/// Changes a value; the answer is what the function returned.
fn mutate(value: &mut Pickle, change: Change, argument: &Pickle) -> Result<Answer, Error> {
    let (new, result) = change.apply(value, argument)?;
    *value = new;
    Ok(Answer::Value(result))
}

/// A dict that keeps the order in which its keys were first set. A key is found by its
/// encoding; the map stores the key's position in that order together with the value.
#[derive(Default)]
pub(super) struct Dict {
    values: HashMap<Rc<Pickle>, (u64, Pickle)>,
    order: BTreeMap<u64, Rc<Pickle>>,
    next_place: u64,
}

impl Dict {
    fn new(pairs: Vec<(Pickle, Pickle)>) -> Dict {
        let mut dict = Dict::default();
        for (key, value) in pairs {
            dict.set(key, value);
        }
        dict
    }

    fn set(&mut self, key: Pickle, value: Pickle) {
        if let Some((_, old)) = self.values.get_mut(&key) {
            *old = value;
            return;
        }
        let key = Rc::new(key);
        self.order.insert(self.next_place, key.clone());
        self.values.insert(key, (self.next_place, value));
        self.next_place += 1;
    }

    fn pop(&mut self, key: &Pickle) -> Option<Pickle> {
        let (place, value) = self.values.remove(key)?;
        self.order.remove(&place);
        Some(value)
    }

    fn pop_last(&mut self) -> Option<(Pickle, Pickle)> {
        let (_, key) = self.order.pop_last()?;
        let (_, value) = self.values.remove(&key)?;
        Some((Rc::unwrap_or_clone(key), value))
    }

    fn items(&self) -> impl Iterator<Item = (&Pickle, &Pickle)> {
        let item = |key: &'_ Rc<Pickle>| self.values.get(&**key).map(|(_, value)| value);
        self.order
            .values()
            .filter_map(move |key| Some((&**key, item(key)?)))
    }

    fn call(&mut self, call: DictCall) -> Result<Answer, Error> {
        let value = |value: Option<Pickle>| value.map_or(Answer::Missing, Answer::Value);
        Ok(match call {
            DictCall::Get(key) => value(self.values.get(&key).map(|(_, value)| value.clone())),
            DictCall::Set(key, value) => {
                self.set(key, value);
                Answer::Done
            }
            DictCall::Pop(key) => value(self.pop(&key)),
            DictCall::PopItem => match self.pop_last() {
                Some(pair) => Answer::Pairs(vec![pair]),
                None => Answer::Missing,
            },
            DictCall::SetDefault(key, default) => {
                if let Some((_, value)) = self.values.get(&key) {
                    return Ok(Answer::Value(value.clone()));
                }
                self.set(key, default.clone());
                Answer::Value(default)
            }
            DictCall::ContainsKey(key) if self.values.contains_key(&key) => Answer::Done,
            DictCall::ContainsKey(_) => Answer::Missing,
            DictCall::Len => Answer::Number(self.values.len() as u64),
            DictCall::Keys => Answer::Values(self.items().map(|(key, _)| key.clone()).collect()),
            DictCall::Values => {
                Answer::Values(self.items().map(|(_, value)| value.clone()).collect())
            }
            DictCall::Items => {
                let pair = |(key, value): (&Pickle, &Pickle)| (key.clone(), value.clone());
                Answer::Pairs(self.items().map(pair).collect())
            }
            DictCall::Update(pairs) => {
                for (key, value) in pairs {
                    self.set(key, value);
                }
                Answer::Done
            }
            DictCall::Clear => {
                self.values.clear();
                self.order.clear();
                Answer::Done
            }
            DictCall::Mutate(key, default, change, argument) => {
                match (self.values.get_mut(&key), default) {
                    (Some((_, value)), _) => mutate(value, change, &argument)?,
                    (None, Some(mut value)) => {
                        let answer = mutate(&mut value, change, &argument)?;
                        self.set(key, value);
                        answer
                    }
                    (None, None) => Answer::Missing,
                }
            }
        })
    }
}

/// A list. An array is a list whose proxy never changes its length; a value is a list
/// of one item.
pub(super) struct List(Vec<Pickle>);

impl List {
    /// The position that an index means. A negative index counts from the end.
    fn place(&self, index: isize, what: &str) -> Result<usize, Error> {
        let length = self.0.len() as isize;
        let place = if index < 0 { index + length } else { index };
        if (0..length).contains(&place) {
            Ok(place as usize)
        } else {
            Err(Error::IndexError(format!("{what} out of range")))
        }
    }

    fn find(&self, item: &Pickle) -> Option<usize> {
        self.0.iter().position(|one| one == item)
    }

    fn call(&mut self, call: ListCall) -> Result<Answer, Error> {
        Ok(match call {
            ListCall::Get(index) => {
                let place = self.place(index, "list index")?;
                Answer::Value(self.0[place].clone())
            }
            ListCall::Set(index, item) => {
                let place = self.place(index, "list assignment index")?;
                self.0[place] = item;
                Answer::Done
            }
            ListCall::Slice(start, end) => {
                let end = end.min(self.0.len());
                Answer::Values(self.0[start.min(end)..end].to_vec())
            }
            ListCall::Len => Answer::Number(self.0.len() as u64),
            ListCall::Append(item) => {
                self.0.push(item);
                Answer::Done
            }
            ListCall::Extend(items) => {
                self.0.extend(items);
                Answer::Done
            }
            ListCall::Insert(index, item) => {
                let length = self.0.len() as isize;
                let place = if index < 0 { index + length } else { index };
                self.0.insert(place.clamp(0, length) as usize, item);
                Answer::Done
            }
            ListCall::Pop(index) => {
                if self.0.is_empty() {
                    return Err(Error::IndexError("pop from empty list".into()));
                }
                let place = self.place(index, "pop index")?;
                Answer::Value(self.0.remove(place))
            }
            ListCall::Remove(item) => {
                let missing = || Error::ValueError("list.remove(x): x not in list".into());
                self.0.remove(self.find(&item).ok_or_else(missing)?);
                Answer::Done
            }
            ListCall::Index(item) => match self.find(&item) {
                Some(place) => Answer::Number(place as u64),
                None => Answer::Missing,
            },
            ListCall::Count(item) => {
                let count = self.0.iter().filter(|one| **one == item).count();
                Answer::Number(count as u64)
            }
            ListCall::Reverse => {
                self.0.reverse();
                Answer::Done
            }
            ListCall::Clear => {
                self.0.clear();
                Answer::Done
            }
            ListCall::Mutate(index, change, argument) => {
                let place = self.place(index, "list index")?;
                mutate(&mut self.0[place], change, &argument)?
            }
            ListCall::MutateAll(change, argument) => {
                let all = Pickle::new(&self.0)?;
                let (all, result) = change.apply(&all, &argument)?;
                self.0 = all.load()?;
                Answer::Value(result)
            }
        })
    }
}

/// Attributes by name, each with the name of its type.
#[derive(Default)]
pub(super) struct Namespace(BTreeMap<String, (String, Pickle)>);

impl Namespace {
    fn call(&mut self, call: NamespaceCall) -> Result<Answer, Error> {
        Ok(match call {
            NamespaceCall::Get(name) => match self.0.get(&name) {
                Some((kind, value)) => Answer::Typed(kind.clone(), value.clone()),
                None => Answer::Missing,
            },
            NamespaceCall::Set(name, kind, value) => {
                self.0.insert(name, (kind, value));
                Answer::Done
            }
            NamespaceCall::Remove(name) => match self.0.remove(&name) {
                Some(_) => Answer::Done,
                None => Answer::Missing,
            },
            NamespaceCall::Names => {
                let names: Result<_, Error> = self.0.keys().map(Pickle::new).collect();
                Answer::Values(names?)
            }
            NamespaceCall::Mutate(name, wanted, change, argument) => match self.0.get_mut(&name) {
                Some((kind, value)) if *kind == wanted => mutate(value, change, &argument)?,
                Some((kind, _)) => return Err(other_type(&name, kind, &wanted)),
                None => Answer::Missing,
            },
        })
    }
}
