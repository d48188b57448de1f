//! E-mail addresses.

use super::table;
use super::website::registrable;
use std::sync::OnceLock;

/// The valid addresses in a cell, lower case, tags (`+shop`) removed; fillers such as `test@test.com` are left out.
pub fn addresses(raw: &str) -> Vec<String> {
    let mut found = Vec::new();
    for part in
        raw.split(|c: char| c.is_whitespace() || matches!(c, ';' | ',' | '|' | '<' | '>' | '"' | '(' | ')'))
    {
        if let Some(address) = one(part)
            && !found.contains(&address)
        {
            found.push(address);
        }
    }
    found
}

fn one(part: &str) -> Option<String> {
    if !part.contains('@') {
        return None;
    }
    let bare = part.trim_matches(|c: char| matches!(c, '.' | ':' | '\''));
    let lower = if bare.is_ascii() { bare.to_ascii_lowercase() } else { bare.to_lowercase() };
    let bare = lower.strip_prefix("mailto:").unwrap_or(&lower);
    let bare = bare.split('?').next().unwrap_or(bare);
    let (local, domain) = bare.rsplit_once('@')?;
    let local = local.split_once('+').map_or(local, |(name, _)| name);
    let is_local = |c: char| c.is_alphanumeric() || "!#$%&'*/=?^_`{|}~.-".contains(c);
    let label_ok = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_')
    };
    let valid = !local.is_empty()
        && local.chars().all(is_local)
        && domain.contains('.')
        && domain.split('.').all(label_ok)
        && domain.rsplit('.').next().is_some_and(|tld| tld.chars().count() >= 2);
    (valid && !is_filler(local, domain)).then(|| [local, "@", domain].concat())
}

fn is_filler(local: &str, domain: &str) -> bool {
    // Domains kept free for documentation have real-looking users in demo files; only their stock mailboxes are fillers.
    let stock_domain = matches!(
        domain,
        "example.com" | "example.org" | "example.net" | "test.com" | "test.nl" | "domain.com" | "email.com"
    );
    let stock_local = matches!(
        local,
        "test" | "info" | "user" | "email" | "mail" | "name" | "noemail" | "none" | "na" | "a" | "x" | "xxx"
    );
    stock_domain && stock_local || matches!(local, "noemail" | "geenemail" | "no-email" | "geen" | "onbekend")
}

/// The part before the `@`.
pub fn local_part(address: &str) -> &str {
    address.rsplit_once('@').map_or(address, |(local, _)| local)
}

/// The part after the `@`; empty when there is none.
pub fn domain(address: &str) -> &str {
    address.rsplit_once('@').map_or("", |(_, domain)| domain)
}

/// Whether a local part names a shared mailbox (`info`, `sales`, `verkoop`) instead of a person.
pub fn is_role(local: &str) -> bool {
    static ROLES: OnceLock<table::Words> = OnceLock::new();
    let roles = ROLES.get_or_init(|| words(include_str!("tables/role_mailboxes.csv")));
    let bare = local.trim_end_matches(|c: char| c.is_ascii_digit());
    roles.contains(bare) || bare.split(['.', '-', '_']).next().is_some_and(|first| roles.contains(first))
}

/// Whether a domain belongs to a provider of private mailboxes, so that sharing it says nothing of an employer.
pub fn is_free_provider(domain: &str) -> bool {
    static PROVIDERS: OnceLock<table::Words> = OnceLock::new();
    PROVIDERS.get_or_init(|| words(include_str!("tables/free_mail_domains.csv"))).contains(domain)
}

/// The registrable part of a domain (`mail.zonnehof.co.uk` → `zonnehof.co.uk`), also of a private provider's.
pub fn organisation(domain: &str) -> &str {
    registrable(domain)
}

fn words(text: &'static str) -> table::Words {
    table::rows(text).map(|[word]| word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn addresses_are_found_and_brought_to_one_form() {
        assert_eq!(addresses("A.ElIdrissi@Zonnehof.Example"), ["a.elidrissi@zonnehof.example"]);
        assert_eq!(addresses("Jan <jan+shop@x.nl>"), ["jan@x.nl"]);
        assert_eq!(
            addresses("mailto:jan@x.nl; JAN@X.NL, piet@y.be ::: kees@z.de"),
            ["jan@x.nl", "piet@y.be", "kees@z.de"]
        );
        assert_eq!(addresses("j.leeo6@robeson.c8m"), ["j.leeo6@robeson.c8m"]);
    }

    #[test]
    fn what_is_no_address_is_dropped() {
        for raw in
            ["n/a", "jan@", "@x.nl", "jan@localhost", "test@test.com", "info@example.com", "a b c", "jan@@x"]
        {
            assert!(addresses(raw).is_empty(), "{raw}");
        }
    }

    #[test]
    fn roles_and_providers() {
        assert!(
            is_role("info")
                && is_role("sales")
                && is_role("verkoop")
                && is_role("info.nl")
                && !is_role("jan.smit")
        );
        assert!(is_free_provider("gmail.com") && !is_free_provider("zonnehof.nl"));
        assert_eq!(organisation("mail.zonnehof.co.uk"), "zonnehof.co.uk");
        assert_eq!(organisation("ziggo.nl"), "ziggo.nl");
    }

    proptest! {
        #[test]
        fn idempotent(raw in ".{0,20}@?.{0,20}|[a-z.+]{1,9}@[a-z]{1,8}\\.[a-z]{2,3}") {
            for address in addresses(&raw) {
                prop_assert_eq!(addresses(&address), vec![address]);
            }
        }
    }
}
