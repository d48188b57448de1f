//! UTF-8 that was read as Latin-1 or Windows-1252, once or twice: `JosÃ©` → `José`. Only where there is no doubt.

use encoding_rs::WINDOWS_1252;

/// How often in a row a text is repaired at most; it was damaged as often on its way.
const MOST_TIMES: usize = 3;

/// The text as it was before another program mistook its encoding; none when it may be sound.
///
/// Every character that is not ASCII must be part of the damage: one that is not shows that the text was decoded well.
pub fn repaired(text: &str) -> Option<String> {
    let (mut best, mut before) = (None, once(text)?);
    for _ in 1..MOST_TIMES {
        // Damaged twice, a text holds control characters halfway.
        let next = once(&before);
        best = is_plausible(&before).then_some(before).or(best);
        let Some(next) = next else { return best };
        before = next;
    }
    is_plausible(&before).then_some(before).or(best)
}

fn once(text: &str) -> Option<String> {
    if !is_suspect(text) {
        return None;
    }
    let (bytes, _, unmappable) = WINDOWS_1252.encode(text);
    let before = match unmappable {
        false => String::from_utf8(bytes.into_owned()),
        // Latin-1 has control characters where Windows-1252 has letters and dashes.
        true => String::from_utf8(text.chars().map(|c| u8::try_from(c).ok()).collect::<Option<Vec<u8>>>()?),
    };
    before.ok()
}

/// Whether there is a character that stands for the first byte of a sequence, and one that is not ASCII behind it.
fn is_suspect(text: &str) -> bool {
    // U+00C2 to U+00F4 in UTF-8 themselves.
    !text.is_ascii()
        && text
            .as_bytes()
            .windows(3)
            .any(|bytes| bytes[0] == 0xC3 && (0x82..=0xB4).contains(&bytes[1]) && bytes[2] >= 0x80)
}

/// Whether a text is made of what names and addresses are made of. Chance gives control characters, symbols and single
/// letters of scripts that stand alone in no text.
pub fn is_plausible(text: &str) -> bool {
    let (mut latin, mut foreign) = (0, 0);
    for c in text.chars().filter(|c| !c.is_ascii()) {
        match c {
            '\u{80}'..='\u{9F}' | '\u{FFF0}'..='\u{FFFF}' => return false,
            // Letters of Latin, its punctuation, dashes, quotes, the euro and the byte order mark.
            '\u{A0}'..='\u{17F}' | '\u{1E00}'..='\u{1EFF}' | '\u{2010}'..='\u{2044}' => latin += 1,
            '\u{218}'..='\u{21B}' | '€' | '™' | '№' | '\u{FEFF}' => latin += 1,
            c if c.is_alphabetic() || ('\u{300}'..='\u{36F}').contains(&c) => foreign += 1,
            _ => return false,
        }
    }
    latin > 0 && foreign == 0 || foreign > 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The text as a program shows it that takes UTF-8 for Windows-1252.
    fn damaged(text: &str) -> String {
        WINDOWS_1252.decode_without_bom_handling(text.as_bytes()).0.into_owned()
    }

    #[test]
    fn damage_is_undone() {
        for text in [
            "José",
            "Zoë Müller",
            "Łódź",
            "Škoda",
            "Àlex",
            "L’Été – Café",
            "Žižek",
            "Ørsted",
            "Алексей",
            "Νίκος",
            "100 €",
        ] {
            assert_eq!(repaired(&damaged(text)).as_deref(), Some(text));
            assert_eq!(repaired(&damaged(&damaged(text))).as_deref(), Some(text));
        }
        let latin1: String = "Łódź Œuvre".bytes().map(char::from).collect();
        assert_eq!(repaired(&latin1).as_deref(), Some("Łódź Œuvre"));
    }

    #[test]
    fn sound_text_is_left_alone() {
        for text in [
            "José",
            "SÃO PAULO",
            "Ångström",
            "MÜLLER-GROẞ",
            "Æ’s",
            "ÄÖÜ",
            "Çağ",
            "Ñuñez “el Ñandú”",
            "Żółć",
            "北京",
            "Jan",
            "",
        ] {
            assert_eq!(repaired(text), None, "{text}");
        }
        // Damaged in part only.
        assert_eq!(repaired("José JosÃ©"), None);
    }

    proptest! {
        #[test]
        fn text_of_latin_letters_is_never_taken_for_damage(text in "[A-Za-zÀ-ÖØ-öø-ſ .'-]{0,20}") {
            // Letters that stand for a byte that goes on: 1252 has six of them.
            prop_assume!(!text.contains(['š', 'Š', 'œ', 'Œ', 'ž', 'Ž', 'Ÿ']));
            prop_assert_eq!(repaired(&text), None);
        }

        #[test]
        fn what_is_repaired_is_what_was_damaged(text in "[a-zà-öø-ÿŁłŚśŻż ]{1,12}") {
            prop_assume!(!text.is_ascii());
            prop_assert_eq!(repaired(&damaged(&text)), Some(text));
        }
    }
}
