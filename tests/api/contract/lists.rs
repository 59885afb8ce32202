//! Lists: their envelope, their pages, their order, and what may be asked of them.

use serde_json::{Value, json};

use super::{NOUNS, Noun};
use crate::stand::{Stand, World, text, v7, with};

/// Five records; those of the world come on top for some nouns.
fn five(noun: &Noun, world: &World) -> Vec<String> {
    (0..5).map(|n| noun.make(world, n)).map(|path| path.rsplit('/').next().unwrap_or_default().to_owned()).collect()
}

fn all(noun: &Noun, world: &World) -> Vec<String> {
    world.chief.list(&format!("{}?pageSize=500", noun.path), "id")
}

fn sorted(mut ids: Vec<String>) -> Vec<String> {
    ids.sort_unstable();
    ids
}

#[test]
fn a_list_is_items_and_a_page() {
    let stand = Stand::new();
    let world = World::of(&stand);
    for noun in NOUNS {
        let made = five(noun, &world);
        let answer = world.chief.get(noun.path).is(200);
        let list = answer.json();
        let keys: Vec<&String> = list.as_object().expect("a list is an object").keys().collect();
        assert_eq!(keys, ["items", "page"]);
        assert_eq!(list["page"], json!({"nextCursor": null, "hasMore": false}));
        assert!(answer.header("link").is_none());
        assert_eq!(sorted(answer.each("id")).len(), all(noun, &world).len());
        assert!(made.iter().all(|id| answer.each("id").contains(id)));
        for item in answer.items().iter().filter(|item| made.contains(&text(&item["id"]))) {
            assert_eq!(&world.chief.get(&format!("{}/{}", noun.path, text(&item["id"]))).json(), item);
        }
    }
}

#[test]
fn pages_hold_every_record_once_and_link_to_the_next() {
    let stand = Stand::new();
    let world = World::of(&stand);
    for noun in NOUNS {
        five(noun, &world);
        let expected = all(noun, &world);
        for size in [1, 2, 5] {
            let mut path = format!("{}?pageSize={size}", noun.path);
            let mut found = Vec::new();
            loop {
                let page = world.chief.get(&path).is(200);
                let at = page.json()["page"].clone();
                found.extend(page.each("id"));
                assert_eq!(at["hasMore"], !at["nextCursor"].is_null());
                let Some(cursor) = at["nextCursor"].as_str() else {
                    assert!(page.header("link").is_none());
                    break;
                };
                assert_eq!(page.items().len(), size);
                let link = page.given("link");
                let next = link.strip_prefix('<').and_then(|l| l.strip_suffix(">; rel=\"next\"")).expect("a link");
                assert!(next.contains(cursor) && next.starts_with(noun.path), "{link}");
                path = next.to_owned();
            }
            assert_eq!(found, expected, "{} by {size}", noun.path);
        }
    }
}

#[test]
fn a_record_that_comes_between_two_pages_moves_nothing() {
    let stand = Stand::new();
    let world = World::of(&stand);
    for noun in NOUNS {
        five(noun, &world);
        let before = all(noun, &world);
        let first = world.chief.get(&format!("{}?pageSize=3", noun.path)).is(200);
        noun.make(&world, 77);
        let cursor = text(&first.json()["page"]["nextCursor"]);
        let rest = world.chief.get(&format!("{}?pageSize=400&cursor={cursor}", noun.path)).is(200);
        let seen: Vec<String> = first.each("id").into_iter().chain(rest.each("id")).collect();
        assert_eq!(seen, before, "{}", noun.path);
    }
}

#[test]
fn a_cursor_is_good_for_its_caller_and_its_query_alone() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let other = stand.chief();
    for noun in NOUNS {
        five(noun, &world);
        let page = world.chief.get(&format!("{}?pageSize=2&sort=createdAt", noun.path)).is(200);
        let cursor = text(&page.json()["page"]["nextCursor"]);
        let with_cursor = |query: &str| format!("{}?{query}cursor={cursor}", noun.path);
        world.chief.get(&with_cursor("sort=createdAt&count=exact&pageSize=4&")).is(200);
        let refused = [
            other.get(&with_cursor("sort=createdAt&")),
            world.chief.get(&with_cursor("sort=-createdAt&")),
            world.chief.get(&with_cursor("")),
            world.chief.get(&format!("{}?cursor=garbage", noun.path)),
            world.chief.get(&format!("{}?sort=createdAt&cursor={}", noun.path, &cursor[..cursor.len() - 4])),
        ];
        let searched = noun.searched.then(|| world.chief.get(&with_cursor("sort=createdAt&q=a&")));
        for answer in refused.into_iter().chain(searched) {
            answer.faults(&["cursor invalid-cursor"]);
        }
        world.chief.get(&format!("{}?cursor=", noun.path)).is(200);
    }
}

#[test]
fn a_page_has_one_to_five_hundred_records() {
    let stand = Stand::new();
    let chief = stand.chief();
    for noun in NOUNS {
        let ask = |size: &str| chief.get(&format!("{}?pageSize={size}", noun.path));
        ask("1").is(200);
        ask("500").is(200);
        ask("0").faults(&["pageSize too-small"]);
        ask("501").faults(&["pageSize too-large"]);
        ask("-1").faults(&["pageSize too-small"]);
        ask("ten").faults(&["pageSize type"]);
        ask("").faults(&["pageSize type"]);
        ask("99999999999999999999").problem(400, "invalid-request");
        ask("1.5").faults(&["pageSize type"]);
    }
}

#[test]
fn the_number_of_records_is_told_when_asked_for() {
    let stand = Stand::new();
    let world = World::of(&stand);
    for noun in NOUNS {
        five(noun, &world);
        let expected = all(noun, &world).len();
        let answer = world.chief.get(&format!("{}?count=exact&pageSize=2", noun.path)).is(200);
        assert_eq!(answer.json()["page"]["totalCount"], expected);
        let none = world.chief.get(&format!("{}?count=none", noun.path)).is(200);
        assert!(none.json()["page"].get("totalCount").is_none());
        world.chief.get(&format!("{}?count=all", noun.path)).faults(&["count not-allowed"]);
    }
}

/// The values of `sort` that the document declares for a list.
fn sorts(stand: &Stand, noun: &Noun) -> Vec<String> {
    let document = stand.nobody().get("/v1/openapi.json").is(200).json();
    let parameters = document["paths"][noun.template()]["get"]["parameters"].as_array().cloned().unwrap_or_default();
    let sort = parameters.into_iter().find(|p| p["name"] == "sort").expect("every list can be sorted");
    sort["schema"]["enum"].as_array().into_iter().flatten().map(text).collect()
}

#[test]
fn every_order_that_is_declared_holds_in_both_directions_and_over_pages() {
    let stand = Stand::new();
    let world = World::of(&stand);
    for noun in NOUNS {
        five(noun, &world);
        let declared = sorts(&stand, noun);
        assert!(declared.contains(&"createdAt".to_owned()) && declared.contains(&"-createdAt".to_owned()));
        for key in declared.iter().filter(|key| !key.starts_with('-')) {
            let list = |order: &str, size: u32, field: &str| {
                world.chief.list(&format!("{}?sort={order}&pageSize={size}", noun.path), field)
            };
            let ids = list(key, 500, "id");
            assert_eq!(list(key, 2, "id"), ids, "{} by {key}", noun.path);
            let mut back = list(&format!("-{key}"), 3, "id");
            back.reverse();
            assert_eq!(back, ids, "{} by -{key}", noun.path);
            if key != "name" {
                let values = list(key, 500, key);
                assert_eq!(values, sorted(values.clone()), "{} by {key}", noun.path);
            }
        }
        let by_default = world.chief.list(noun.path, "id");
        assert_eq!(by_default, world.chief.list(&format!("{}?sort=-createdAt", noun.path), "id"));
        world.chief.get(&format!("{}?sort=version", noun.path)).faults(&["sort not-allowed"]);
    }
}

#[test]
fn an_unknown_parameter_is_400_and_names_the_nearest() {
    let stand = Stand::new();
    let chief = stand.chief();
    for noun in NOUNS {
        let answer = chief.get(&format!("{}?pagesize=2&srot=createdAt", noun.path));
        let answer = answer.faults(&["pagesize unknown", "srot unknown"]);
        assert!(answer.text().contains("`pageSize`") && answer.text().contains("`sort`"), "{answer:?}");
    }
}

#[test]
fn a_parameter_that_is_repeated_is_400() {
    let stand = Stand::new();
    let chief = stand.chief();
    for noun in NOUNS {
        chief.get(&format!("{}?sort=createdAt&sort=createdAt", noun.path)).faults(&["sort repeated"]);
        chief.get(&format!("{}?count=exact&%63ount=exact", noun.path)).faults(&["count repeated"]);
    }
}

#[test]
fn every_fault_of_a_query_is_named() {
    let stand = Stand::new();
    let chief = stand.chief();
    for noun in NOUNS {
        let answer = chief.get(&format!("{}?pageSize=0&sort=x&count=y&z=1", noun.path));
        answer.faults(&["pageSize too-small", "sort not-allowed", "count not-allowed", "z unknown"]);
    }
}

#[test]
fn text_search_ignores_case_marks_and_tone_placement_and_takes_wildcards_as_they_are() {
    let stand = Stand::new();
    let world = World::of(&stand);
    for noun in NOUNS.iter().filter(|noun| noun.searched) {
        let make = |n: usize, name: &str| {
            let body = with(&(noun.body)(&world, n), json!({"name": name, "id": v7()}));
            text(&world.chief.create(noun.path, &body)["id"])
        };
        let group = make(1, "Tổ LIÊN gia tự quản");
        let peace = make(2, "Khu phố Hòa Bình");
        let decomposed = make(3, "Đường Hoa\u{300} Bi\u{300}nh");
        let percent = make(4, "Đạt 100% hộ_gia đình");
        let find = |q: &str| {
            let q: String = url::form_urlencoded::byte_serialize(q.as_bytes()).collect();
            sorted(world.chief.list(&format!("{}?q={q}", noun.path), "id"))
        };
        assert_eq!(find("to lien gia tu"), [group.as_str()], "{}", noun.path);
        assert_eq!(find("TỔ LIÊN  Gia Tự"), [group]);
        for q in ["hoà bình", "hòa bình", "HOA BINH", "ho\u{300}a bi\u{300}nh"] {
            assert_eq!(find(q), sorted(vec![peace.clone(), decomposed.clone()]), "{q} in {}", noun.path);
        }
        assert_eq!(find("duong"), [decomposed]);
        assert_eq!(find("100%"), [percent.as_str()]);
        assert_eq!(find("hộ_gia"), [percent]);
        for q in ["1%0", "h_gia", "%%", "\\", "to_lien"] {
            assert_eq!(find(q), Vec::<String>::new(), "{q} in {}", noun.path);
        }
        world.chief.get(&format!("{}?q=", noun.path)).faults(&["q too-short", "q pattern"]);
    }
}

/// As CLDR orders Vietnamese: letters first (a ă â b … d đ e ê …), tones (ngang huyền hỏi ngã sắc
/// nặng) only between names whose letters are the same.
const IN_ORDER: &[&str] = &[
    "Ái Nghĩa",
    "An Hội",
    "Ăn Thề",
    "Âu Cơ",
    "Bả Canh",
    "Bã Đậu",
    "Bạ Hạ",
    "Bá Lễ",
    "Bà Nà",
    "Ba Tơ",
    "Cẩm Châu",
    "Da Diệu",
    "Dung",
    "Đa Mặn",
    "Điện Bàn",
    "Em",
    "Êm",
    "Hoa",
    "Hoà An",
    "Hòa Bình",
    "Ma",
    "Mà",
    "Mả",
    "Mã",
    "Má",
    "Mạ",
    "Mã Lai",
    "Nam",
    "Oanh",
    "Ô Châu",
    "Ông Ích",
    "Ơi",
    "Sơn Phong",
    "Sơn Trà",
    "Tam Kỳ",
    "Thanh Hà",
    "Uyên",
    "Ưng",
    "Ý Lan",
    "Yên Bái",
];

#[test]
fn names_come_in_vietnamese_order() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let before = world.chief.list("/v1/models", "id").len();
    assert_eq!(before, 0);
    for name in IN_ORDER.iter().rev() {
        world.a_model(name);
    }
    let listed = |query: &str| world.chief.list(&format!("/v1/models?{query}"), "name");
    assert_eq!(listed("sort=name&pageSize=4"), IN_ORDER);
    let backwards: Vec<&str> = IN_ORDER.iter().rev().copied().collect();
    assert_eq!(listed("sort=-name"), backwards);
}

#[test]
fn names_are_kept_in_one_spelling() {
    let stand = Stand::new();
    let world = World::of(&stand);
    for noun in NOUNS {
        let body = with(&(noun.body)(&world, 1), json!({noun.line: "Ho\u{300}a Bi\u{300}nh"}));
        let made: Value = world.chief.create(noun.path, &body);
        assert_eq!(made[noun.line], "Hòa Bình");
    }
}
