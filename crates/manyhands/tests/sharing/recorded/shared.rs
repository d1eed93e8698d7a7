//! The rules of shared values, arrays, memory and lists.

use super::{Outcome, elsewhere, null};
use crate::common::conformance::Difference;
use manyhands::*;
use serde_json::{Map, Value as Json, json};

/// The intended differences from CPython, with their reasons.
pub const DIFFERENCES: &[Difference] = &[
    (
        "type_code_that_is_none",
        None,
        "a letter is looked up, not a type: a value out of range",
    ),
    (
        "array_slice_beyond_the_end",
        None,
        "a range beyond the end is an error, as everywhere in Rust, and not clipped",
    ),
    ("array_slice_from_beyond_the_end", None, "the same"),
    ("array_slice_backwards", None, "the same"),
    (
        "array_write_beyond_the_end",
        None,
        "ours has a start and not a range, so that the sizes cannot differ: it is the end",
    ),
    (
        "shared_memory_of_no_name",
        None,
        "Python's is the operating system's; it is a value out of range",
    ),
    (
        "shared_memory_use_after_close",
        None,
        "Python's comes from its None; ours says that it is closed",
    ),
    (
        "shared_memory_beyond_the_end",
        None,
        "wording: ours has no dimensions, and says what was asked for",
    ),
    (
        "shared_memory_write_beyond_the_end",
        None,
        "Python's comes from a memoryview; it is the end",
    ),
    (
        "shareable_list_zeros_at_the_end",
        None,
        "Python takes zeros at the end for padding; ours keeps them",
    ),
];

fn wrapped<T: Integer + serde::Serialize>(number: i64) -> Json {
    let value = Value::new(T::wrap(0)).unwrap();
    value.set_wrapping(number).unwrap();
    json!(value.get().unwrap())
}

fn zero<T: Element + serde::Serialize>() -> Json {
    json!(RawArray::<T>::new(1).unwrap().get(0).unwrap())
}

pub fn values(rule: &str) -> Option<Outcome> {
    let array = |values: &[i32]| Array::from_slice(values).unwrap();
    let three = || array(&[1, 2, 3]);
    Some(match rule {
        "type_code_sizes" => {
            let sizes: Map<String, Json> = TypeCode::all()
                .map(|code| (code.to_string(), json!(code.size())))
                .collect();
            Ok(sizes.into())
        }
        "type_code_that_is_none" => null(TypeCode::new('z').map(drop)),
        "value_wraps" => Ok(json!([
            wrapped::<i8>(200),
            wrapped::<i8>(-129),
            wrapped::<u8>(-1),
            wrapped::<i16>(70_000),
            wrapped::<u16>(-1),
            wrapped::<i32>(1 << 31),
            wrapped::<u32>(-1),
            wrapped::<i64>(-1),
            wrapped::<i64>(1 << 40),
            wrapped::<u8>(256),
        ])),
        "value_begins_with_zero" => Ok(json!([
            zero::<i8>(),
            zero::<u8>(),
            zero::<i16>(),
            zero::<u16>(),
            zero::<i32>(),
            zero::<u32>(),
            zero::<i64>(),
            zero::<u64>(),
            zero::<i64>(),
            zero::<u64>(),
            zero::<f32>(),
            zero::<f64>(),
        ])),
        "value_of_a_float" => {
            let narrow = Value::new(0.1f32).unwrap().get().unwrap();
            let wide = Value::new(0.1f64).unwrap().get().unwrap();
            Ok(json!([f64::from(narrow), wide]))
        }
        "value_has_an_rlock" => {
            let value = Value::new(1).unwrap();
            let _lock = value.get_lock().lock().unwrap();
            value.add(1).unwrap();
            let try_acquire = |lock: RLock| lock.try_acquire().unwrap();
            let other = elsewhere(try_acquire, value.get_lock().clone());
            Ok(json!([value.get().unwrap(), other]))
        }
        "value_changed_by_another_process" => {
            let (value, raw) = (Value::new(21).unwrap(), RawValue::new(0.5).unwrap());
            let double = |value: Value<i32>, raw: RawValue<f64>| {
                value.set(value.get().unwrap() * 2).unwrap();
                raw.set(raw.get() * 2.0);
            };
            elsewhere(double, (value.clone(), raw.clone()));
            Ok(json!([value.get().unwrap(), raw.get()]))
        }
        "array_begins_with_zeros" => {
            let (array, raw) = (
                Array::<i32>::new(3).unwrap(),
                RawArray::<f64>::new(2).unwrap(),
            );
            let all = array.to_vec().unwrap();
            Ok(json!([all, array.len(), raw.to_vec(), raw.len()]))
        }
        "array_of_no_length" => {
            let array = Array::<i32>::new(0).unwrap();
            Ok(json!([array.len(), array.to_vec().unwrap()]))
        }
        "array_wraps" => {
            let array = RawArray::<i8>::new(2).unwrap();
            array.set_wrapping(0, 200).unwrap();
            array.set_wrapping(1, -129).unwrap();
            Ok(json!(array.to_vec()))
        }
        "array_get_beyond_the_end" => null(three().get(3).map(drop)),
        "array_set_beyond_the_end" => null(three().set(3, 1)),
        "array_slices" => {
            let array = array(&[1, 2, 3, 4]);
            array.write(1, &[7, 8]).unwrap();
            let slice = |range| array.slice(range).unwrap();
            let all = array.to_vec().unwrap();
            Ok(json!([all, slice(1..3), slice(2..2), slice(4..4)]))
        }
        "array_slice_beyond_the_end" => three().slice(1..10).map(Json::from),
        "array_slice_from_beyond_the_end" => three().slice(5..7).map(Json::from),
        "array_slice_backwards" => {
            let backwards = std::ops::Range { start: 2, end: 1 };
            three().slice(backwards).map(Json::from)
        }
        "array_write_beyond_the_end" => null(three().write(2, &[1, 2])),
        _ => return None,
    })
}

pub fn memory(rule: &str) -> Option<Outcome> {
    let mut shm = SharedMemory::create(None, 5).unwrap();
    let byte = |shm: &SharedMemory, at: usize| {
        let mut byte = [0];
        shm.read(at, &mut byte).map(|()| json!(byte[0]))
    };
    let name = shm.name().to_string();
    let outcome = match rule {
        "shared_memory_new" => {
            let other = SharedMemory::attach(&name).unwrap();
            let mut bytes = [1; 5];
            shm.read(0, &mut bytes).unwrap();
            let prefix = name.starts_with("psm_");
            Ok(json!([shm.size(), other.size(), bytes, prefix]))
        }
        "shared_memory_is_one" => {
            let other = SharedMemory::attach(&name).unwrap();
            shm.write(0, b"Hands").unwrap();
            other.write(0, b"h").unwrap();
            let mut bytes = [0; 5];
            shm.read(0, &mut bytes).unwrap();
            Ok(json!(String::from_utf8_lossy(&bytes)))
        }
        "shared_memory_that_exists" => null(SharedMemory::create(Some(&name), 5).map(drop)),
        "shared_memory_that_does_not_exist" => {
            null(SharedMemory::attach("psm_there_is_none").map(drop))
        }
        "shared_memory_of_no_size" => null(SharedMemory::create(None, 0).map(drop)),
        "shared_memory_of_no_name" => null(SharedMemory::create(Some(""), 1).map(drop)),
        "shared_memory_attach_after_unlink" => {
            shm.unlink().unwrap();
            null(SharedMemory::attach(&name).map(drop))
        }
        "shared_memory_use_after_unlink" => {
            shm.unlink().unwrap();
            shm.write(0, &[7]).unwrap();
            byte(&shm, 0)
        }
        "shared_memory_create_after_unlink" => {
            shm.write(0, &[7]).unwrap();
            shm.unlink().unwrap();
            let new = SharedMemory::create(Some(&name), 5).unwrap();
            Ok(json!([byte(&new, 0).unwrap(), byte(&shm, 0).unwrap()]))
        }
        "shared_memory_unlink_twice" => {
            shm.unlink().unwrap();
            null(shm.unlink())
        }
        "shared_memory_use_after_close" => {
            shm.close();
            byte(&shm, 0)
        }
        "shared_memory_close_twice" => {
            shm.close();
            shm.close();
            Ok(Json::Null)
        }
        "shared_memory_stays_when_it_is_closed" => {
            shm.write(0, &[7]).unwrap();
            shm.close();
            byte(&SharedMemory::attach(&name).unwrap(), 0)
        }
        "shared_memory_beyond_the_end" => byte(&shm, 5),
        "shared_memory_write_beyond_the_end" => null(shm.write(4, b"xx")),
        _ => {
            shm.unlink().unwrap();
            return None;
        }
    };
    let _ = shm.unlink();
    Some(outcome)
}

fn plain(item: Item) -> Json {
    match item {
        Item::None => Json::Null,
        Item::Bool(value) => json!(value),
        Item::Int(value) => json!(value),
        Item::Float(value) => json!(value),
        Item::Str(value) => json!(value),
        Item::Bytes(value) => json!(value),
    }
}

fn plain_all(list: &ShareableList) -> Json {
    list.to_vec().unwrap().into_iter().map(plain).collect()
}

pub fn lists(rule: &str) -> Option<Outcome> {
    let new = |items: &[Item]| {
        let mut list = ShareableList::create(items.to_vec(), None).unwrap();
        let name = list.shm().name().to_string();
        list.shm().unlink().unwrap();
        (list, name)
    };
    let of = |items: &[Item]| new(items).0;
    Some(match rule {
        "shareable_list_items" => Ok(plain_all(&of(&[
            Item::Int(-7),
            Item::Float(2.5),
            true.into(),
            false.into(),
            Item::None,
            "né".into(),
            vec![b'a', b'b'].into(),
            "".into(),
        ]))),
        "shareable_list_attached" => {
            let items = [Item::Int(1), "two".into()];
            let mut list = ShareableList::create(items, None).unwrap();
            let other = ShareableList::attach(list.shm().name()).unwrap();
            other.set(1, "2").unwrap();
            list.shm().unlink().unwrap();
            Ok(json!([other.len(), plain_all(&list)]))
        }
        "shareable_list_of_nothing" => Ok(json!(of(&[]).len())),
        "shareable_list_too_long" => null(of(&["hello".into()]).set(0, "xxxxxxxxx")),
        "shareable_list_too_long_in_bytes" => null(of(&["hello".into()]).set(0, "ééééé")),
        "shareable_list_room" => {
            let list = of(&[
                "".into(),
                "hello".into(),
                "8 bytes!".into(),
                Item::Int(1),
                Item::None,
            ]);
            let most = |index| (0..40).rfind(|length| list.set(index, "x".repeat(*length)).is_ok());
            Ok((0..5).map(most).map(|most| json!(most)).collect())
        }
        "shareable_list_other_types" => {
            let list = of(&["hello".into(), Item::Int(1), Item::None]);
            list.set(0, 2.5).unwrap();
            list.set(1, "text").unwrap();
            list.set(2, true).unwrap();
            Ok(plain_all(&list))
        }
        "shareable_list_get_beyond_the_end" => of(&[Item::Int(1)]).get(1).map(plain),
        "shareable_list_set_beyond_the_end" => null(of(&[Item::Int(1)]).set(1, 1)),
        "shareable_list_find" => {
            let list = of(&["a".into(), "b".into(), "a".into(), Item::None]);
            let index = |item: &str| list.index(item).unwrap();
            Ok(json!([
                index("b"),
                index("a"),
                list.count("a").unwrap(),
                list.count(7).unwrap()
            ]))
        }
        "shareable_list_find_what_is_not_there" => of(&["a".into()]).index("b").map(Json::from),
        "shareable_list_zeros_at_the_end" => Ok(plain(
            of(&[vec![b'a', 0, b'b', 0, 0].into()]).get(0).unwrap(),
        )),
        _ => return None,
    })
}
