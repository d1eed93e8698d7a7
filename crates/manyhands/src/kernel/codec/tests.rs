use super::*;
use proptest::prelude::*;
use serde::Deserialize;
use std::{
    collections::{BTreeMap, HashMap},
    fmt::Debug,
};

fn round_trip<T: Serialize + DeserializeOwned>(value: &T) -> T {
    loads(&dumps(value).unwrap()).unwrap_or_else(|error| panic!("{error}"))
}

#[track_caller]
fn travels<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: T) {
    assert_eq!(round_trip(&value), value);
    assert_eq!(round_trip(&vec![Some(&value), None, Some(&value)].len()), 3);
    let several = vec![round_trip(&value), round_trip(&value)];
    assert_eq!(round_trip(&several), several);
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Point {
    x: f64,
    y: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Unit;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Meters(u64);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Shape {
    Empty,
    Circle(f64),
    Line(Point, Point),
    Named { name: String, point: Option<Point> },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
enum Untagged {
    Left { left: u8 },
    Right { right: u8 },
    Number(i32),
    Numbers(Vec<u8>),
    Shape(Shape),
    Nothing,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
enum Internal {
    Empty,
    Point(Point),
    Other { a: u32, b: Vec<String> },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "t", content = "c")]
enum Adjacent {
    Empty,
    One(u8),
    Two(u8, String),
    Point { x: f64, y: f64 },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Flat {
    id: u32,
    #[serde(flatten)]
    point: Point,
    #[serde(flatten)]
    others: BTreeMap<String, serde_json::Value>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Sparse {
    #[serde(skip_serializing_if = "Option::is_none", default)]
    a: Option<u8>,
    b: u8,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    c: Vec<u8>,
    #[serde(skip)]
    d: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    e: Option<u8>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename = "=")]
enum ByPosition {
    A,
    B(u8),
    C { x: u8, y: String },
}

#[test]
fn every_type_of_serdes_data_model_travels() {
    travels(());
    travels(true);
    travels((
        u8::MAX,
        i8::MIN,
        u16::MAX,
        i16::MIN,
        u32::MAX,
        i32::MIN,
        u64::MAX,
        i64::MIN,
    ));
    travels((
        u128::MAX,
        i128::MIN,
        usize::MAX,
        isize::MIN,
        f32::MIN_POSITIVE,
        f64::INFINITY,
    ));
    assert!(round_trip(&f64::NAN).is_nan());
    travels(('a', 'π', String::from("λ"), String::new()));
    travels((Some(1u8), None::<u8>, Some(Some(())), Some(None::<()>)));
    travels((Unit, Meters(3), Point { x: 1.0, y: -0.0 }));
    travels(vec![
        Shape::Empty,
        Shape::Circle(2.0),
        Shape::Line(Point { x: 0.0, y: 1.0 }, Point { x: 2.0, y: 3.0 }),
    ]);
    travels(Shape::Named {
        name: "n".into(),
        point: Some(Point { x: 0.0, y: 1.0 }),
    });
    travels((
        Vec::<u8>::new(),
        vec![1u8, 2],
        vec![1i8],
        vec![1u16],
        vec![1i16],
        vec![1u32],
        vec![1i32],
    ));
    travels((
        vec![1u64],
        vec![1i64],
        vec![1.5f32],
        vec![1.5f64],
        vec![1usize],
        vec!['x'],
        vec![true],
    ));
    travels(([1u8; 16], [[1u32; 3]; 2], [(); 3], [Some(1u8), None]));
    travels(vec![vec![1u8, 2], vec![], vec![3]]);
    travels((1u8, 2u8, 3u16, 4u8, String::from("mixed"), 5u8));
    travels(HashMap::from([
        (String::from("a"), vec![1u8]),
        (String::from("b"), vec![]),
    ]));
    travels(BTreeMap::from([(
        (1u8, 'a'),
        Some(Point { x: 0.0, y: 1.0 }),
    )]));
    travels(vec![
        ByPosition::A,
        ByPosition::B(1),
        ByPosition::C {
            x: 1,
            y: "y".into(),
        },
    ]);
    travels(Ok::<u8, String>(1));
    travels(std::time::Duration::from_millis(1500));
    travels(std::net::IpAddr::from([127, 0, 0, 1]));
}

/// These types ask for the kind of the next value, which most binary encodings do not
/// contain.
#[test]
fn untagged_internally_tagged_and_flattened_types_travel() {
    travels(Untagged::Left { left: 1 });
    travels(Untagged::Right { right: 1 });
    travels(Untagged::Number(-1));
    travels(Untagged::Numbers(vec![1, 2, 3]));
    travels(Untagged::Shape(Shape::Empty));
    travels(Untagged::Shape(Shape::Named {
        name: "n".into(),
        point: None,
    }));
    travels(Untagged::Nothing);
    travels(vec![
        Internal::Empty,
        Internal::Point(Point { x: 1.0, y: 2.0 }),
    ]);
    travels(Internal::Other {
        a: 1,
        b: vec!["b".into()],
    });
    travels(vec![
        Adjacent::Empty,
        Adjacent::One(1),
        Adjacent::Two(2, "2".into()),
    ]);
    travels(Adjacent::Point { x: 1.0, y: 2.0 });
    let value = serde_json::json!({"a": [1, -1, 2.5, "x", null, true], "b": {"c": []}});
    travels(value.clone());
    let others = BTreeMap::from([(String::from("more"), value)]);
    travels(Flat {
        id: 1,
        point: Point { x: 1.0, y: 2.0 },
        others,
    });
}

#[test]
fn only_the_fields_that_are_left_out_are_missing() {
    let all = [None, Some(1)]
        .into_iter()
        .flat_map(|a| [None, Some(3)].map(|e| (a, e)));
    for (a, e) in all {
        for c in [vec![], vec![7]] {
            travels(Sparse {
                a,
                b: 2,
                c,
                d: 0,
                e,
            });
        }
    }
}

#[track_caller]
fn refused<S: ?Sized + Serialize, R: DeserializeOwned + Debug>(sent: &S) {
    match loads::<R>(&dumps(sent).unwrap()) {
        Err(Error::PicklingError(text)) => {
            assert!(
                text.contains(type_name::<R>()),
                "{text} does not name the type"
            )
        }
        other => panic!("{} as {}: {other:?}", type_name::<S>(), type_name::<R>()),
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct Other {
    a: f64,
    b: f64,
}

#[test]
fn a_value_received_as_another_type_is_refused() {
    refused::<_, u8>("text");
    refused::<_, ()>(&vec![1u64, 2]);
    refused::<_, bool>(&1u8);
    refused::<_, i8>(&1u8);
    refused::<_, u32>(&1i32);
    refused::<_, u64>(&1.0f64);
    refused::<_, f32>(&1u32);
    refused::<_, u8>(&Some(1u8));
    refused::<_, Option<u8>>(&1u8);
    refused::<_, (u32, u32)>(&1u64);
    refused::<_, [u8; 2]>(&1u16);
    refused::<_, (u8, u8)>(&[1u8; 3]);
    refused::<_, (u8, u8, u8)>(&[1u8; 2]);
    refused::<_, Vec<u8>>(&[1u8; 2]);
    refused::<_, Vec<u8>>(&vec![1i8]);
    refused::<_, Vec<u8>>(&vec![1u16]);
    refused::<_, Vec<u8>>("text");
    refused::<_, String>(&vec![b'a']);
    refused::<_, Other>(&Point { x: 1.0, y: 2.0 });
    refused::<_, Point>(&(1.0, 2.0));
    refused::<_, Shape>(&Adjacent::One(1));
    refused::<_, Shape>("Empty");
    refused::<_, char>(&97u32);
    refused::<_, u32>(&());
    refused::<_, (u8, String)>(&(1u8, 2u8));
    refused::<_, HashMap<String, u8>>(&vec![(String::from("a"), 1u8)]);
}

/// References, boxes and slices are encoded as the value that they refer to.
/// Number by number, each of these would take one byte.
#[test]
fn vectors_of_numbers_are_copied_as_a_whole_wherever_they_are() {
    let numbers = vec![1_u64; 1000];
    let is_whole = |bytes: Result<Vec<u8>, Error>| bytes.unwrap().len() >= 8000;
    assert!(is_whole(dumps(&numbers)));
    assert!(is_whole(dumps(&Some(&numbers))));
    assert!(is_whole(dumps(&(1, &numbers))));
    assert!(is_whole(dumps(&vec![numbers.clone()])));
    assert!(is_whole(dumps(&BTreeMap::from([(1, numbers.clone())]))));
    travels(vec![numbers.clone(), vec![]]);
    travels(BTreeMap::from([(1, numbers)]));
}

#[test]
fn references_and_boxes_are_encoded_like_their_content() {
    let text: String = loads(&dumps("text").unwrap()).unwrap();
    assert_eq!(text, "text");
    assert_eq!(
        loads::<Vec<u8>>(&dumps(&[1u8, 2][..]).unwrap()),
        Ok(vec![1, 2])
    );
    assert_eq!(
        loads::<Vec<u64>>(&dumps(&&[1u64, 2][..]).unwrap()),
        Ok(vec![1, 2])
    );
    assert_eq!(loads::<u8>(&dumps(&Box::new(&1u8)).unwrap()), Ok(1));
    assert_eq!(
        loads::<Box<[u8]>>(&dumps(&vec![1u8]).unwrap()),
        Ok(vec![1].into())
    );
    assert_eq!(loads::<usize>(&dumps(&1u64).unwrap()), Ok(1));
    assert_eq!(loads::<u64>(&dumps(&Meters(1)).unwrap()), Ok(1));
    let bytes = serde_bytes::Bytes::new(&[1, 2]);
    assert_eq!(loads::<Vec<u8>>(&dumps(bytes).unwrap()), Ok(vec![1, 2]));
    // The bytes are equal as well: a managed dict finds its keys by their encoding.
    assert_eq!(dumps(&Vec::<u8>::new()), dumps(&[0u8; 0][..]));
    assert_eq!(dumps(&vec![1u8, 2]), dumps(&[1u8, 2][..]));
    assert_eq!(dumps(&vec![1.5f64]), dumps(&[1.5f64][..]));
    assert_eq!(dumps("k"), dumps(&String::from("k")));
    let tuple: (u8, u8) = loads(&dumps(&[1u8, 2]).unwrap()).unwrap();
    assert_eq!(tuple, (1, 2));
}

/// A list whose nesting is as deep as the list is long.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
struct Nested(Option<Box<Nested>>);

fn nested(depth: usize) -> Nested {
    (1..depth).fold(Nested(None), |inner, _| Nested(Some(Box::new(inner))))
}

#[test]
fn a_value_that_is_nested_too_deeply_is_refused_on_both_sides() {
    let deepest = (1..).find(|depth| dumps(&nested(*depth)).is_err()).unwrap() - 1;
    travels(nested(deepest - 1));
    let error = dumps(&nested(deepest + 1)).unwrap_err();
    let Error::RecursionError { type_name, limit } = &error else {
        panic!("{error:?}");
    };
    assert_eq!(
        (type_name.as_str(), *limit),
        (std::any::type_name::<Nested>(), MAX_DEPTH)
    );
    // Bytes that `dumps` does not produce: a `Some` in a `Some`, and so on.
    let bytes: Vec<u8> = std::iter::once(0)
        .chain([format::kind::SOME; 100_000])
        .collect();
    assert!(matches!(
        loads::<Nested>(&bytes),
        Err(Error::RecursionError { .. })
    ));
    assert!(matches!(
        loads::<Untagged>(&bytes),
        Err(Error::RecursionError { .. })
    ));
    let list = [0]
        .into_iter()
        .chain([format::kind::SEQ, 1, 0, 0, 0, 0].repeat(100_000));
    let list: Vec<u8> = list.collect();
    assert!(matches!(
        loads::<serde_json::Value>(&list),
        Err(Error::RecursionError { .. })
    ));
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes: Vec<u8>, flag in 0u8..2) {
        let bytes: Vec<u8> = std::iter::once(flag).chain(bytes).collect();
        let _ = loads::<Shape>(&bytes);
        let _ = loads::<Vec<()>>(&bytes);
        let _ = loads::<Vec<f64>>(&bytes);
        let _ = loads::<serde_json::Value>(&bytes);
        let _ = loads::<Flat>(&bytes);
        let _ = loads::<Vec<ByPosition>>(&bytes);
    }

    #[test]
    fn changed_bytes_never_panic(at: prop::sample::Index, to: u8) {
        let value = (
            vec![Shape::Named { name: "n".into(), point: Some(Point { x: 0.0, y: 1.0 }) }],
            serde_json::json!({"a": [1, "x"]}),
            vec![1u32, 2],
            ByPosition::C { x: 1, y: "y".into() },
        );
        let mut bytes = dumps(&value).unwrap();
        let at = at.index(bytes.len());
        bytes[at] = to;
        let _ = loads::<(Vec<Shape>, serde_json::Value, Vec<u32>, ByPosition)>(&bytes);
    }
}
