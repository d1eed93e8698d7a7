//! Shared values, arrays and memory.

use super::run_in_process;
use manyhands::*;
use wasm_bindgen_test::wasm_bindgen_test as test;

const EACH: i32 = 5_000;

/// The value of a counter after two processes have each added to it.
fn two<F, M>(count: F) -> i32
where
    F: Target<Value<i32>, M, Output = ()> + Copy,
{
    let value = Value::new(0).unwrap();
    let spawn = || Process::spawn(count, value.clone()).unwrap();
    for process in [spawn(), spawn()] {
        process.join().unwrap();
    }
    value.get().unwrap()
}

#[test]
async fn a_locked_counter_is_exact() {
    fn count(value: Value<i32>) {
        for _ in 0..EACH {
            *value.lock().unwrap() += 1;
        }
    }
    fn by_get_lock(value: Value<i32>) {
        for _ in 0..EACH {
            let _lock = value.get_lock().lock().unwrap();
            value.add(1).unwrap();
        }
    }
    fn program() -> (i32, i32) {
        (two(count), two(by_get_lock))
    }
    assert_eq!(run_in_process(program, ()).await, (2 * EACH, 2 * EACH));
}

/// `+=` without the lock is three steps. Two processes may lose updates, but never gain
/// any; a single process loses none.
#[test]
async fn an_unlocked_counter_may_lose_updates() {
    fn count(value: Value<i32>) {
        for _ in 0..EACH {
            value.add(1).unwrap();
        }
    }
    fn program() -> (i32, i32) {
        let alone = Value::new(0).unwrap();
        count(alone.clone());
        (two(count), alone.get().unwrap())
    }
    let (together, alone) = run_in_process(program, ()).await;
    assert!((1..=2 * EACH).contains(&together));
    assert_eq!(alone, EACH);
}

/// An atomic step works for every size of element and does not change its neighbours.
#[test]
async fn an_atomic_counter_is_exact() {
    fn count<T>(array: RawArray<T>, one: T)
    where
        T: Element + serde::Serialize + serde::de::DeserializeOwned,
    {
        for _ in 0..EACH {
            array.fetch_add(1, one).unwrap();
        }
    }
    fn try_it<T>(one: T, sum: T)
    where
        T: Element + std::fmt::Debug + PartialEq + serde::Serialize + serde::de::DeserializeOwned,
    {
        let array = RawArray::from_slice(&[one, T::zeroed(), one]).unwrap();
        let spawn = || Process::spawn(count::<T>, (array.clone(), one)).unwrap();
        for process in [spawn(), spawn()] {
            process.join().unwrap();
        }
        assert_eq!(array.to_vec(), [one, sum, one]);
    }
    fn program() {
        let sum = 2 * EACH;
        try_it(1u8, sum as u8);
        try_it(1i16, sum as i16);
        try_it(1u32, sum as u32);
        try_it(1i64, sum.into());
        try_it(0.5f32, sum as f32 / 2.0);
        try_it(0.5f64, f64::from(sum) / 2.0);
    }
    run_in_process(program, ()).await;
}

#[test]
async fn a_number_of_64_bits_is_never_half_written() {
    fn write(value: RawValue<u64>, stop: RawValue<u8>) {
        while stop.get() == 0 {
            value.set(0);
            value.set(u64::MAX);
        }
    }
    fn program() {
        let (value, stop) = (RawValue::new(0).unwrap(), RawValue::new(0).unwrap());
        let process = Process::spawn(write, (value.clone(), stop.clone())).unwrap();
        while value.get() == 0 {}
        for _ in 0..EACH {
            assert!(matches!(value.get(), 0 | u64::MAX));
        }
        stop.set(1);
        process.join().unwrap();
    }
    run_in_process(program, ()).await;
}

#[test]
async fn an_array_is_seen_by_all() {
    fn double(array: Array<f64>) {
        let numbers = array.lock().unwrap();
        for index in 0..numbers.len() {
            numbers
                .set(index, 2.0 * numbers.get(index).unwrap())
                .unwrap();
        }
    }
    fn program() -> Vec<f64> {
        let array = Array::from_slice(&[1.0, 2.0, 3.5]).unwrap();
        Process::spawn(double, array.clone())
            .unwrap()
            .join()
            .unwrap();
        array.to_vec().unwrap()
    }
    assert_eq!(run_in_process(program, ()).await, [2.0, 4.0, 7.0]);
}

#[test]
async fn arrays_begin_with_zeros_and_check_indices() {
    crate::setup();
    let array = Array::<u16>::new(5).unwrap();
    assert_eq!(array.to_vec().unwrap(), [0; 5]);
    array.write(1, &[7, 8]).unwrap();
    assert_eq!(array.slice(0..4).unwrap(), [0, 7, 8, 0]);
    assert!(array.slice(5..5).unwrap().is_empty());
    let index_error = |result: Result<(), Error>| matches!(result, Err(Error::IndexError(_)));
    assert!(index_error(array.set(5, 1)));
    assert!(index_error(array.get(5).map(drop)));
    assert!(index_error(array.write(4, &[1, 2])));
    assert!(index_error(array.slice(4..6).map(drop)));
    let backwards = std::ops::Range { start: 3, end: 2 };
    assert!(index_error(array.slice(backwards).map(drop)));
    assert_eq!(array.to_vec().unwrap(), [0, 7, 8, 0, 0]);
    let text = RawArray::from_slice(&"né".chars().map(WChar::from).collect::<Vec<_>>()).unwrap();
    assert_eq!(text.get(1).unwrap().to_char(), Some('é'));
}

/// `Value('b', 200)` is −56.
#[test]
async fn integers_that_do_not_fit_wrap() {
    crate::setup();
    let value = Value::new(0i8).unwrap();
    value.set_wrapping(200).unwrap();
    assert_eq!(value.get(), Ok(-56));
    value.set(127).unwrap();
    value.add(1).unwrap();
    assert_eq!(value.get(), Ok(-128));
    assert_eq!(value.get_obj().compare_exchange(-128, 5), Ok(-128));
    assert_eq!(value.get_obj().compare_exchange(-128, 6), Err(5));
}

#[test]
async fn shared_memory_is_found_by_name_until_it_is_unlinked() {
    fn there_too(name: String) -> Vec<u8> {
        let memory = SharedMemory::attach(&name).unwrap();
        let mut bytes = vec![0; memory.size()];
        memory.read(0, &mut bytes).unwrap();
        memory.write(0, b"h").unwrap();
        bytes
    }
    crate::setup();
    let mut memory = SharedMemory::create(None, 5).unwrap();
    memory.write(0, b"Hands").unwrap();
    let name = memory.name().to_string();
    let process = Process::spawn(there_too, name.clone()).unwrap();
    assert_eq!(process.join_async().await.unwrap(), b"Hands");
    let mut first = [0];
    memory.read(0, &mut first).unwrap();
    assert_eq!(&first, b"h");
    assert_eq!(memory.array::<u8>(1, 4).unwrap().to_vec(), b"ands");
    assert!(matches!(
        memory.array::<u16>(1, 1),
        Err(Error::ValueError(_))
    ));
    assert!(matches!(
        memory.array::<u16>(4, 1),
        Err(Error::IndexError(_))
    ));
    assert!(matches!(memory.write(4, b"xx"), Err(Error::IndexError(_))));
    let again = SharedMemory::create(Some(&name), 5).map(drop);
    assert_eq!(again, Err(Error::FileExistsError(name.clone())));
    let mut other = SharedMemory::attach(&name).unwrap();
    memory.close();
    assert!(matches!(
        memory.read(0, &mut [0]),
        Err(Error::ValueError(_))
    ));
    // Closing affects only this handle, unlinking affects all processes.
    other.unlink().unwrap();
    assert_eq!(memory.unlink(), Err(Error::FileNotFoundError(name.clone())));
    let gone = SharedMemory::attach(&name).map(drop);
    assert_eq!(gone, Err(Error::FileNotFoundError(name)));
    other.write(0, b"H").unwrap();
    other.close();
    assert!(matches!(
        SharedMemory::create(None, 0),
        Err(Error::ValueError(_))
    ));
}

#[test]
async fn shared_memory_leaves_nothing_behind() {
    crate::setup();
    SharedMemory::create(Some("warm-up"), 1)
        .unwrap()
        .unlink()
        .unwrap();
    let before = diagnostics().arena_bytes_used;
    for _ in 0..20 {
        let memory = SharedMemory::create(Some("again"), 100_000).unwrap();
        let other = SharedMemory::attach("again").unwrap();
        drop(memory);
        other.unlink().unwrap();
    }
    assert_eq!(diagnostics().arena_bytes_used, before);
}

#[test]
async fn a_shareable_list_has_slots_of_fixed_room() {
    fn change(name: String) {
        let list = ShareableList::attach(&name).unwrap();
        list.set(1, "hello you").unwrap_err();
        list.set(1, "again").unwrap();
        list.set(3, Item::None).unwrap();
    }
    crate::setup();
    let items = [
        Item::Int(-7),
        "hello".into(),
        Item::Float(2.5),
        true.into(),
        vec![1u8, 0].into(),
    ];
    let mut list = ShareableList::create(items, None).unwrap();
    let name = list.shm().name().to_string();
    Process::spawn(change, name)
        .unwrap()
        .join_async()
        .await
        .unwrap();
    let text = "bytes/str item exceeds available storage";
    assert_eq!(
        list.set(1, "hello you"),
        Err(Error::ValueError(text.into()))
    );
    let now = [
        Item::Int(-7),
        "again".into(),
        Item::Float(2.5),
        Item::None,
        vec![1u8, 0].into(),
    ];
    assert_eq!(list.to_vec().unwrap(), now);
    assert_eq!(list.index("again"), Ok(1));
    assert_eq!(list.count(Item::None), Ok(1));
    assert!(matches!(list.get(5), Err(Error::IndexError(_))));
    list.shm().unlink().unwrap();
}

#[test]
async fn type_codes_are_python_s() {
    let sizes: Vec<(char, usize)> = TypeCode::all()
        .map(|code| (code.code(), code.size()))
        .collect();
    assert_eq!(sizes.len(), 14);
    assert_eq!(f64::type_code(), TypeCode::new('d').unwrap());
    assert!(TypeCode::new('z').is_err());
    for (code, size) in [('h', 2), ('l', 8), ('f', 4), ('u', 4)] {
        assert!(sizes.contains(&(code, size)));
    }
}
