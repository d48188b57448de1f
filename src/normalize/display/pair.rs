//! Two people in one record: both are kept as they stand, for no order of their words is the name of one person.

use super::super::couple::{Couple, is_only_given};
use super::super::text::fold;
use super::person::{NameParts, PersonShown, parse};

/// The names of two people; none where the name is that of one.
pub(super) fn of(parts: &NameParts<'_>) -> Option<PersonShown> {
    let columns = [parts.given, parts.middle, parts.prefix, parts.family, parts.nickname, parts.maiden];
    if columns.iter().all(|column| column.trim().is_empty()) {
        let couple = Couple::of(parts.full)?;
        let whole = |full| parse(&NameParts { full, ..*parts });
        // `Jan & Marie Peeters`: given names before the joint have their family name behind it.
        let given = |given| parse(&NameParts { full: "", given, ..*parts });
        let one = if is_only_given(couple.one) { given(couple.one) } else { whole(couple.one) };
        let other = if is_only_given(couple.other) { given(couple.other) } else { whole(couple.other) };
        return Some(joined(one, couple.joint, other));
    }
    if !parts.middle.trim().is_empty() {
        return None;
    }
    let given = Couple::of(parts.given)?;
    let families = Couple::split(parts.family).filter(|families| families.joint == given.joint);
    let family = |one: bool| match families {
        Some(families) if one => families.one,
        Some(families) => families.other,
        None => parts.family,
    };
    // The sides are no couples themselves: there is but one joint in the cell.
    let of = |given, family| parse(&NameParts { given, family, full: "", ..*parts });
    let (one, other) = (of(given.one, family(true)), of(given.other, family(false)));
    Some(joined(one, given.joint, other))
}

fn joined(one: PersonShown, joint: &str, other: PersonShown) -> PersonShown {
    let joint = joint.to_lowercase();
    let both = |one: &str, other: &str| match (one, other) {
        ("", name) | (name, "") => name.to_string(),
        (one, other) if one == other => one.to_string(),
        (one, other) => format!("{one} {joint} {other}"),
    };
    let words =
        |parts: [&str; 2]| parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    let given = |name: &PersonShown| words([&name.first, &name.middle]);
    let family = |name: &PersonShown| words([&name.prefix, &name.last]);
    let is_one_family = one.last.is_empty() || fold(&family(&one)) == fold(&family(&other));
    let (prefix, last) = match is_one_family {
        true => (other.prefix.clone(), other.last.clone()),
        false => (String::new(), both(&family(&one), &family(&other))),
    };
    PersonShown {
        salutation: both(&one.salutation, &other.salutation),
        title: both(&one.title, &other.title),
        first: both(&given(&one), &given(&other)),
        middle: String::new(),
        whole: if is_one_family { String::new() } else { both(&one.full(), &other.full()) },
        prefix,
        last,
        family_first: false,
        ..other
    }
}
