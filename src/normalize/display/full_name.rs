//! Full names without commas: where the given names end and the family name begins.

use super::super::name::has_two_family_names;
use super::super::nickname;
use super::case::{self, Writing};
use super::words::{Token, is_particle_at, joint};

/// How many leading words are particles; at least one word stays.
pub(super) fn leading_particles(tokens: &[Token]) -> usize {
    let most = tokens.len().saturating_sub(1);
    (0..most).take_while(|&at| is_particle_at(tokens, at)).count()
}

/// `Mc Donald` and `O' Brien` are one word.
pub(super) fn join_patronymic(core: Vec<Token>) -> Vec<Token> {
    let mut out: Vec<Token> = Vec::with_capacity(core.len());
    for token in core {
        match out.last_mut() {
            Some(last)
                if matches!(last.folded.as_str(), "mc")
                    || (last.folded == "o" && last.raw.ends_with(case::is_apostrophe)) =>
            {
                last.raw.push_str(&token.raw);
                last.folded.push_str(&token.folded);
            }
            _ => out.push(token),
        }
    }
    out
}

/// A full name without commas → given names and family name with its particles.
pub(super) fn split_full(mut tokens: Vec<Token>, iso2: &str) -> (Vec<Token>, Vec<Token>) {
    let count = tokens.len();
    if count < 2 {
        return (Vec::new(), tokens);
    }
    let last = count - 1;
    if let Some(start) = shouted_family(&tokens) {
        let (from, to) = start;
        let family: Vec<Token> = tokens.drain(from..to).collect();
        return (tokens, family);
    }
    if family_first(&tokens, iso2) {
        let given = tokens.split_off(1);
        return (given, tokens);
    }
    // `van den Berg Jan`: small particles begin no given name, and neither do two of them (`DE LA CRUZ JUAN`).
    let lead = leading_particles(&tokens);
    let lower = tokens[0].raw.chars().next().is_some_and(|c| c.is_lowercase() || case::is_apostrophe(c));
    let some_capital = tokens.iter().any(|token| token.raw.chars().any(char::is_uppercase));
    if lead >= 2 || (lead > 0 && lower && some_capital) {
        if count >= lead + 2 {
            let given = tokens.split_off(lead + 1);
            return (given, tokens);
        }
        return (Vec::new(), tokens);
    }
    // `Van Damme Jean Claude`: what follows the family name is nothing but given names.
    let behind = tokens.get(lead + 1..).unwrap_or_default();
    let is_given = |token: &Token| nickname::is_known(&token.folded);
    if lead == 1 && behind.len() >= 2 && !is_given(&tokens[lead]) && behind.iter().all(is_given) {
        let given = tokens.split_off(lead + 1);
        return (given, tokens);
    }
    let mut start = (1..last).find(|&at| is_particle_at(&tokens, at)).unwrap_or(last);
    let two_names = has_two_family_names(iso2);
    // `María del Carmen García López`: the first particles belong to the given names.
    if two_names && start < last {
        let run = (start..last).take_while(|&at| is_particle_at(&tokens, at)).count();
        if count - start - run >= 3 && joint(&tokens[start].folded) != Some("connector") {
            start = last - 1;
        }
    }
    if let Some(at) = (2..last).find(|&at| joint(&tokens[at].folded) == Some("connector")) {
        // `José Ortega y Gasset`, `Juan Carlos de Borbón y Borbón`
        start = start.min(at - 1);
        while start > 1 && is_particle_at(&tokens, start - 1) {
            start -= 1;
        }
    }
    if let Some(at) = (1..last).find(|&at| tokens[at].ends_in_particle()) {
        start = start.min(at);
    }
    if start == last && count >= 3 {
        let before = tokens[last - 1].folded.as_str();
        // Of three words the middle one may be a second given name or an initial.
        let given_too = count == 3 && (nickname::is_known(before) || tokens[1].is_initial());
        if matches!(before, "mc" | "saint")
            || before == "st" && !tokens[last - 1].is_initial()
            || two_names && !given_too
        {
            start = last - 1;
        }
    }
    let family = tokens.split_off(start);
    (tokens, family)
}

/// The range of a family name in capitals beside given names in mixed case: `DUPONT Jean`, `Jean DE LA TOUR`.
pub(super) fn shouted_family(tokens: &[Token]) -> Option<(usize, usize)> {
    let shouted = |token: &Token| case::writing(&token.raw) == Writing::Capitals && !token.is_initial();
    let mixed =
        tokens.iter().filter(|token| case::writing(&token.raw) != Writing::Capitals && !token.is_initial());
    if mixed.count() == 0 {
        return None;
    }
    let from = tokens.iter().position(shouted)?;
    let to = from + tokens[from..].iter().take_while(|token| shouted(token)).count();
    let letters: usize = tokens[from..to].iter().map(|token| token.folded.len()).sum();
    // At the front two or three capitals are initials (`JP Morgan`); the run must reach one end.
    let fits = if from == 0 { letters > 3 } else { to == tokens.len() };
    let no_more = !tokens[to..].iter().any(shouted);
    // Particles before capitals belong to them: `Jan de VRIES`.
    let mut from = from;
    while fits && from > 1 && is_particle_at(tokens, from - 1) {
        from -= 1;
    }
    (fits && no_more).then_some((from, to))
}

/// Whether the family name stands first: Hungarian names, East Asian scripts, a Slavic father's name at the end.
pub(super) fn family_first(tokens: &[Token], iso2: &str) -> bool {
    let east_asian = |text: &str| {
        text.chars()
            .any(|c| matches!(c, '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}'))
    };
    let patronymic = |token: &Token| {
        ["ovich", "evich", "ovna", "evna", "ovic", "ichna"]
            .iter()
            .any(|end| token.folded.len() > end.len() + 2 && token.folded.ends_with(end))
    };
    match tokens {
        [first, ..] if east_asian(&first.raw) => true,
        [_, _, third] if patronymic(third) => true,
        // `O'Brien Sean`, `McDonald Ronald`: these begin no given name.
        [first, second] if is_irish(first) => !is_irish(second),
        // `Kowalska Anna`: an adjective is a family name.
        [first, second] if iso2 == "PL" && is_polish_adjective(first) => !is_polish_adjective(second),
        [first, ..] => iso2 == "HU" && !nickname::is_known(&first.folded),
        [] => false,
    }
}

fn is_polish_adjective(token: &Token) -> bool {
    ["ski", "ska", "cki", "cka", "dzki", "dzka"]
        .iter()
        .any(|end| token.folded.len() > 5 && token.folded.ends_with(end))
}

fn is_irish(token: &Token) -> bool {
    let small = token.raw.to_lowercase();
    let after = small
        .strip_prefix('o')
        .and_then(|rest| rest.strip_prefix(case::is_apostrophe))
        .or_else(|| small.strip_prefix("mc"));
    after.is_some_and(|rest| rest.chars().count() >= 3)
}
