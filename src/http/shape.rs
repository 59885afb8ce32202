//! Shapes: the published schemas at work. A value that does not fit is refused with every fault.

use std::any::TypeId;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use jsonschema::Validator;
use jsonschema::error::ValidationErrorKind as Broken;
use serde_json::Value;

use crate::error::{Error, Fault, Place, Result, Words};

/// A compiled schema.
pub struct Shape {
    schema: Value,
    validator: Validator,
}

static SHAPES: LazyLock<RwLock<HashMap<TypeId, Arc<Shape>>>> = LazyLock::new(RwLock::default);

impl Shape {
    /// The shape kept for type `T`, compiled from `schema` at first use.
    pub fn of<T: 'static>(schema: impl FnOnce() -> Value) -> Result<Arc<Self>> {
        let id = TypeId::of::<T>();
        if let Some(shape) = SHAPES.read().unwrap_or_else(PoisonError::into_inner).get(&id) {
            return Ok(shape.clone());
        }
        let schema = schema();
        let validator = jsonschema::options().should_validate_formats(true).build(&schema).map_err(Error::internal)?;
        let shape = Arc::new(Self { schema, validator });
        let mut shapes = SHAPES.write().unwrap_or_else(PoisonError::into_inner);
        Ok(shapes.entry(id).or_insert(shape).clone())
    }

    /// The schema of a property of the object.
    pub fn property(&self, name: &str) -> Option<&Value> {
        self.schema.get("properties")?.get(name)
    }

    /// Every fault of `value`; `place` says where a pointer into it lies in the request.
    pub fn check(&self, value: &Value, place: fn(&str) -> Place) -> Vec<Fault> {
        let mut faults = Vec::new();
        for broken in self.validator.iter_errors(value).take(MOST_FAULTS) {
            let at = broken.instance_path().to_string();
            self.explain(broken.instance(), &at, broken.kind(), place, &mut faults);
        }
        faults
    }

    fn explain(&self, value: &Value, at: &str, broken: &Broken, place: fn(&str) -> Place, faults: &mut Vec<Fault>) {
        match broken {
            Broken::AdditionalProperties { unexpected } => {
                let known = self.properties(at);
                faults.extend(unexpected.iter().take(MOST_FAULTS).map(|name| Fault {
                    place: place(&format!("{at}/{}", escape(name))),
                    code: "unknown",
                    detail: did_you_mean(name, &known),
                }));
            }
            Broken::Required { property } => faults.push(Fault {
                place: place(&format!("{at}/{}", escape(property.as_str().unwrap_or_default()))),
                code: "required",
                detail: Words::new("This is required.", "Bắt buộc phải có."),
            }),
            // What is no object is told so already.
            Broken::OneOfNotValid { .. } | Broken::OneOfMultipleValid { .. } if !value.is_object() => {}
            Broken::OneOfNotValid { .. } | Broken::OneOfMultipleValid { .. } => {
                let names = self.choices();
                let en = format!("Exactly one of these is needed: {names}.");
                let detail = Words::new(en, format!("Phải có đúng một trong các thuộc tính: {names}."));
                faults.push(Fault { place: place(at), code: "one-of", detail });
            }
            other => {
                let (code, detail) = meaning(other);
                faults.push(Fault { place: place(at), code, detail });
            }
        }
    }

    /// The properties of which an object has exactly one.
    fn choices(&self) -> String {
        let choices = self.schema.get("oneOf").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        choices.iter().filter_map(|choice| choice["required"][0].as_str()).collect::<Vec<_>>().join(", ")
    }

    /// The properties that the schema knows at a pointer into the value.
    fn properties(&self, at: &str) -> Vec<&str> {
        let mut schema = &self.schema;
        for step in at.split('/').skip(1) {
            let within = schema.get("properties").and_then(|p| p.get(step));
            match within.or_else(|| schema.get("items")) {
                Some(inner) => schema = inner,
                None => return Vec::new(),
            }
        }
        let properties = schema.get("properties").and_then(Value::as_object);
        properties.map_or_else(Vec::new, |p| p.keys().map(String::as_str).collect())
    }
}

/// More faults than this help nobody.
const MOST_FAULTS: usize = 100;

/// Names the nearest valid name; never the one that was sent, which may be personal.
pub fn did_you_mean(name: &str, known: &[&str]) -> Words {
    let short: String = name.chars().take(64).collect();
    let nearest = known.iter().max_by(|a, b| {
        let near = |k: &str| strsim::jaro_winkler(&short.to_lowercase(), &k.to_lowercase());
        near(a).total_cmp(&near(b))
    });
    match nearest {
        Some(nearest) => Words::new(
            format!("There is no such name here; the nearest is `{nearest}`."),
            format!("Không có tên này; tên gần nhất là `{nearest}`."),
        ),
        None => Words::new("There is no such name here.", "Không có tên này."),
    }
}

fn escape(name: &str) -> String {
    let short: String = name.chars().take(100).collect();
    short.replace('~', "~0").replace('/', "~1")
}

fn meaning(broken: &Broken) -> (&'static str, Words) {
    match broken {
        Broken::Type { .. } => ("type", Words::new("This has the wrong JSON type.", "Sai kiểu dữ liệu JSON.")),
        Broken::Enum { options } | Broken::Constant { expected_value: options } => {
            let values = listed(options);
            let en = format!("This is none of the values allowed: {values}.");
            ("not-allowed", Words::new(en, format!("Giá trị không thuộc danh sách cho phép: {values}.")))
        }
        Broken::Format { format } => {
            let en = format!("This is not a valid {format}.");
            ("format", Words::new(en, format!("Không đúng định dạng {format}.")))
        }
        Broken::Pattern { .. } => (
            "pattern",
            Words::new("This has characters or a form that are not allowed.", "Có ký tự hoặc dạng không được phép."),
        ),
        Broken::MaxLength { limit } => bounded("too-long", "At most", "characters", "Tối đa", "ký tự", limit),
        Broken::MinLength { limit } => bounded("too-short", "At least", "characters", "Tối thiểu", "ký tự", limit),
        Broken::Maximum { limit } => bounded("too-large", "At most", "is allowed", "Không được lớn hơn", "", limit),
        Broken::Minimum { limit } => bounded("too-small", "At least", "is needed", "Không được nhỏ hơn", "", limit),
        Broken::MaxItems { limit } => bounded("too-many", "At most", "items", "Tối đa", "phần tử", limit),
        Broken::MinItems { limit } => bounded("too-few", "At least", "items", "Tối thiểu", "phần tử", limit),
        Broken::UniqueItems => ("repeated", Words::new("Items must differ.", "Các phần tử phải khác nhau.")),
        _ => ("invalid", Words::new("This does not fit its schema.", "Không đúng cấu trúc quy định.")),
    }
}

fn bounded(
    code: &'static str,
    before_en: &str,
    after_en: &str,
    before_vi: &str,
    after_vi: &str,
    limit: &dyn std::fmt::Display,
) -> (&'static str, Words) {
    let en = format!("{before_en} {limit} {after_en}.");
    let vi = format!("{before_vi} {limit} {after_vi}").trim_end().to_owned() + ".";
    (code, Words::new(en, vi))
}

fn listed(options: &Value) -> String {
    let values = options.as_array().map_or(&[][..], Vec::as_slice);
    let words: Vec<String> = values
        .iter()
        .filter(|v| !v.is_null())
        .map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned))
        .collect();
    words.join(", ")
}
