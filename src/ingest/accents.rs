//! How much text looks like words of the languages at hand, by its accented letters: which encoding it was written in.

/// Accented letters that are frequent in a language of Europe, and those that are rare in all of them.
const FREQUENT: &str = "äöüßéèêëçñíóáúàôîïûâãõåæøąćęłńśźżčřšžýěůőűìòùœğış";
const RARE: &str = "ÿþðňťďľĺŕățţșđ";

/// What speaks for and against a reading of a text, per accented letter or other high character.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Looks {
    /// Characters beyond ASCII.
    pub all: usize,
    /// Of these, letters that stand as they do in words.
    pub good: usize,
    /// Of these, characters that no word has there: signs within words, capitals behind small letters, foreign scripts.
    pub bad: usize,
}

impl Looks {
    /// Whether hardly anything speaks against a reading.
    pub fn are_clean(self) -> bool {
        /// Of a hundred characters at most so many are odd.
        const MOST_ODD_PERCENT: usize = 4;
        self.good > 0 && self.bad * 100 <= self.all * MOST_ODD_PERCENT
    }

    /// Whether much speaks against a reading.
    pub fn are_odd(self) -> bool {
        /// Of a hundred characters at least so many.
        const MANY_ODD_PERCENT: usize = 25;
        self.bad * 100 >= self.all * MANY_ODD_PERCENT
    }
}

/// Looks at a text in the way that one encoding reads it.
pub fn look(text: &str) -> Looks {
    let mut looks = Looks::default();
    let mut before = ' ';
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        if !char.is_ascii() {
            let after = chars.peek().copied().unwrap_or(' ');
            looks.all += 1;
            match verdict(before, char, after) {
                Some(true) => looks.good += 1,
                Some(false) => looks.bad += 1,
                None => {}
            }
        }
        before = char;
    }
    looks
}

/// Whether a character stands as in a word (`true`), or as in none (`false`).
fn verdict(before: char, char: char, after: char) -> Option<bool> {
    let lower: String = char.to_lowercase().collect();
    let beside = before.is_alphabetic() || after.is_alphabetic();
    match () {
        () if char.is_control() || char == char::REPLACEMENT_CHARACTER => Some(false),
        // Boxes and blocks of DOS.
        () if ('\u{2500}'..='\u{259F}').contains(&char) => Some(false),
        () if !char.is_alphabetic() => {
            let within = before.is_alphabetic() && after.is_alphabetic();
            // Apostrophes and hyphens join words.
            (within && !matches!(char, '’' | '‘' | '´' | '–' | '\u{AD}' | '·')).then_some(false)
        }
        () if FREQUENT.contains(&lower) => match char.is_uppercase() {
            true => Some(is_capital_there(before, after)),
            false => Some(beside && !(before.is_uppercase() && after.is_uppercase())),
        },
        () if RARE.contains(&lower) => {
            Some(beside && (!char.is_uppercase() || is_capital_there(before, after)))
        }
        // Letters of another script among Latin ones.
        () => (before.is_ascii_alphabetic() || after.is_ascii_alphabetic()).then_some(false),
    }
}

/// Whether a capital may stand there: at the beginning of a word, or among capitals.
fn is_capital_there(before: char, after: char) -> bool {
    !before.is_alphabetic() || before.is_uppercase() && !after.is_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_told_from_garbled_ones() {
        for text in ["Jürgen Müller;Köln", "Bjørn Åse", "ÉLODIE", "Łódź Świętokrzyska", "Αθήνα", "L’Aquila"]
        {
            assert!(!look(text).are_odd(), "{text}");
        }
        for text in
            ["J\u{81}rgen M\u{81}ller", "JŸrgen MŸller;Kšln", "JÅrgen", "Bj”rn;K”ln", "¥l¹sk", "Jгrgen"]
        {
            assert!(look(text).are_odd() && !look(text).are_clean(), "{text}");
        }
    }
}
