//! When a record was changed last, as a number that can be compared.

/// Seconds of a day.
const DAY: u64 = 86_400;
/// Seconds of a month on the calendar of [`instant`].
pub(super) const MONTH: u64 = 31 * DAY;

/// Seconds since the year 0 on a calendar of 31-day months, from a date with or without a time in any of the usual
/// orders; 0 when the text is none.
///
/// Day before month, unless one of the two says otherwise (`03/25/2024`); nothing but the order of records with the
/// same value hangs on it.
pub(super) fn instant(raw: &str) -> u64 {
    let mut groups = [(0u64, 0usize); 6];
    let mut found = 0;
    for digits in raw.split(|c: char| !c.is_ascii_digit()).filter(|digits| !digits.is_empty()) {
        if found == groups.len() {
            break;
        }
        groups[found] = (digits.parse().unwrap_or(0), digits.len());
        found += 1;
    }
    let [(a, a_len), (b, b_len), (c, c_len), ..] = groups;
    let (year, month, day, time) = match (found, a_len, b_len, c_len) {
        // 20240131 or 20240131T101500
        (1 | 2, 8, _, _) => {
            let clock = if b_len == 6 { b / 10_000 * 3600 + b / 100 % 100 * 60 + b % 100 } else { 0 };
            return seconds(a / 10_000, a / 100 % 100, a % 100) + clock;
        }
        // 20240131101500
        (1, 14, _, _) => {
            let (day, clock) = (a / 1_000_000, a % 1_000_000);
            return seconds(day / 10_000, day / 100 % 100, day % 100)
                + clock / 10_000 * 3600
                + clock / 100 % 100 * 60
                + clock % 100;
        }
        (3.., 4, _, _) => (a, b, c, &groups[3..]),
        (3.., _, _, 4) if b > 12 => (c, a, b, &groups[3..]),
        (3.., _, _, 4) => (c, b, a, &groups[3..]),
        _ => return 0,
    };
    let mut clock = time[0].0.min(24) * 3600 + time[1].0.min(60) * 60 + time[2].0.min(60);
    let afternoon = raw.bytes().rev().take(4).any(|byte| byte.eq_ignore_ascii_case(&b'p'));
    if afternoon && time[0].0 < 12 {
        clock += 12 * 3600;
    }
    seconds(year, month, day) + clock
}

fn seconds(year: u64, month: u64, day: u64) -> u64 {
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return 0;
    }
    (year * 12 + month) * MONTH + day * DAY
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_is_larger() {
        let ordered = [
            "",
            "2011-01-10T13:17:53",
            "2011-01-10 13:17:54",
            "11-01-2011",
            "13.01.2011 9:05",
            "01/14/2011 8:00 AM",
            "01/14/2011 7:00 PM",
            "20110115",
            "20110115T000001",
            "20110115000002",
        ];
        for pair in ordered.windows(2) {
            assert!(instant(pair[0]) < instant(pair[1]), "{} < {}", pair[0], pair[1]);
        }
    }

    #[test]
    fn what_is_no_date_is_never() {
        for text in ["n/a", "12", "2024-13-45", "99999999999999999999999", "1-2"] {
            assert_eq!(instant(text), 0, "{text}");
        }
    }
}
