//! Japanese addresses in their own script, which run from large to small without blanks: `〒100-0005 東京都千代田区丸の内1-2-3`.

use super::place::PlaceShown;

/// Prefectures that do not end in 県.
const PREFECTURES: [&str; 4] = ["東京都", "北海道", "京都府", "大阪府"];
/// Letters of the longest name of a prefecture (`神奈川県`).
const LONGEST_PREFECTURE: usize = 4;
/// Digits of a postcode: three and four.
const CODE: usize = 7;

/// Takes such an address apart; nothing when the text is none.
pub(super) fn split(text: &str) -> Option<PlaceShown> {
    let joined: String = text.split(['\n', '\r', ',']).map(str::trim).collect::<Vec<_>>().join(" ");
    let mut place = PlaceShown::default();
    let mut rest = joined.trim_start_matches(['〒', ' ']);
    if let Some((code, behind)) = code(rest) {
        place.postcode = code;
        rest = behind.trim_start();
    }
    rest = rest.strip_prefix("日本").map_or(rest, str::trim_start);
    let (state, behind) = prefecture(rest)?;
    place.state = state.to_string();
    // A city, else a ward of Tokyo, else a town or village.
    let name_end = behind.find(|c: char| c.is_ascii_digit()).unwrap_or(behind.len());
    let end = [['市', '区'], ['町', '村']]
        .iter()
        .find_map(|ends| behind[..name_end].char_indices().find(|(at, c)| *at > 0 && ends.contains(c)))?;
    let (city, behind) = behind.split_at(end.0 + end.1.len_utf8());
    place.city = city.to_string();
    let from = behind.find(|c: char| c.is_ascii_digit()).unwrap_or(behind.len());
    let (street, number) = behind.split_at(from);
    place.street = street.trim().to_string();
    let is_number =
        |c: char| c.is_ascii_digit() || matches!(c, '-' | '丁' | '目' | '番' | '地' | '号' | 'の');
    let to = number.find(|c: char| !is_number(c)).unwrap_or(number.len());
    place.house_number = number[..to].to_string();
    place.extra = number[to..].trim().to_string();
    Some(place)
}

/// The postcode at the beginning, and what stands behind it.
fn code(text: &str) -> Option<(String, &str)> {
    let end = text.find(|c: char| !(c.is_ascii_digit() || c == '-')).unwrap_or(text.len());
    let digits: String = text[..end].chars().filter(char::is_ascii_digit).collect();
    (digits.len() == CODE).then(|| (format!("{}-{}", &digits[..3], &digits[3..]), &text[end..]))
}

fn prefecture(text: &str) -> Option<(&str, &str)> {
    if let Some(name) = PREFECTURES.iter().find(|name| text.starts_with(*name)) {
        return Some(text.split_at(name.len()));
    }
    let (at, c) = text.char_indices().take(LONGEST_PREFECTURE).find(|(_, c)| *c == '県')?;
    Some(text.split_at(at + c.len_utf8()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_run_from_large_to_small() {
        for (raw, parts) in [
            ("〒100-0005 東京都千代田区丸の内1-2-3", "100-0005|東京都|千代田区|丸の内|1-2-3|"),
            (
                "〒5300001 大阪府大阪市北区梅田3丁目1番1号 大阪ステーション",
                "530-0001|大阪府|大阪市|北区梅田|3丁目1番1号|大阪ステーション",
            ),
            ("神奈川県横浜市西区みなとみらい2-2-1", "|神奈川県|横浜市|西区みなとみらい|2-2-1|"),
            ("日本\n北海道札幌市中央区北1条", "|北海道|札幌市|中央区北|1|条"),
        ] {
            let place = split(raw).unwrap_or_default();
            let all =
                [place.postcode, place.state, place.city, place.street, place.house_number, place.extra];
            assert_eq!(all.join("|"), parts, "{raw}");
        }
        assert_eq!(split("1-2-3 Marunouchi, Chiyoda-ku, Tokyo 100-0005"), None);
        assert_eq!(split("県"), None);
    }
}
