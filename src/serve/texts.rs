//! Every text of the page, in every language it speaks.

use serde_json::Value;

/// A language of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    English,
    Dutch,
}

/// All of them.
pub const LANGUAGES: [Language; 2] = [Language::English, Language::Dutch];

impl Language {
    /// Its code.
    pub fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Dutch => "nl",
        }
    }

    /// The language of a code, `nl` or `nl-BE`.
    pub fn of_code(code: &str) -> Option<Self> {
        let code = code.trim().to_ascii_lowercase();
        let code = code.split('-').next().unwrap_or_default();
        LANGUAGES.into_iter().find(|language| language.code() == code)
    }

    /// The first language that a browser accepts and the page speaks; English when there is none.
    pub fn accepted(header: &str) -> Self {
        let mut wanted: Vec<(f64, Self)> = header
            .split(',')
            .filter_map(|part| {
                let mut parts = part.split(';');
                let language = Self::of_code(parts.next()?)?;
                let quality = parts.find_map(|part| part.trim().strip_prefix("q="));
                Some((quality.map_or(1.0, |quality| quality.parse().unwrap_or(0.0)), language))
            })
            .filter(|(quality, _)| *quality > 0.0)
            .collect();
        // Of equal quality the one that is named first.
        wanted.sort_by(|a, b| b.0.total_cmp(&a.0));
        wanted.first().map_or(Self::English, |(_, language)| *language)
    }

    fn source(self) -> &'static str {
        match self {
            Self::English => include_str!("texts/en.toml"),
            Self::Dutch => include_str!("texts/nl.toml"),
        }
    }

    /// Its texts, section by section.
    pub fn texts(self) -> Value {
        // The files are compiled in, and a test reads them.
        toml::from_str(self.source()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    /// Section and key → text.
    fn flat(language: Language) -> BTreeMap<(String, String), String> {
        let sections: BTreeMap<String, BTreeMap<String, String>> = toml::from_str(language.source()).unwrap();
        let keys = |(section, texts): (String, BTreeMap<String, String>)| {
            texts.into_iter().map(move |(key, text)| ((section.clone(), key), text))
        };
        sections.into_iter().flat_map(keys).collect()
    }

    fn places(text: &str) -> Vec<&str> {
        let mut places: Vec<&str> =
            text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect();
        places.sort_unstable();
        places
    }

    #[test]
    fn both_languages_have_the_same_texts_with_the_same_places() {
        let (english, dutch) = (flat(Language::English), flat(Language::Dutch));
        assert_eq!(english.keys().collect::<Vec<_>>(), dutch.keys().collect::<Vec<_>>());
        for (key, text) in &english {
            assert_eq!(places(text), places(&dutch[key]), "{key:?}");
            assert!(!text.trim().is_empty() && !dutch[key].trim().is_empty(), "{key:?}");
        }
    }

    #[test]
    fn names_of_files_have_words() {
        let english = flat(Language::English);
        let has = |section: &str, key: &str| {
            assert!(english.contains_key(&(section.into(), key.into())), "{section}.{key}");
        };
        crate::cluster::HoldReason::ALL.iter().for_each(|reason| has("hold", reason.name()));
        crate::survive::Reason::ALL.iter().for_each(|reason| has("rule", reason.name()));
    }

    #[test]
    fn the_page_speaks_what_the_browser_accepts() {
        for (header, language) in [
            ("", Language::English),
            ("nl-BE,nl;q=0.9,en;q=0.8", Language::Dutch),
            ("en;q=0.5, nl;q=0.7", Language::Dutch),
            ("de,fr;q=0.9", Language::English),
            ("nl;q=0, en", Language::English),
            ("de, nl;q=0.2", Language::Dutch),
        ] {
            assert_eq!(Language::accepted(header), language, "{header}");
        }
    }
}
