//! Reason codes as a class: what speaks for the records being one, and what against.

/// The class of a cluster's reasons: `NAME+ EMAIL+ BIRTH-` → `+NAME+EMAIL-BIRTH`, what speaks for it first, as people
/// write and sort it. Empty reasons give a dash.
pub fn reason_class(reasons: &str) -> String {
    let (mut favour, mut against) = (Vec::new(), Vec::new());
    for token in reasons.split_whitespace() {
        match token.strip_suffix('-') {
            Some(code) => against.push(format!("-{code}")),
            None => favour.push(format!("+{}", token.strip_suffix('+').unwrap_or(token))),
        }
    }
    favour.append(&mut against);
    if favour.is_empty() { "–".to_string() } else { favour.concat() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_speaks_for_it_comes_first() {
        assert_eq!(reason_class("NAME+ BIRTH- EMAIL+"), "+NAME+EMAIL-BIRTH");
        assert_eq!(reason_class(""), "–");
        assert_eq!(reason_class("DECIDED"), "+DECIDED");
    }
}
