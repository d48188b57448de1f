//! Websites: the registrable domain.

/// The registrable domain of a website (`https://www.zonnehof.nl/over` → `zonnehof.nl`); empty when there is none.
pub fn canonical(raw: &str) -> String {
    let lower = raw.trim().to_lowercase();
    let rest = lower.split_once("://").map_or(lower.as_str(), |(_, rest)| rest);
    let host = rest.split(['/', '?', '#', ' ', ';', ',']).next().unwrap_or("");
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    let host = host.split(':').next().unwrap_or("").trim_matches('.');
    let host = host.strip_prefix("www.").unwrap_or(host);
    let empty_label = host.split('.').any(str::is_empty);
    if empty_label
        || !host.contains('.')
        || !host.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_'))
    {
        return String::new();
    }
    registrable(host).to_string()
}

/// The registrable part of a domain name by the public suffix list; the name itself where the list has no answer.
pub fn registrable(domain: &str) -> &str {
    psl::domain_str(domain).unwrap_or(domain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn hosts_become_registrable_domains() {
        assert_eq!(canonical("https://www.Zonnehof.nl/over?x=1"), "zonnehof.nl");
        assert_eq!(canonical("shop.harbourquay.co.uk:8080"), "harbourquay.co.uk");
        assert_eq!(canonical("http://harbourquay.example"), "harbourquay.example");
        assert_eq!(canonical("n/a"), "");
        assert_eq!(canonical("geen website"), "");
    }

    proptest! {
        #[test]
        fn idempotent(raw in "[a-zA-Z0-9:/.@ -]{0,30}|.{0,12}") {
            let once = canonical(&raw);
            prop_assert_eq!(canonical(&once), once);
        }
    }
}
