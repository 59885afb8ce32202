//! The ten tables: which figures, broken down how. Titles and labels lie in `titles`.

use super::{BalancePart, ReportTableId};
use crate::statistics::Dimension;
use crate::statistics::balance::Counted;
use crate::statistics::catalogue::IndicatorId;

/// What a column shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    Observed(IndicatorId),
    Balanced(Counted, BalancePart),
}

/// What a row without a key is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whole {
    Total,
    ApartFromFireSafety,
    FireSafetyModels,
    FiresAndExplosions,
}

/// Which values of a breakdown are rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rows {
    /// One: there is no breakdown.
    One(Whole),
    /// Those of which there is or was something.
    Some(&'static [Dimension]),
    /// All that there are.
    All(&'static [Dimension]),
}

impl Rows {
    pub const fn by(self) -> &'static [Dimension] {
        match self {
            Self::One(_) => &[],
            Self::Some(by) | Self::All(by) => by,
        }
    }
}

/// Rows of one kind. `filters` are those of the queries, as in their URLs.
#[derive(Debug)]
pub struct Section {
    pub rows: Rows,
    pub filters: &'static str,
    pub columns: &'static [Column],
}

/// A table: its columns and its sections, one below the other.
#[derive(Debug)]
pub struct Table {
    pub id: ReportTableId,
    pub columns: &'static [Column],
    pub sections: &'static [Section],
}

const fn of(indicator: IndicatorId) -> Column {
    Column::Observed(indicator)
}

const fn types(part: BalancePart) -> Column {
    Column::Balanced(Counted::ModelTypes, part)
}

const fn sites(part: BalancePart) -> Column {
    Column::Balanced(Counted::Models, part)
}

const fn teams(part: BalancePart) -> Column {
    Column::Balanced(Counted::Teams, part)
}

const fn memberships(part: BalancePart) -> Column {
    Column::Balanced(Counted::Memberships, part)
}

const fn section(rows: Rows, filters: &'static str, columns: &'static [Column]) -> Section {
    Section { rows, filters, columns }
}

const TOTAL: Rows = Rows::One(Whole::Total);
const APART: &str = "field=security,order,drugs,traffic,residence,other";
const FIRE: &str = "field=fire_safety";
const FIRES: &str = "category=fire,explosion";
const FIRES_AND_VIOLATIONS: &str = "category=fire,explosion,fire_safety_violation";

const SITES: &[Column] = &[
    sites(BalancePart::Opening),
    sites(BalancePart::Established),
    sites(BalancePart::Resumed),
    sites(BalancePart::Suspended),
    sites(BalancePart::Merged),
    sites(BalancePart::Dissolved),
    sites(BalancePart::Closing),
];
const TYPES_AND_SITES: &[Column] = &[
    types(BalancePart::Opening),
    types(BalancePart::Introduced),
    types(BalancePart::Resumed),
    types(BalancePart::Ended),
    types(BalancePart::Closing),
    sites(BalancePart::Opening),
    sites(BalancePart::Established),
    sites(BalancePart::Resumed),
    sites(BalancePart::Suspended),
    sites(BalancePart::Merged),
    sites(BalancePart::Dissolved),
    sites(BalancePart::Closing),
];
const QUALITY: &[Column] = &[of(IndicatorId::ModelsByRating), of(IndicatorId::ReviewsCompleted)];
const EXEMPLARS: &[Column] = &[of(IndicatorId::ModelsExemplary), of(IndicatorId::ModelsReplicated)];
const TEAMS: &[Column] =
    &[teams(BalancePart::Opening), teams(BalancePart::Started), teams(BalancePart::Ended), teams(BalancePart::Closing)];
const FORCES: &[Column] = &[
    memberships(BalancePart::Opening),
    memberships(BalancePart::Started),
    memberships(BalancePart::Ended),
    memberships(BalancePart::Closing),
    of(IndicatorId::MembersActive),
];
const MEMBERS: &[Column] = &[
    of(IndicatorId::MembersActive),
    of(IndicatorId::MembershipsStarted),
    of(IndicatorId::MembershipsEnded),
    of(IndicatorId::PledgesSigned),
];
const OUTREACH: &[Column] =
    &[of(IndicatorId::ActivitiesHeld), of(IndicatorId::ActivityParticipants), of(IndicatorId::ActivityHouseholds)];
const INCIDENTS: &[Column] = &[
    of(IndicatorId::IncidentsReported),
    of(IndicatorId::IncidentsResolved),
    of(IndicatorId::IncidentsWithContribution),
    of(IndicatorId::Injured),
    of(IndicatorId::Deaths),
    of(IndicatorId::PropertyDamageVnd),
    of(IndicatorId::DaysToResolveMedian),
];
const HARM: &[Column] = &[
    of(IndicatorId::IncidentsReported),
    of(IndicatorId::IncidentsResolved),
    of(IndicatorId::Injured),
    of(IndicatorId::Deaths),
    of(IndicatorId::PropertyDamageVnd),
];
const FIRE_SAFETY: &[Column] = &[
    sites(BalancePart::Opening),
    sites(BalancePart::Established),
    sites(BalancePart::Resumed),
    sites(BalancePart::Suspended),
    sites(BalancePart::Merged),
    sites(BalancePart::Dissolved),
    sites(BalancePart::Closing),
    of(IndicatorId::IncidentsReported),
    of(IndicatorId::IncidentsResolved),
    of(IndicatorId::Injured),
    of(IndicatorId::Deaths),
    of(IndicatorId::PropertyDamageVnd),
];
const COMMENDATIONS: &[Column] = &[of(IndicatorId::CommendationsAwarded), of(IndicatorId::CommendationsInForce)];

/// The tables, in the order of the report.
pub const TABLES: [Table; 10] = [
    Table {
        id: ReportTableId::Models,
        columns: TYPES_AND_SITES,
        sections: &[
            section(TOTAL, "", TYPES_AND_SITES),
            section(Rows::One(Whole::ApartFromFireSafety), APART, TYPES_AND_SITES),
            section(Rows::All(&[Dimension::Field]), "", TYPES_AND_SITES),
            section(Rows::Some(&[Dimension::ModelType]), "", SITES),
        ],
    },
    Table {
        id: ReportTableId::Quality,
        columns: QUALITY,
        sections: &[section(TOTAL, "", QUALITY), section(Rows::All(&[Dimension::Rating]), "", QUALITY)],
    },
    Table {
        id: ReportTableId::Exemplars,
        columns: EXEMPLARS,
        sections: &[section(TOTAL, "", EXEMPLARS), section(Rows::All(&[Dimension::Field]), "", EXEMPLARS)],
    },
    Table {
        id: ReportTableId::Teams,
        columns: TEAMS,
        sections: &[section(TOTAL, "", TEAMS), section(Rows::All(&[Dimension::Field]), "", TEAMS)],
    },
    Table {
        id: ReportTableId::Forces,
        columns: FORCES,
        sections: &[section(TOTAL, "", FORCES), section(Rows::Some(&[Dimension::Category]), "", FORCES)],
    },
    Table {
        id: ReportTableId::Members,
        columns: MEMBERS,
        sections: &[section(TOTAL, "", MEMBERS), section(Rows::All(&[Dimension::Kind]), "", MEMBERS)],
    },
    Table {
        id: ReportTableId::Outreach,
        columns: OUTREACH,
        sections: &[section(TOTAL, "", OUTREACH), section(Rows::All(&[Dimension::Kind]), "", OUTREACH)],
    },
    Table {
        id: ReportTableId::Incidents,
        columns: INCIDENTS,
        sections: &[
            section(TOTAL, "", INCIDENTS),
            section(Rows::All(&[Dimension::Severity]), "", INCIDENTS),
            section(Rows::Some(&[Dimension::Category]), "", INCIDENTS),
        ],
    },
    Table {
        id: ReportTableId::FireSafety,
        columns: FIRE_SAFETY,
        sections: &[
            section(Rows::One(Whole::FireSafetyModels), FIRE, SITES),
            section(Rows::Some(&[Dimension::ModelType]), FIRE, SITES),
            section(Rows::One(Whole::FiresAndExplosions), FIRES, HARM),
            section(Rows::Some(&[Dimension::Category]), FIRES_AND_VIOLATIONS, HARM),
        ],
    },
    Table {
        id: ReportTableId::Commendations,
        columns: COMMENDATIONS,
        sections: &[
            section(TOTAL, "", COMMENDATIONS),
            section(Rows::All(&[Dimension::Level]), "", COMMENDATIONS),
            section(Rows::Some(&[Dimension::Form]), "", COMMENDATIONS),
            section(Rows::All(&[Dimension::Kind]), "", COMMENDATIONS),
        ],
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_section_fills_columns_of_its_table() {
        for table in &TABLES {
            for section in table.sections {
                assert!(section.columns.iter().all(|column| table.columns.contains(column)), "{}", table.id);
                for column in section.columns {
                    let Column::Observed(id) = column else { continue };
                    assert!(section.rows.by().iter().all(|dimension| id.has(*dimension)), "{}: {id}", table.id);
                }
            }
            for column in table.columns {
                assert!(table.sections.iter().any(|section| section.columns.contains(column)), "{}", table.id);
            }
        }
        let ids: Vec<ReportTableId> = TABLES.iter().map(|table| table.id).collect();
        assert_eq!(ids, ReportTableId::ALL);
    }
}
