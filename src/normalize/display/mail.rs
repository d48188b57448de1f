//! Mail addresses and websites as people want to read them.

use super::super::{email, junk, table};
use super::case::tidy;
use std::sync::OnceLock;

/// One mail address of a cell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mailbox {
    /// Lower case, the tag (`+shop`) kept; what is no address stands as written.
    pub text: String,
    /// Whether it has the form of an address.
    pub valid: bool,
    /// Whether it is a shared mailbox (`info@`).
    pub role: bool,
    /// A well-known domain that is one slip away (`gmial.com` → `gmail.com`); empty when there is none.
    pub meant: &'static str,
}

/// The addresses of a cell, without the names beside them; none for fillers.
pub fn addresses(raw: &str) -> Vec<Mailbox> {
    let text = tidy(raw);
    if text.is_empty() || junk::is_junk(&text) {
        return Vec::new();
    }
    let mut found: Vec<Mailbox> = Vec::new();
    let parts = text.split(|c: char| {
        c.is_whitespace() || matches!(c, ';' | ',' | '|' | '<' | '>' | '"' | '(' | ')' | '[' | ']')
    });
    for part in parts.filter(|part| part.contains('@')) {
        let mailbox = one(part);
        if !mailbox.text.is_empty() && !found.iter().any(|own| own.text == mailbox.text) {
            found.push(mailbox);
        }
    }
    // What stands beside a single text that is no address may be the rest of it, and must not go.
    if let [only] = &found[..]
        && !only.valid
        && text.contains(char::is_whitespace)
    {
        found = vec![closed_up(&text).unwrap_or(Mailbox { text: text.clone(), ..Mailbox::default() })];
    }
    if found.is_empty() {
        found.push(Mailbox { text, ..Mailbox::default() });
    }
    found
}

/// An address with blanks around its `@`: `jan @x.nl`, `jan @ x.nl`.
fn closed_up(text: &str) -> Option<Mailbox> {
    let pieces: Vec<&str> = text.split_whitespace().collect();
    let around = match pieces[..] {
        [local, domain] => local.ends_with('@') || domain.starts_with('@'),
        [_, at, _] => at == "@",
        _ => false,
    };
    Some(one(&pieces.concat())).filter(|mailbox| around && mailbox.valid)
}

fn one(part: &str) -> Mailbox {
    let bare = part.trim_matches(|c: char| matches!(c, '.' | ':' | '\'' | '`' | '\u{2019}'));
    let lower = bare.to_lowercase();
    let text = lower.strip_prefix("mailto:").unwrap_or(&lower);
    let text = text.split('?').next().unwrap_or(text);
    let valid = is_address(text);
    let (local, domain) = text.rsplit_once('@').unwrap_or((text, ""));
    let meant = if valid { typo(domain) } else { "" };
    Mailbox { text: text.to_string(), valid, role: valid && email::is_role(local), meant }
}

/// The longest parts that mail systems take (RFC 5321).
const LONGEST_LOCAL: usize = 64;
const LONGEST_DOMAIN: usize = 255;

/// Whether a text has the form of a mail address: what is deliverable in practice, not all that old standards allow.
fn is_address(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    let label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    let end = domain.rsplit('.').next().unwrap_or("");
    !local.is_empty()
        && local.len() <= LONGEST_LOCAL
        && domain.len() <= LONGEST_DOMAIN
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
        && local.chars().all(|c| c.is_alphanumeric() || "!#$%&'*+/=?^_`{|}~.-".contains(c))
        && domain.contains('.')
        && domain.split('.').all(label)
        && end.chars().count() >= 2
        && (end.starts_with("xn--") || end.chars().all(char::is_alphabetic))
}

/// The well-known domain that a mistyped one means, by the list of slips.
fn typo(domain: &str) -> &'static str {
    static SLIPS: OnceLock<table::Lookup<&'static str>> = OnceLock::new();
    SLIPS
        .get_or_init(|| {
            table::rows(include_str!("../tables/mail_domain_slips.csv"))
                .flat_map(|[meant, slips]| slips.split('|').map(move |slip| (slip, meant)))
                .collect()
        })
        .get(domain)
        .copied()
        .unwrap_or("")
}

/// A website: host in lower case without `http://`, `www.` and port, and the path when there is one; as written
/// when it is none; empty for fillers.
pub fn website(raw: &str) -> String {
    let text = tidy(raw);
    if text.is_empty() || junk::is_junk(&text) {
        return String::new();
    }
    let rest = text.split_once("://").map_or(text.as_str(), |(_, rest)| rest);
    let (host, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let host = host.to_lowercase();
    let host = host.split(':').next().unwrap_or("").trim_matches('.');
    let host = host.strip_prefix("www.").unwrap_or(host);
    if super::super::website::canonical(host).is_empty() {
        return text;
    }
    [host.trim_matches(['.', ' ']), path.trim_end_matches(['/', ' '])].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn addresses_are_found_and_judged() {
        let texts = |raw| addresses(raw).into_iter().map(|mailbox| mailbox.text).collect::<Vec<_>>();
        assert_eq!(texts("Jan <JAN+shop@X.nl>"), ["jan+shop@x.nl"]);
        assert_eq!(texts("mailto:jan@x.nl; piet@y.be ::: kees@z.de"), ["jan@x.nl", "piet@y.be", "kees@z.de"]);
        assert_eq!(addresses("jan@gmial.com")[0].meant, "gmail.com");
        assert!(addresses("Info@x.nl")[0].role && !addresses("jan@x.nl")[0].role);
        for raw in ["jan@", "jan@localhost", "jan..p@x.nl", "jan@x.c8", "jan at x.nl", "a@b@c.nl"] {
            let found = addresses(raw);
            assert!(!found[0].valid && !found[0].text.is_empty(), "{raw}");
        }
        assert!(addresses("n/a").is_empty());
        for raw in ["jan @X.nl", "jan@ x.nl", "jan @ x.nl"] {
            assert_eq!(texts(raw), ["jan@x.nl"], "{raw}");
        }
        // Nothing goes that stands beside what cannot be read.
        for raw in ["Jan Smit jan@firma", "jan p @x.nl", "de heer @x.nl bellen"] {
            assert_eq!(texts(raw), [raw]);
            assert!(!addresses(raw)[0].valid);
        }
    }

    #[test]
    fn websites_lose_what_all_have() {
        for (raw, shown) in [
            ("https://www.Zonnehof.nl/", "zonnehof.nl"),
            ("http://shop.Zonnehof.NL:8080/Over?x=1", "shop.zonnehof.nl/Over?x=1"),
            ("zonnehof.nl", "zonnehof.nl"),
            ("geen website", "geen website"),
            ("A.nl. :", "a.nl"),
            ("n/a", ""),
        ] {
            assert_eq!(website(raw), shown, "{raw}");
        }
    }

    proptest! {
        #[test]
        fn shown_values_stay(raw in ".{0,20}@?.{0,20}|[a-z.+]{1,9}@[a-z]{1,8}\\.[a-z]{2,3}", site in "[a-zA-Z0-9:/.@ -]{0,24}") {
            for mailbox in addresses(&raw).into_iter().filter(|mailbox| mailbox.valid) {
                prop_assert_eq!(addresses(&mailbox.text), vec![mailbox]);
            }
            let once = website(&site);
            prop_assert_eq!(website(&once), once.clone());
        }
    }
}
