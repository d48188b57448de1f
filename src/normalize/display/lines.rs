//! Whole addresses, on one line or several: which part is the street, which the city, which the postcode.

use super::super::text::fold;
use super::super::{address, city, country, table};
use super::place::PlaceShown;
use super::{japan, postal, street};
use std::sync::OnceLock;

/// Takes a whole address apart. `text` holds tidy lines, `iso2` is the row's country or empty.
pub(super) fn split(text: &str, iso2: &str) -> PlaceShown {
    if let Some(place) = japan::split(text).filter(|_| matches!(iso2, "JP" | "")) {
        return place;
    }
    let mut place = PlaceShown::default();
    let mut lines: Vec<String> = text
        .split(['\n', '\r', ',', ';', '|', '\u{2022}'])
        .flat_map(|line| at_dashes(line, iso2))
        .map(|line| line.trim_matches(|c: char| c.is_whitespace() || matches!(c, '.' | '-')).to_string())
        .filter(|line| line.chars().any(char::is_alphanumeric))
        .collect();
    let country = drop_country(&mut lines, iso2);
    lines.iter_mut().for_each(|line| drop_code_label(line, iso2));
    join_numbers(&mut lines, iso2);
    take_boxes(&mut lines, &mut place);
    // `…, Hong Kong`: the country's name is the city's.
    let is_city = |name: &String| matches!(country::code(name), "HK" | "MO" | "SG" | "GI" | "MC");
    let street_at = match country.filter(is_city) {
        Some(name)
            if lines.len() == 1 && postal::find(&lines[0].split(' ').collect::<Vec<_>>(), iso2).is_none() =>
        {
            place.city = name;
            lines.len()
        }
        _ => take_city(&mut lines, iso2, &mut place),
    };
    take_street(lines, street_at, iso2, &mut place);
    place
}

/// The parts of a line with dashes between: `Rua Augusta 2690 - Jardins - São Paulo/SP`. A state stays with its city.
fn at_dashes<'a>(line: &'a str, iso2: &str) -> Vec<&'a str> {
    let mut parts: Vec<&str> = Vec::new();
    let mut start = 0;
    for (at, dash) in line.match_indices(" - ") {
        let (before, after) = (line[start..at].trim(), line[at + dash.len()..].trim());
        let next = after.split(" - ").next().unwrap_or(after);
        let numbered = before.ends_with(|c: char| c.is_ascii_digit());
        let named = after.starts_with(char::is_alphabetic);
        if named && (numbered || iso2 == "BR") && !is_state(next, iso2) {
            parts.push(before);
            start = at + dash.len();
        }
    }
    parts.push(&line[start..]);
    parts
}

/// `CEP 01412-100`, `C.P. 72000`: the word before a postcode goes.
fn drop_code_label(line: &mut String, iso2: &str) {
    // There the letters stand for a post box.
    if matches!(iso2, "CH" | "IT" | "PT" | "FR" | "BE") {
        return;
    }
    let words: Vec<&str> = line.split(' ').collect();
    let label = (0..words.len().saturating_sub(1)).find(|&at| {
        street::beside(&fold(words[at])) == Some("code")
            && postal::find(&words[at + 1..at + 2], iso2).is_some()
    });
    if let Some(at) = label {
        *line = [&words[..at], &words[at + 1..]].concat().join(" ");
    }
}

/// The country a whole address shows: by its name at the end, else by a postcode that only one country has, a state of
/// the United States before a ZIP code, or a well-known city; empty when it shows none.
pub fn country_of(raw: &str) -> &'static str {
    let named = country::of_address(raw);
    if !named.is_empty() {
        return named;
    }
    let lines: Vec<&str> =
        raw.split(['\n', '\r', ',', ';']).map(str::trim).filter(|line| !line.is_empty()).collect();
    for line in lines.iter().rev() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let pairs =
            words.windows(2).map(|pair| pair.join(" ")).chain(words.iter().map(|word| (*word).to_string()));
        let found = pairs.map(|text| country::of_postcode(&text)).find(|iso2| !iso2.is_empty());
        if let Some(found) = found {
            return found;
        }
        let zip = |text: &str| text.len() == 5 && text.bytes().all(|byte| byte.is_ascii_digit());
        let state_before = |at: usize| {
            is_state(words[at - 1], "US") || at >= 2 && is_state(&words[at - 2..at].join(" "), "US")
        };
        if (1..words.len()).any(|at| zip(words[at]) && state_before(at)) {
            return "US";
        }
    }
    if lines.len() < 2 {
        return "";
    }
    // The city behind its postcode, or alone on the last line.
    let (last, _) = city_and_state(lines[lines.len() - 1], "");
    let last: Vec<&str> =
        last.split_whitespace().filter(|word| !word.bytes().any(|b| b.is_ascii_digit())).collect();
    city::country_of(&fold(&last.join(" ")))
}

/// Takes a street cell of several parts apart: there is no city in it.
pub(super) fn split_street(text: &str, iso2: &str) -> PlaceShown {
    let mut place = PlaceShown::default();
    let mut lines: Vec<String> =
        text.split(',').map(|line| line.trim().to_string()).filter(|line| !line.is_empty()).collect();
    join_numbers(&mut lines, iso2);
    take_boxes(&mut lines, &mut place);
    let count = lines.len();
    take_street(lines, count, iso2, &mut place);
    place
}

/// Takes out the country's name at the end, and at the beginning where lines run from large to small; returns the one at the end.
fn drop_country(lines: &mut Vec<String>, iso2: &str) -> Option<String> {
    let mut dropped = None;
    // Two letters are mostly a state or province, unless they are the row's country.
    let is_country = |line: &String| {
        let code = country::code(line);
        !code.is_empty() && (line.chars().count() > 2 || code == iso2)
    };
    while lines.len() > 1 && lines.last().is_some_and(is_country) {
        dropped = lines.pop();
    }
    if lines.len() > 2 && lines.first().is_some_and(is_country) {
        lines.remove(0);
    }
    // `… 3011 AB Rotterdam Nederland` without a comma.
    if let Some(last) = lines.last_mut()
        && let Some((before, name)) = last.rsplit_once(' ')
        && (name.chars().count() > 3 || is_own_code(name, iso2))
        && !country::code(name).is_empty()
        && before.chars().any(|c| c.is_ascii_digit())
        // Streets are named after countries.
        && before.rsplit(' ').next().is_some_and(|word| !is_street_word(word) && (!is_city_state(name) || !word.chars().any(|c| c.is_ascii_digit())))
    {
        *last = before.to_string();
    }
    dropped
}

/// `USA`: three capitals that stand for the row's country, and no word (`MAR` is Morocco and the sea).
fn is_own_code(name: &str, iso2: &str) -> bool {
    name.len() == 3 && name.bytes().all(|byte| byte.is_ascii_uppercase()) && country::code(name) == iso2
}

/// Countries that are cities, too: behind their postcode the name is the city's.
fn is_city_state(name: &str) -> bool {
    matches!(
        country::code(name),
        "LU" | "MC" | "SG" | "SM" | "VA" | "HK" | "MO" | "GI" | "KW" | "PA" | "GT" | "MX" | "DJ"
    )
}

/// A number on a line of its own belongs to its street: `Rua Silveira Martins, 68`, `504, Rue 12`.
fn join_numbers(lines: &mut Vec<String>, iso2: &str) {
    let lone = |line: &str| {
        // `No. 23`, `д. 5`
        let line = line
            .split_once(' ')
            .filter(|(mark, _)| street::is_number_word(mark))
            .map_or(line, |(_, rest)| rest);
        let digits = line.bytes().take_while(u8::is_ascii_digit).count();
        let addition = line[digits..].trim_start();
        let short = !line.contains(' ') && line.chars().count() <= digits + 3;
        (1..=4).contains(&digits)
            && (short
                || matches!(fold(addition).as_str(), "bis" | "ter" | "quater")
                || addition.chars().count() == 1 && addition.chars().all(char::is_alphabetic))
    };
    let mut at = 0;
    while at < lines.len() {
        if !lone(&lines[at]) || lines.len() == 1 {
            at += 1;
            continue;
        }
        let is_code = postal::find(&[lines[at].as_str()], iso2).is_some() && at > 1;
        let before_has_number = at > 0 && lines[at - 1].chars().any(|c| c.is_ascii_digit());
        let before_is_street = at > 0 && is_street(&lines[at - 1]);
        let of_next = (address::number_first(iso2) || !before_is_street)
            && lines.get(at + 1).is_some_and(|next| is_street(next));
        if at > 0 && !(is_code || before_has_number || of_next) {
            let number = lines.remove(at);
            lines[at - 1] = format!("{} {number}", lines[at - 1]);
        } else if at > 0 && of_next && !is_code {
            let number = lines.remove(at);
            lines[at] = format!("{number} {}", lines[at]);
        } else if at == 0 && at + 1 < lines.len() && !lines[1].starts_with(|c: char| c.is_ascii_digit()) {
            let number = lines.remove(0);
            // Where numbers stand behind, a number before its comma is still the street's.
            lines[0] = format!("{number} {}", lines[0]);
        } else {
            at += 1;
        }
    }
}

fn take_boxes(lines: &mut Vec<String>, place: &mut PlaceShown) {
    if let Some(at) = lines.iter().position(|line| po_box(line).is_some()) {
        let line = lines.remove(at);
        place.po_box = po_box(&line).unwrap_or_default();
        return;
    }
    // A box and the city on one line: `Postbus 123 3000 AB Rotterdam`.
    for line in lines.iter_mut() {
        let words: Vec<&str> = line.split(' ').collect();
        let found =
            (2..words.len()).find_map(|end| po_box(&words[..end].join(" ")).map(|number| (number, end)));
        if let Some((number, end)) = found {
            place.po_box = number;
            *line = words[end..].join(" ");
            return;
        }
    }
}

/// The number of a post box (`Postbus 123`, `P.O. Box 12`); none when the line is none.
pub(super) fn po_box(line: &str) -> Option<String> {
    let folded = fold(line);
    let words: Vec<&str> = folded.split(' ').collect();
    // The longest marker has three words (`apartado de correos`).
    (1..=3.min(words.len().saturating_sub(1))).rev().find_map(|length| {
        let number = words[length..].join(" ");
        let digits = number.bytes().filter(u8::is_ascii_digit).count();
        let is_box = address::kind(&words[..length].join(" ")) == Some("box");
        (is_box && digits > 0 && number.bytes().all(|byte| byte.is_ascii_digit() || byte == b' '))
            .then(|| number.replace(' ', ""))
    })
}

/// Takes postcode, city and state out of the lines; returns how many lines stood before the city's.
fn take_city(lines: &mut Vec<String>, iso2: &str, place: &mut PlaceShown) -> usize {
    let found = (0..lines.len()).rev().find_map(|at| {
        let words: Vec<&str> = lines[at].split(' ').collect();
        let found = postal::find(&words, iso2)?;
        // A line that is all street is no city (`1234 Main Street`).
        let all_street = found.1 == 0
            && lines.len() > 1
            && at == 0
            && words[found.2..].iter().any(|word| is_street_word(word));
        (!all_street).then_some((at, found))
    });
    let Some((at, (code, from, to))) = found else {
        // Half a British postcode: the district alone.
        if matches!(iso2, "GB" | "") && lines.len() > 1 && lines.last().is_some_and(|line| is_district(line))
        {
            place.postcode = lines.pop().unwrap_or_default();
        }
        return city_without_code(lines, iso2, place);
    };
    place.postcode = code;
    let line = lines.remove(at);
    let words: Vec<&str> = line.split(' ').collect();
    let (before, after) = (words[..from].join(" "), words[to..].join(" "));
    let first = postal::of_country(iso2).is_none_or(|postal| postal.first);
    if !after.is_empty() {
        // `3011 AB Rotterdam`; what stands before it on the line is the street.
        let (city, state) = city_and_state(&after, iso2);
        place.city = city;
        place.state = state;
        // `Makati City, 1200 Metro Manila`
        if place.city.is_empty() && before.is_empty() && at > 1 && !is_street(&lines[at - 1]) {
            place.city = lines.remove(at - 1);
            return at - 1;
        }
        let before = before.trim_end_matches(['-', ' ', ',']);
        if !before.is_empty() {
            lines.insert(at, before.to_string());
            take_states(lines, at + 1, place);
            return at + 1;
        }
        // Lines behind the city are states and provinces, or the street where lines run from large to small.
        if at == 0 && lines.iter().any(|line| line.chars().any(|c| c.is_ascii_digit())) {
            return lines.len();
        }
        take_states(lines, at, place);
        return at.min(lines.len());
    }
    if !before.is_empty()
        && !first
        && at == 0
        && lines.is_empty()
        && (is_street(&before) || before.chars().any(|c| c.is_ascii_digit()))
    {
        // All on one line, the city in front of the code: `12 High Street London NW1 6XE`.
        let (rest, state) = city_and_state(&before, iso2);
        let (street, city) = street_and_city(if rest.is_empty() { &before } else { &rest });
        (place.city, place.state) = (city, state);
        lines.push(street);
        return 1;
    }
    if !before.is_empty() {
        let (city, state) = city_and_state(&before, iso2);
        place.state = state;
        if city.is_empty() && at > 0 {
            // `Chicago, IL 60693`
            place.city =
                if at > 1 || !is_street(&lines[at - 1]) { lines.remove(at - 1) } else { String::new() };
            return (at - 1).min(lines.len());
        }
        place.city = city;
        // `Fort Garland, Costilla County, CO 81133`
        let is_county = place.city.ends_with(" County") && matches!(iso2, "US" | "AS");
        if is_county
            && at > 0
            && !is_street(&lines[at - 1])
            && !lines[at - 1].chars().any(|c| c.is_ascii_digit())
        {
            add_line(&mut place.extra, &std::mem::replace(&mut place.city, lines.remove(at - 1)));
            return at - 1;
        }
        // `Mumbai - 400050, Maharashtra`
        if place.state.is_empty() && lines.get(at).is_some_and(|line| is_state(line, iso2)) {
            place.state = lines.remove(at);
        }
        return at;
    }
    // The code stands alone: the city is the line before it, in some countries the one behind it.
    let behind = lines.get(at).filter(|line| first && !line.chars().any(|c| c.is_ascii_digit())).is_some();
    let take =
        if behind { Some(at) } else { at.checked_sub(1).filter(|&at| at > 0 || !is_street(&lines[at])) };
    if let Some(take) = take {
        let (city, state) = city_and_state(&lines.remove(take), iso2);
        if city.is_empty() && take > 1 {
            place.state = state;
            place.city = lines.remove(take - 1);
            return take - 1;
        }
        place.city = city;
        place.state = state;
        // A county between the town and the code: `…, Reading, Berkshire, RG1 1AA`.
        if take > 1
            && matches!(iso2, "GB" | "IE")
            && take < lines.len() + 1
            && is_known_city(&lines[take - 1])
            && !is_known_city(&place.city)
        {
            place.state = std::mem::replace(&mut place.city, lines.remove(take - 1));
            return take - 1;
        }
        return take.min(lines.len());
    }
    at.min(lines.len())
}

/// The first half of a British postcode: `E10`, `SW1A`.
fn is_district(line: &str) -> bool {
    let shape: String = line
        .chars()
        .map(|c| {
            if c.is_ascii_digit() {
                '9'
            } else if c.is_ascii_uppercase() {
                'A'
            } else {
                c
            }
        })
        .collect();
    matches!(shape.as_str(), "A9" | "A99" | "AA9" | "AA99" | "A9A" | "AA9A")
}

/// Lines behind the city's.
fn take_states(lines: &mut Vec<String>, from: usize, place: &mut PlaceShown) {
    if lines.len() > from {
        let rest: Vec<String> = lines.drain(from..).collect();
        let state = rest.join(", ");
        if place.state.is_empty() {
            place.state = state;
        } else {
            add(&mut place.extra, &state);
        }
    }
}

fn city_without_code(lines: &mut Vec<String>, iso2: &str, place: &mut PlaceShown) -> usize {
    let has_digits = |line: &String| line.chars().any(|c| c.is_ascii_digit());
    // A single line may be all there is of a street.
    if lines.len() < 2 {
        return lines.len();
    }
    let last = lines.len() - 1;
    if has_digits(&lines[last]) && !matches!(iso2, "IE" | "FR") {
        return lines.len();
    }
    let (city, state) = city_and_state(&lines[last], iso2);
    if city.is_empty() && last > 1 {
        place.state = state;
        lines.pop();
        place.city = lines.pop().unwrap_or_default();
        return lines.len();
    }
    lines.pop();
    // `San Salvador, Departamento de San Salvador`
    let is_region = city.split(' ').any(|word| street::beside(&fold(word)) == Some("region"));
    if is_region && last > 1 && !is_street(&lines[last - 1]) && !has_digits(&lines[last - 1]) {
        place.state = city;
        place.city = lines.pop().unwrap_or_default();
        return lines.len();
    }
    // Province behind the city: the line before is a city that is known.
    if last > 1 && is_known_city(&lines[last - 1]) && !is_known_city(&city) {
        place.state = city;
        place.city = lines.pop().unwrap_or_default();
        return lines.len();
    }
    place.city = city;
    place.state = state;
    lines.len()
}

fn is_known_city(line: &str) -> bool {
    city::is_known(&fold(line))
}

/// `Barletta BT`, `Madrid (Madrid)`, `Palo Alto CA`, `Rio de Janeiro - RJ`, `Paris Cedex 15`: city and state.
pub(super) fn city_and_state(text: &str, iso2: &str) -> (String, String) {
    let text = text.trim_matches(|c: char| matches!(c, ',' | ' ' | '-' | '.'));
    if let Some((city, state)) = text.split_once('(')
        && let Some(state) = state.strip_suffix(')')
        && !city.trim().is_empty()
    {
        return (city.trim().to_string(), state.trim().to_string());
    }
    if let Some((city, state)) =
        text.split_once(" - ").or_else(|| text.rsplit_once('-').filter(|(_, state)| is_state(state, iso2)))
        && is_state(state.trim(), iso2)
    {
        return (city.trim().to_string(), state.trim().to_string());
    }
    if matches!(iso2, "BR" | "TR")
        && let Some((city, state)) = text.rsplit_once('/')
        && !city.trim().is_empty()
        && !state.trim().is_empty()
    {
        return (city.trim().to_string(), state.trim().to_string());
    }
    if is_state(text, iso2) && (text.chars().count() <= LONGEST_CODE || !is_known_city(text)) {
        return (String::new(), text.to_string());
    }
    let words: Vec<&str> = text.split(' ').collect();
    // The longest name of a state has three words (`District of Columbia`).
    for length in (1..=3.min(words.len().saturating_sub(1))).rev() {
        let (city, state) = words.split_at(words.len() - length);
        let state = state.join(" ");
        if is_state(&state, iso2) {
            let city = city.join(" ");
            return (city.trim_matches(|c: char| matches!(c, ',' | ' ')).to_string(), state);
        }
    }
    let cedex = words.iter().position(|word| word.eq_ignore_ascii_case("cedex")).filter(|&at| at > 0);
    (cedex.map_or_else(|| text.to_string(), |at| words[..at].join(" ")), String::new())
}

/// Letters of the longest code of a state (`NSW`).
const LONGEST_CODE: usize = 3;

/// Whether a text is a state or province of the country, as code or name, where addresses hold those.
fn is_state(text: &str, iso2: &str) -> bool {
    static STATES: OnceLock<table::Lookup<table::Words>> = OnceLock::new();
    let states = STATES.get_or_init(|| {
        let mut states: table::Lookup<table::Words> = table::Lookup::default();
        for [iso2, code, name] in table::rows(include_str!("../tables/states.csv")) {
            let own = states.entry(iso2).or_default();
            own.insert(code);
            own.extend(name.split('|'));
        }
        states
    });
    let folded = fold(text);
    let county = folded.starts_with("county ") || folded.starts_with("co ");
    match iso2 {
        "IE" | "GB" if county => true,
        // Codes of provinces are two capitals.
        "IT" => text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase()),
        _ => states.get(iso2).is_some_and(|own| {
            own.contains(folded.as_str()) && (text.len() > 2 || text.chars().all(|c| !c.is_lowercase()))
        }),
    }
}

/// Street and city of one line without commas: the city begins behind the street's type, or is the last word.
fn street_and_city(text: &str) -> (String, String) {
    let words: Vec<&str> = text.split(' ').collect();
    let after_type = (1..words.len()).rev().find(|&at| is_street_word(words[at - 1]) && at >= 2);
    let at = after_type.unwrap_or(words.len() - 1);
    (words[..at].join(" "), words[at..].join(" "))
}

fn take_street(lines: Vec<String>, street_at: usize, iso2: &str, place: &mut PlaceShown) {
    if lines.is_empty() {
        return;
    }
    let parsed: Vec<street::StreetLine> = lines.iter().map(|line| street::split(line, iso2)).collect();
    let numbered = |at: &usize| {
        !parsed[*at].number.is_empty() && !parsed[*at].street.is_empty() && !is_unit(&lines[*at])
    };
    let all = 0..lines.len();
    let by_word = |at: &usize| is_street(&lines[*at]);
    let by_number = |at: &usize| street::is_numbered(&lines[*at].split(' ').collect::<Vec<_>>());
    let chosen = all
        .clone()
        .find(|at| numbered(at) && by_word(at))
        .or_else(|| all.clone().find(by_number))
        .or_else(|| all.clone().rev().find(|at| numbered(at) && *at < street_at))
        .or_else(|| all.clone().find(numbered))
        .or_else(|| all.clone().rev().find(|at| by_word(at) && !is_unit(&lines[*at])))
        .or_else(|| all.clone().take(street_at.max(1)).rev().find(|at| !is_unit(&lines[*at])))
        .or_else(|| all.clone().find(|at| !is_unit(&lines[*at])));
    for (at, line) in lines.iter().enumerate() {
        if Some(at) == chosen {
            let own = &parsed[at];
            place.street.clone_from(&own.street);
            place.house_number.clone_from(&own.number);
            add(&mut place.unit, &own.unit);
        } else if is_unit(line) {
            add(&mut place.unit, line);
        } else if let Some((unit, building)) =
            line.split_once(' ').filter(|(unit, _)| unit.len() > 1 && unit.starts_with('#'))
        {
            // `#12-34 International Plaza`
            add(&mut place.unit, unit);
            add_line(&mut place.extra, building);
        } else {
            add_line(&mut place.extra, line);
        }
    }
}

/// Whether a line reads as a street by one of its words.
pub(super) fn is_street(line: &str) -> bool {
    line.split(' ').any(is_street_word)
}

fn is_street_word(word: &str) -> bool {
    address::is_street_type(&fold(word))
}

/// Whether a line is only a unit (`Flat 2`, `2º B`, `bus 3`, `3rd floor`).
pub(super) fn is_unit(line: &str) -> bool {
    // Units are short; longer lines are names of buildings, districts or firms.
    const MOST_WORDS: usize = 4;
    let words: Vec<&str> = line.split(' ').collect();
    let first_digit = line.starts_with(|c: char| c.is_ascii_digit());
    let side = |word: &&str| street::beside(&fold(word)) == Some("side") || fold(word) == "floor";
    let marked = line.contains(['º', 'ª', '#'])
        || first_digit && words.len() > 1 && words.iter().any(side)
        || words.iter().any(|word| address::kind(&fold(word)).is_some_and(|kind| kind != "box"))
        || words.len() > 1 && street::is_marker(words[0])
        // `Of. 207`
        || words.len() == 2 && words[0].ends_with('.') && street::beside(&fold(words[0])) == Some("behind");
    let short = |word: &str| {
        let folded = fold(word);
        folded.len() <= 2
            || word.chars().any(|c| c.is_ascii_digit())
            || address::kind(&folded).is_some()
            || folded == "the"
            || matches!(street::beside(&folded), Some("side" | "marker"))
    };
    let bare = words.len() == 1
        && line.chars().count() <= 4
        && line.chars().any(|c| c.is_ascii_digit())
        && line.chars().any(char::is_alphabetic);
    words.len() <= MOST_WORDS && ((marked && words.iter().all(|word| short(word))) || bare)
}

pub(super) fn add(to: &mut String, text: &str) {
    if !text.is_empty() {
        if !to.is_empty() {
            to.push(' ');
        }
        to.push_str(text);
    }
}

fn add_line(to: &mut String, text: &str) {
    if !text.is_empty() {
        if !to.is_empty() {
            to.push_str(", ");
        }
        to.push_str(text);
    }
}
