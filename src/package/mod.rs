//! Behind stage 12: what was merged → files for the system that the records came from.
//!
//! Input: [`Applied`], and [`Conflicts`] where related tables were read. Output: one [`Package`] for each system that was
//! asked for, which [`write()`] puts into the apply folder.
//!
//! Invariants
//! * A value goes in as the plan has it or is left out and listed in `follow_up.csv`; nothing is ever cut off.
//! * A package speaks only of records of its own system, and merges only records of one source; what it leaves out is counted.
//! * Nothing here deletes anything in Business Central.
//! * What is known of a system (fields, lengths, layouts) is in `tables/`, what a person does with the files in `notes/`.

use crate::table::data_file as table;
mod rule;
mod follow_up;
mod local;
mod layout;
mod conflicts;
mod file;
mod business_central;
mod salesforce;
mod dataverse;
mod hubspot;
mod address_book;
mod vcard;
mod generic;

pub use conflicts::Conflicts;
pub use file::{Content, Grid, PACKAGES, Package, write};

use crate::apply::Applied;
use crate::map::RecordKey;
use file::LeftOut;

/// A system, or a kind of program, that packages are made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum System {
    /// Microsoft Dynamics 365 Business Central.
    BusinessCentral,
    /// Salesforce: contacts, accounts, leads.
    Salesforce,
    /// Dataverse, on which Dynamics 365 Sales stands.
    Dataverse,
    /// HubSpot: contacts and companies.
    Hubspot,
    /// Google Contacts.
    GoogleContacts,
    /// Outlook.
    Outlook,
    /// Whatever reads vCards.
    Vcard,
    /// Whatever reads tables.
    Generic,
}

/// A system was asked for that no source is of.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "no source is an export of {system} that can be used, so there is nothing to make a package of: {}; if one is such an \
     export, say so with `profile` of the source and run again (README.md of configs/profiles)", left_out.join("; ")
)]
pub struct NoSource {
    /// The system's name.
    pub system: &'static str,
    /// What each source is, in words.
    pub left_out: Vec<String>,
}

impl System {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::BusinessCentral,
        Self::Salesforce,
        Self::Dataverse,
        Self::Hubspot,
        Self::GoogleContacts,
        Self::Outlook,
        Self::Vcard,
        Self::Generic,
    ];

    /// The name on the command line and of the folder.
    pub fn name(self) -> &'static str {
        match self {
            Self::BusinessCentral => "business-central",
            Self::Salesforce => "salesforce",
            Self::Dataverse => "dataverse",
            Self::Hubspot => "hubspot",
            Self::GoogleContacts => "google-contacts",
            Self::Outlook => "outlook",
            Self::Vcard => "vcard",
            Self::Generic => "generic",
        }
    }

    /// The system of a name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|system| system.name() == name)
    }

    /// Whether records of every source go in.
    fn takes_all(self) -> bool {
        matches!(self, Self::Vcard | Self::Generic)
    }

    /// Whether its interface knows records by their id.
    fn needs_ids(self) -> bool {
        !matches!(self, Self::GoogleContacts | Self::Outlook) && !self.takes_all()
    }

    fn notes(self) -> &'static str {
        match self {
            Self::BusinessCentral => include_str!("notes/business-central.txt"),
            Self::Salesforce => include_str!("notes/salesforce.txt"),
            Self::Dataverse => include_str!("notes/dataverse.txt"),
            Self::Hubspot => include_str!("notes/hubspot.txt"),
            Self::GoogleContacts => include_str!("notes/google-contacts.txt"),
            Self::Outlook => include_str!("notes/outlook.txt"),
            Self::Vcard => include_str!("notes/vcard.txt"),
            Self::Generic => include_str!("notes/generic.txt"),
        }
    }
}

/// A source of the system that a package is for.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Source {
    /// Its table.
    table: usize,
    /// The name of its profile.
    profile: String,
    /// What its records are called in the system.
    object: &'static str,
}

/// The files of one source, and how much is in them.
#[derive(Debug, Default)]
struct Made {
    files: Vec<(&'static str, Content)>,
    /// How many, of what.
    counts: Vec<(usize, &'static str)>,
}

/// Makes a package for each of the systems, in order.
///
/// Errors: no source is of a system.
pub fn make(
    systems: &[System],
    applied: &Applied<'_>,
    expected: &Conflicts,
) -> Result<Vec<Package>, NoSource> {
    systems.iter().map(|&system| one(system, applied, expected)).collect()
}

fn one(system: System, applied: &Applied<'_>, expected: &Conflicts) -> Result<Package, NoSource> {
    if system.takes_all() {
        let made = if system == System::Vcard { vcard::made(applied) } else { generic::made(applied) };
        return Ok(Package::of(system, vec![(String::new(), made)], Vec::new()));
    }
    let (sources, left_out) = sources(system, applied);
    if sources.is_empty() {
        let left_out = left_out.iter().map(LeftOut::told).collect();
        return Err(NoSource { system: system.name(), left_out });
    }
    let made = sources.iter().map(|source| {
        let made = match system {
            System::BusinessCentral => business_central::made(applied, source, expected),
            System::Salesforce => salesforce::made(applied, source),
            System::Dataverse => dataverse::made(applied, source),
            System::Hubspot => hubspot::made(applied, source),
            _ => address_book::made(applied, source),
        };
        (applied.data.tables[source.table].source.clone(), made)
    });
    Ok(Package::of(system, made.collect(), left_out))
}

/// The sources that are exports of a system, and the others with the reason.
fn sources(system: System, applied: &Applied<'_>) -> (Vec<Source>, Vec<LeftOut>) {
    let data = applied.data;
    let (mut sources, mut left_out) = (Vec::new(), Vec::new());
    for (table, of) in data.tables.iter().enumerate() {
        let mut leave = |why: String| {
            left_out.push(LeftOut { source: of.source.clone(), records: of.rows, why });
        };
        let profile = data.profile_name(table).unwrap_or_default();
        let known = table::rows::<3>(include_str!("tables/systems.csv"), ',')
            .find(|[package, name, _]| *package == system.name() && *name == profile);
        let Some([.., object]) = known else {
            leave(match profile {
                "" => "is an export of no system that is known".to_string(),
                other => format!("is an export of another system, by profile `{other}`"),
            });
            continue;
        };
        let column = match data.keys[table] {
            RecordKey::Column(column) => Some(column),
            RecordKey::Content(_) if system.needs_ids() => {
                leave("has no column of the system's ids that is filled and unique".to_string());
                continue;
            }
            RecordKey::Content(_) => None,
        };
        let heading = column.map_or("", |column| of.columns[column].name.as_str());
        let by_heading = || {
            table::rows::<3>(include_str!("tables/objects.csv"), ',')
                .find(|[package, name, _]| *package == system.name() && name.eq_ignore_ascii_case(heading))
                .map(|[.., object]| object)
        };
        match if object == "*" { by_heading() } else { Some(object) } {
            Some(object) => sources.push(Source { table, profile: profile.to_string(), object }),
            None => leave(format!("has an id column `{heading}` that does not say what the records are")),
        }
    }
    (sources, left_out)
}

#[cfg(test)]
mod tests;
