//! The scene of a count: where units stand in the tree, and what a breakdown holds though nothing is
//! counted in it.

use std::collections::HashMap;

use super::Dimension;
use super::fact::Part;
use super::filters::Filters;
use crate::resources::code_list::ListName;
use crate::resources::model::Setting;
use crate::resources::model_type::{Field, ModelTypeId};
use crate::resources::unit::{UnitId, UnitKind};

/// More levels than this no tree of units has.
const DEEPEST: usize = 32;

/// What was loaded beside the facts.
#[derive(Debug, Default)]
pub struct Scene {
    /// Where units stand in the tree; loaded where a level or a withheld cell needs it.
    pub tree: HashMap<UnitId, (UnitKind, Option<UnitId>)>,
    /// The units, types and codes that get a cell though nothing is counted in it.
    pub units: Vec<UnitId>,
    pub types: Vec<(ModelTypeId, Field)>,
    pub codes: HashMap<ListName, Vec<String>>,
}

impl Scene {
    /// A unit and those above it, itself first.
    pub fn above(&self, unit: UnitId) -> impl Iterator<Item = UnitId> {
        std::iter::successors(Some(unit), |unit| self.tree.get(unit)?.1).take(DEEPEST)
    }

    /// The unit under which a record of `unit` is shown: itself, or the nearest above it of `level`.
    pub fn shown(&self, unit: UnitId, level: Option<UnitKind>) -> Option<UnitId> {
        let Some(level) = level else {
            return Some(unit);
        };
        self.above(unit).find(|unit| self.tree.get(unit).is_some_and(|(kind, _)| *kind == level))
    }

    /// Whether units of a level lie within each other, so that one record lies in several.
    pub fn nests(&self, level: UnitKind) -> bool {
        let of_level = |unit: &UnitId| self.tree.get(unit).is_some_and(|(kind, _)| *kind == level);
        self.tree
            .keys()
            .filter(|unit| of_level(unit))
            .any(|unit| self.above(*unit).skip(1).any(|above| of_level(&above)))
    }

    /// The scene with the types that filters leave.
    pub fn left(&self, filters: &Filters) -> Self {
        let (types, fields) = (&filters.model_type_id, &filters.field);
        let passes = |(id, field): &&(ModelTypeId, Field)| {
            types.as_ref().is_none_or(|types| types.contains(id))
                && fields.as_ref().is_none_or(|fields| fields.contains(field))
        };
        Self {
            tree: self.tree.clone(),
            units: self.units.clone(),
            types: self.types.iter().filter(passes).copied().collect(),
            codes: self.codes.clone(),
        }
    }

    /// Every value that a dimension has, for cells of 0; `words` and `list` are what it means here.
    /// A type lies in one field, so the two agree where a breakdown has both.
    pub fn values(&self, dimension: Dimension, vocabulary: Vocabulary, beside: &[(Dimension, Part)]) -> Vec<Part> {
        let named = |of: Dimension| beside.iter().find(|(d, _)| *d == of).map(|(_, part)| part.clone());
        match dimension {
            Dimension::Unit => self.units.iter().map(|unit| Part::Id(unit.uuid())).collect(),
            Dimension::ModelType => {
                let field = named(Dimension::Field);
                let own = |of: &Field| field.as_ref().is_none_or(|field| *field == Part::Word(of.as_str()));
                self.types.iter().filter(|(_, of)| own(of)).map(|(id, _)| Part::Id(id.uuid())).collect()
            }
            Dimension::Field => {
                let model_type = named(Dimension::ModelType);
                let of_type = |id: &ModelTypeId| model_type == Some(Part::Id(id.uuid()));
                let own = |field: &&Field| {
                    model_type.is_none() || self.types.iter().any(|(id, of)| of_type(id) && of == *field)
                };
                Field::ALL.iter().filter(own).map(|field| Part::Word(field.as_str())).collect()
            }
            Dimension::Setting => Setting::ALL.iter().map(|setting| Part::Word(setting.as_str())).collect(),
            _ => match vocabulary {
                Vocabulary::Words(words) => words.iter().map(|word| Part::Word(word)).collect(),
                Vocabulary::List(list) => {
                    self.codes.get(&list).into_iter().flatten().map(|code| Part::Code(code.clone())).collect()
                }
            },
        }
    }
}

/// The values that a dimension has for one source.
#[derive(Clone, Copy, Debug)]
pub enum Vocabulary {
    Words(&'static [&'static str]),
    List(ListName),
}
