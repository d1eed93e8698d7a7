//! Compares managers with CPython's, as `tests/recorded/manager.py` recorded them.

use crate::common::conformance::{check_rules, name, rules};
use manyhands::*;
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::time::Duration;
use wasm_bindgen_test::wasm_bindgen_test as test;

const SOON: Duration = Duration::from_millis(10);

/// An outcome, or the name of its error, which is Python's name.
fn told<T: Serialize>(outcome: Result<T, Error>) -> Value {
    match outcome {
        Ok(value) => json!(value),
        Err(error) => json!(name(&error)),
    }
}

/// The outcomes of this library, by rule.
type Record = Map<String, Value>;

fn dicts(manager: &Manager, record: &mut Record) -> Result<(), Error> {
    let mut put = |rule: &str, value: Value| record.insert(rule.into(), value);
    let d = manager.dict::<String, Vec<u32>>()?;
    let k = "k".to_string();
    d.set(&k, &vec![])?;
    d.get(&k)?.push(1);
    put("nested_append", json!(d.get(&k)?));
    let mut value = d.get(&k)?;
    value.push(1);
    d.set(&k, &value)?;
    put("assigned_again", json!(d.get(&k)?));
    let d = manager.dict::<String, ListProxy<u32>>()?;
    let inner = manager.list(&[1])?;
    d.set(&k, &inner)?;
    d.get(&k)?.append(&2)?;
    put("nested_proxy", json!(d.get(&k)?.to_vec()?));
    drop(inner);
    put("nested_proxy_alone", json!(d.get(&k)?.to_vec()?));

    let d = manager.dict_of::<String, u32>(&[("b".into(), 1)])?;
    let [a, b, n, z] = ["a", "b", "n", "z"].map(String::from);
    d.update(&[(a.clone(), 2), ("c".into(), 3)])?;
    d.set(&b, &9)?;
    put("items", json!(d.items()?));
    put("keys", json!(d.keys()?));
    put("values", json!(d.values()?));
    put("len", json!(d.len()?));
    put(
        "contains",
        json!([d.contains_key(&a)?, d.contains_key(&z)?]),
    );
    put("missing", told(d.get(&z)));
    put("get_or", json!(d.get_or(&z, 7)?));
    put("pop", json!(d.pop(&a)?));
    put("pop_missing", told(d.pop(&a)));
    put("pop_or", json!(d.pop_or(&a, 5)?));
    put(
        "setdefault",
        json!([d.setdefault(&b, &1)?, d.setdefault(&n, &4)?]),
    );
    put("popitem", json!(d.popitem()?));
    d.clear()?;
    put("cleared", json!(d.items()?));
    put("popitem_empty", told(d.popitem()));
    Ok(())
}

fn lists(manager: &Manager, record: &mut Record) -> Result<(), Error> {
    let mut put = |rule: &str, value: Value| record.insert(rule.into(), value);
    let l = manager.list(&[3u32, 1, 2])?;
    l.append(&5)?;
    l.extend(&[1, 0])?;
    l.insert(0, &9)?;
    l.insert(-1, &8)?;
    l.insert(100, &7)?;
    put("list", json!(l.to_vec()?));
    let ends = [l.get(-1)?, l.get(0)?, l.pop()?, l.pop_at(0)?, l.pop_at(-2)?];
    put("list_ends", json!(ends));
    put("list_slice", json!(l.slice(1..100)?));
    let index = json!([
        l.index(&1)?,
        l.count(&1)?,
        l.contains(&3)?,
        l.contains(&77)?
    ]);
    put("list_index", index);
    put("list_no_index", told(l.index(&77)));
    put("list_out", told(l.get(10)));
    put("list_set_out", told(l.set(-10, &0)));
    put("list_no_item", told(l.remove(&77)));
    l.remove(&1)?;
    l.sort()?;
    put("list_sorted", json!(l.to_vec()?));
    l.reverse()?;
    put("list_reversed", json!(l.to_vec()?));
    put("list_pop_empty", told(manager.list::<u32>(&[])?.pop()));

    let n = manager.namespace()?;
    n.set("x", &1u32)?;
    put("namespace", json!(n.get::<u32>("x")?));
    put("attribute", told(n.get::<u32>("y")));
    n.remove("x")?;
    put("attribute_deleted", told(n.get::<u32>("x")));
    let v = manager.value(&7)?;
    v.set(&(v.get()? + 1))?;
    put("value", json!(v.get()?));
    let a = manager.array(&[1, 2, 3])?;
    a.set(-1, &9)?;
    put(
        "array",
        json!([a.get(0)?, a.get(1)?, a.get(2)?, a.len()? as i32]),
    );
    put("array_out", told(a.get(3)));
    Ok(())
}

fn waits(manager: &Manager, record: &mut Record) -> Result<(), Error> {
    let mut put = |rule: &str, value: Value| record.insert(rule.into(), value);
    let q = manager.queue::<u32>(1)?;
    q.put(&1)?;
    let full = json!([
        q.is_full(),
        told(q.try_put(&2)),
        told(q.put_timeout(&2, SOON))
    ]);
    put("full", full);
    put("queue", json!([q.get()?, q.is_empty(), q.qsize()]));
    put(
        "empty",
        json!([told(q.try_get()), told(q.get_timeout(SOON))]),
    );
    let q = manager.joinable_queue::<u32>(1)?;
    q.put(&1)?;
    q.get()?;
    q.task_done()?;
    q.join()?;
    put("task_done", told(q.task_done()));
    let e = manager.event()?;
    put("event", json!([e.is_set(), e.wait_timeout(SOON)?]));
    e.set();
    put("event_set", json!([e.is_set(), e.wait()?]));
    let s = manager.semaphore(1)?;
    s.acquire()?;
    let taken = json!([true, s.try_acquire(), s.acquire_timeout(SOON)?]);
    put("semaphore", taken);
    s.release()?;
    s.release()?;
    put("bounded", told(manager.bounded_semaphore(1)?.release()));
    let lock = manager.lock()?;
    lock.acquire()?;
    let taken = json!([true, lock.try_acquire()?, lock.acquire_timeout(SOON)?]);
    put("lock", taken);
    lock.release()?;
    let rlock = manager.rlock()?;
    put("rlock", json!([rlock.try_acquire()?, rlock.try_acquire()?]));
    let c = manager.condition()?;
    c.acquire()?;
    put("condition", json!(c.wait_timeout(SOON)?));
    c.notify(1)?;
    c.notify_all()?;
    c.release()?;
    let b = manager.barrier(2)?;
    put("barrier", json!([b.parties(), b.n_waiting(), b.broken()]));
    put("barrier_late", told(b.wait_timeout(SOON)));
    put("barrier_broken", json!([json!(b.broken()), told(b.wait())]));
    b.reset();
    put("barrier_reset", json!(b.broken()));
    put("barrier_alone", json!(manager.barrier(1)?.wait()?));
    Ok(())
}

fn program() -> String {
    let manager = Manager::new().unwrap();
    let mut record = Record::new();
    let name = manager.process().name().unwrap().to_string();
    record.insert("name".into(), json!(name));
    dicts(&manager, &mut record).unwrap();
    lists(&manager, &mut record).unwrap();
    waits(&manager, &mut record).unwrap();
    manager.shutdown().unwrap();
    Value::from(record).to_string()
}

#[test]
async fn a_program_sees_what_cpythons_sees() {
    crate::setup();
    let recorded = rules(include_str!("../recorded/manager.json"));
    let ours: Record = serde_json::from_str(&run(program).await.unwrap()).unwrap();
    check_rules("managers", &recorded, &ours, &[]);
}
