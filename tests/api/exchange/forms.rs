//! What is understood in a file: headers and values as people write them, and nothing guessed.

use serde_json::{Value, json};

use super::{CSV, Scene, XLSX, workbook};

/// A model in Vietnamese, by the names of the template.
const VIETNAMESE: &str = "Tên mô hình *;Loại mô hình;Đơn vị;Ngày thành lập;Cơ quan chủ trì;Số hộ;Loại địa bàn;Vĩ độ;Kinh độ\r\n\
    Tổ liên gia an toàn PCCC;TLG;20413;31/3/2023;Công an phường;1.080;Khu dân cư;15,8794;108.335\r\n";

#[track_caller]
fn understood(scene: &Scene, kind: &str, bytes: Vec<u8>) {
    let job = scene.import("resource=models&mode=commit", kind, bytes);
    assert_eq!(job["state"], "succeeded", "{:?}", scene.errors(&job));
    let models = scene.world.chief.get("/v1/models?pageSize=1").is(200).items();
    let model = &models[0];
    assert_eq!(model["name"], "Tổ liên gia an toàn PCCC");
    assert_eq!([&model["unitId"], &model["modelTypeId"]], [&json!(scene.world.ward), &json!(scene.world.model_type)]);
    assert_eq!(model["establishedOn"], "2023-03-31");
    assert_eq!(model["householdCount"], 1080);
    assert_eq!(model["setting"], "residential");
    assert_eq!(model["location"], json!({"lat": 15.8794, "lng": 108.335}));
}

#[test]
fn vietnamese_files_are_understood_in_every_encoding_that_says_what_it_is() {
    let scene = Scene::new();
    understood(&scene, CSV, VIETNAMESE.into());
    understood(&scene, CSV, format!("\u{FEFF}{VIETNAMESE}").into());
    understood(&scene, CSV, VIETNAMESE.replace(';', "\t").into());
    let utf16 = |order: fn(u16) -> [u8; 2]| -> Vec<u8> {
        "\u{FEFF}".encode_utf16().chain(VIETNAMESE.encode_utf16()).flat_map(order).collect()
    };
    understood(&scene, CSV, utf16(u16::to_le_bytes));
    understood(&scene, CSV, utf16(u16::to_be_bytes));
    let (bytes, _, lost) = encoding_rs::WINDOWS_1258.encode(VIETNAMESE_SPELT);
    assert!(!lost, "the text can be written in windows-1258");
    understood(&scene, "text/csv; charset=windows-1258", bytes.into_owned());
}

/// The same with every tone as a mark of its own, as windows-1258 has them.
const VIETNAMESE_SPELT: &str = "Tên mô hi\u{300}nh;Loa\u{323}i mô hi\u{300}nh;\u{110}ơn vi\u{323};Nga\u{300}y tha\u{300}nh lâ\u{323}p;Cơ quan chu\u{309} tri\u{300};Sô\u{301} hô\u{323};Loa\u{323}i \u{111}i\u{323}a ba\u{300}n;Vi\u{303} \u{111}ô\u{323};Kinh \u{111}ô\u{323}\r\n\
    Tô\u{309} liên gia an toa\u{300}n PCCC;TLG;20413;31/3/2023;Công an phươ\u{300}ng;1.080;Khu dân cư;15,8794;108.335\r\n";

#[test]
fn english_headers_and_json_names_are_the_same_columns() {
    let scene = Scene::new();
    let values = "Tổ liên gia an toàn PCCC,TLG,20413,2023-03-31,Công an phường,1080,residential,15.8794,108.335\n";
    let english = "Name,Model type,Unit,Established on,Lead body,Households,Setting,Latitude,Longitude\n";
    let names = "name,modelTypeCode,unitCode,establishedOn,leadBody,householdCount,setting,location.lat,location.lng\n";
    for header in [english, names] {
        understood(&scene, CSV, format!("{header}{values}").into());
    }
}

#[test]
fn a_workbook_is_understood_by_what_its_cells_are() {
    let scene = Scene::new();
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (column, name) in (0..).zip(VIETNAMESE.lines().next().expect("a header").split(';')) {
        sheet.write_string(0, column, name).expect("a cell");
    }
    for (column, text) in [(0, "Tổ liên gia an toàn PCCC"), (1, "TLG"), (4, "Công an phường"), (6, "Khu dân cư")]
    {
        sheet.write_string(1, column, text).expect("a cell");
    }
    for (column, number) in [(2, 20413.0), (5, 1080.0), (7, 15.8794), (8, 108.335)] {
        sheet.write_number(1, column, number).expect("a cell");
    }
    let date = rust_xlsxwriter::ExcelDateTime::from_ymd(2023, 3, 31).expect("a date");
    let format = rust_xlsxwriter::Format::new().set_num_format("dd/mm/yyyy");
    sheet.write_datetime_with_format(1, 3, &date, &format).expect("a cell");
    understood(&scene, XLSX, book.save_to_buffer().expect("a workbook"));
}

#[test]
fn what_can_be_read_in_two_ways_is_refused() {
    let scene = Scene::new();
    let header =
        ["Tên mô hình", "Loại mô hình", "Đơn vị", "Ngày thành lập", "Cơ quan chủ trì", "Số hộ"].map(Value::from);
    let row = |date: Value, households: Value| {
        vec![json!("Tổ"), json!("TLG"), json!("20413"), date, json!("Công an"), households]
    };
    let rows = [
        header.to_vec(),
        row(json!("31/3/23"), json!("1,080")),
        row(json!(45016), json!(1.08)),
        row(json!("3/31/2023"), json!("1.08")),
        row(json!("=TODAY()"), json!("=1+1")),
    ];
    let job = scene.import("resource=models&mode=commit", XLSX, workbook(&rows));
    let expected = [
        "2 establishedOn ambiguous-date",
        "2 householdCount ambiguous-number",
        "3 establishedOn date",
        "3 householdCount not-whole",
        "4 establishedOn date",
        "4 householdCount not-whole",
        "5 establishedOn formula",
        "5 householdCount formula",
    ];
    assert_eq!(scene.errors(&job), expected);
    assert_eq!(scene.count("/v1/models"), 0);
}

#[test]
fn units_are_looked_up_by_code_on_the_day_of_the_row() {
    let scene = Scene::new();
    let chief = &scene.world.chief;
    let old = json!({"code": "20410", "codeSystem": "gso", "name": "Phường Sơn Phong", "kind": "commune",
        "nameType": "ward", "parentId": scene.world.province, "validFrom": "2020-01-01", "validTo": "2025-07-01"});
    let new = json!({"code": "20410", "codeSystem": "gso", "name": "Phường Hội An", "kind": "commune",
        "nameType": "ward", "parentId": scene.world.province, "validFrom": "2025-07-01"});
    let (old, new) = (chief.create("/v1/units", &old), chief.create("/v1/units", &new));
    let file = "name,modelTypeId,unitId,establishedOn,leadBody\n\
        Cũ,TLG,20410,30/6/2025,Công an\nMới,TLG,20410,1/7/2025,Công an\nSai,TLG,99999,1/7/2025,Công an\n";
    let job = scene.import("resource=models&mode=commit&atomic=false", CSV, file);
    assert_eq!(scene.errors(&job), ["4 unitId reference-missing"]);
    let of = |name: &str| chief.get(&format!("/v1/models?q={name}")).is(200).items()[0]["unitId"].clone();
    assert_eq!([of("cu"), of("moi")], [old["id"].clone(), new["id"].clone()]);
}

#[test]
fn models_and_categories_are_named_by_what_people_call_them() {
    let scene = Scene::new();
    let world = &scene.world;
    for (unit, name) in [(&world.ward, "Một"), (&world.other, "Hai")] {
        world.chief.create("/v1/models", &crate::stand::with(&world.model_in(unit, name), json!({"code": "TLG-01"})));
    }
    let label = world.chief.get("/v1/code-lists/incident_category/codes?pageSize=1&sort=code").is(200).items();
    let (code, called) = (label[0]["code"].clone(), label[0]["labelVi"].as_str().expect("a label").to_owned());
    let file = format!(
        "Loại vụ việc;Mức độ;Xảy ra lúc;Đơn vị;Nguồn tin;Đóng góp của mô hình;Thiệt hại tài sản (đồng)\n\
        \"{called}\";Ít nghiêm trọng;9:05 31/3/2023;20413;Người dân;TLG-01 phát hiện;1.500.000\n\
        \"{called}\";Ít nghiêm trọng;31/3/2023;20413;Người dân;20416:TLG-01 xử lý;0\n"
    );
    let job = scene.import("resource=incidents&mode=commit&atomic=false", CSV, file);
    assert_eq!(scene.errors(&job), ["3 occurredAt time-missing"]);
    let incident = &world.chief.get("/v1/incidents").is(200).items()[0];
    assert_eq!(incident["category"], code);
    assert_eq!(incident["occurredAt"], "2023-03-31T02:05:00Z");
    assert_eq!(incident["propertyDamageVnd"], 1_500_000);
    assert_eq!(incident["contributions"][0]["kind"], "detected");
    let reviews = "modelId,period,rating,recommendation,reviewedOn,reviewer,exemplar\n\
        20416:TLG-01,2023,Tốt,Duy trì,15/1/2024,Công an,có\nTLG-01,2023,Tốt,Duy trì,15/1/2024,Công an,không\n";
    let job = scene.import("resource=reviews&mode=commit&atomic=false", CSV, reviews);
    assert_eq!(scene.errors(&job), ["3 modelId ambiguous"]);
    assert_eq!(world.chief.get("/v1/reviews").is(200).items()[0]["unitId"], json!(world.other));
}

#[test]
fn headers_that_mean_nothing_stop_the_file_and_name_the_nearest() {
    let scene = Scene::new();
    let file = "Tên mô hình;Tên gì;Số hộ;Số hộ;Loại mô hình;Đơn vị\nA;B;1;2;TLG;20413\n";
    let job = scene.import("resource=models&mode=commit", CSV, file);
    assert_eq!(job["failure"], "file");
    let expected =
        ["1 B unknown", "1 householdCount repeated", "1 establishedOn missing-column", "1 leadBody missing-column"];
    assert_eq!(scene.errors(&job), expected);
    let vietnamese = scene
        .world
        .chief
        .request(reqwest::Method::GET, &format!("/v1/imports/{}/row-errors", job["id"].as_str().expect("an id")));
    let told = vietnamese.header("Accept-Language", "vi").send().is(200).items();
    assert_eq!(told[0]["message"], told[0]["messageVi"]);
    assert!(told[0]["message"].as_str().is_some_and(|text| text.contains("Tên mô hình")), "{}", told[0]);
}

#[test]
fn a_template_is_filled_in_and_imported() {
    use calamine::Reader;
    let scene = Scene::new();
    let chief = &scene.world.chief;
    let asked = chief.request(reqwest::Method::GET, "/v1/import-templates/models");
    let answer = asked.header("Accept-Language", "vi").header("Accept", XLSX).send().is(200);
    assert_eq!(answer.given("content-type"), XLSX);
    assert!(answer.given("content-disposition").contains("models.xlsx"));
    let mut book = calamine::Xlsx::new(std::io::Cursor::new(answer.bytes)).expect("a workbook");
    assert_eq!(book.sheet_names(), ["Dữ liệu", "Hướng dẫn"]);
    let range = book.worksheet_range("Dữ liệu").expect("a sheet");
    let header: Vec<Value> =
        range.rows().next().expect("a header").iter().map(|cell| json!(cell.to_string())).collect();
    assert!(header.contains(&json!("Tên mô hình *")) && !header.contains(&json!("Ngày kết thúc")));
    let said = [
        ("Tên mô hình *", "Tổ"),
        ("Loại mô hình *", "TLG"),
        ("Đơn vị *", "20413"),
        ("Ngày thành lập *", "31/3/2023"),
        ("Cơ quan chủ trì *", "Công an"),
    ];
    let value = |name: &Value| said.iter().find(|(column, _)| name == column).map_or(Value::Null, |said| json!(said.1));
    let filled = [header.clone(), header.iter().map(value).collect()];
    let job = scene.import("resource=models&mode=commit", XLSX, workbook(&filled));
    assert_eq!(job["state"], "succeeded", "{:?}", scene.errors(&job));
    for resource in [
        "model-types",
        "teams",
        "reviews",
        "members",
        "memberships",
        "activities",
        "incidents",
        "commendations",
        "model-status-changes",
        "incident-status-changes",
        "commendation-status-changes",
    ] {
        chief.get(&format!("/v1/import-templates/{resource}")).is(200);
    }
    chief.get("/v1/import-templates/units").problem(404, "not-found");
    let other = chief.request(reqwest::Method::GET, "/v1/import-templates/models").header("Accept", "text/csv").send();
    other.problem(406, "not-acceptable");
}
