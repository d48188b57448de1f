//! Why a pair is not safe, in words for people.
//!
//! [`Evidence::is_safe`] decides; this only tells what it found lacking, and says so in general where no single fact
//! does.

use super::Evidence;

/// What is said when nothing in particular can be named.
const TOO_FEW: &str = "too few independent facts agree";

impl Evidence {
    /// What keeps the pair from being merged unseen; empty for a safe pair.
    pub fn doubts(&self) -> Vec<&'static str> {
        if self.is_safe() {
            return Vec::new();
        }
        let mut doubts = self.clash_words();
        doubts.extend(if self.company { self.firm_doubts() } else { self.person_doubts() });
        if doubts.is_empty() {
            doubts.push(TOO_FEW);
        }
        doubts
    }

    /// Facts of the two that clash.
    pub fn clash_words(&self) -> Vec<&'static str> {
        let said = [
            (self.given_clash && !self.has_number(), "given names are plainly different"),
            (self.birth_clash, "birth dates are plainly different"),
            (self.generation_clash, "junior and senior, or only one of them is marked so"),
            (self.gender_clash, "one is addressed as a man, the other as a woman"),
            (self.identifier_clash, "a number that identifies one entity differs"),
            (self.legal_form_clash, "legal forms differ"),
        ];
        said.into_iter().filter(|(holds, _)| *holds).map(|(_, words)| words).collect()
    }

    fn firm_doubts(&self) -> Vec<&'static str> {
        let facts = self.personal + u32::from(self.address) + u32::from(self.line);
        let said = [
            (!self.names, "names of the firm do not agree"),
            (self.number_clash, "numbers in the names differ, as those of branches do"),
            (self.address_clash && !self.is_one_firm(), "one name at two addresses may be a branch"),
            (
                !self.same_name && !self.identifier_exact,
                "names are merely alike, and no number says that they are one",
            ),
            (
                facts < 2,
                "fewer than two facts agree beside the name: number, mailbox, website, address, telephone",
            ),
        ];
        said.into_iter().filter(|(holds, _)| *holds).map(|(_, words)| words).collect()
    }

    fn person_doubts(&self) -> Vec<&'static str> {
        let one_birth = self.birth_exact && !self.other_mailbox;
        let numbered = self.identifier_exact;
        let shared = u32::from(self.colleagues || self.home());
        let said = [
            (!self.names && !self.given_clash, "given name and family name do not both agree"),
            (!numbered && self.given_loose, "given names are merely alike: a slip, or two names"),
            (
                !numbered && self.given_short && !one_birth && !self.named_mailbox,
                "one given name is short for the other, and no birth date or mailbox of that name says who is meant",
            ),
            (
                !numbered && self.family_part && !one_birth,
                "family names share a part only, and no birth date says that they are one",
            ),
            (
                self.personal == 0,
                "beside the name nothing agrees that is one person's own: birth date, mailbox, number, occupation",
            ),
            (
                self.personal > 0 && self.personal + shared < 2,
                "beside the name a single weak fact agrees; two are asked for, or a birth date, own mailbox or number",
            ),
        ];
        said.into_iter().filter(|(holds, _)| *holds).map(|(_, words)| words).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::pair;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_lacking_is_named() {
        assert!(pair().doubts().is_empty());
        let alone = Evidence { personal: 0, birth_exact: false, ..pair() };
        assert!(
            alone.doubts()[0].contains("nothing agrees that is one person's own"),
            "{:?}",
            alone.doubts()
        );
        let clash = Evidence { birth_clash: true, birth_exact: false, ..pair() };
        assert_eq!(clash.doubts(), ["birth dates are plainly different"]);
        let firm = Evidence { company: true, address: false, address_clash: true, ..pair() };
        assert_eq!(firm.doubts(), ["one name at two addresses may be a branch"]);
    }

    proptest! {
        /// A pair has doubts exactly when it is not safe.
        #[test]
        fn doubts_say_what_is_safe(flags in proptest::collection::vec(any::<bool>(), 24), personal in 0u32..4) {
            let mut at = flags.into_iter();
            let mut flag = || at.next().unwrap_or_default();
            let evidence = Evidence {
                company: flag(),
                names: flag(),
                given_clash: flag(),
                given_loose: flag(),
                given_short: flag(),
                given_alike: flag(),
                family_alike: flag(),
                named_mailbox: flag(),
                other_mailbox: flag(),
                family_part: flag(),
                birth_clash: flag(),
                birth_exact: flag(),
                generation_clash: flag(),
                gender_clash: flag(),
                identifier_clash: flag(),
                identifier_exact: flag(),
                identifier_shared: flag(),
                legal_form_clash: flag(),
                address: flag(),
                line: flag(),
                address_clash: flag(),
                number_clash: flag(),
                same_name: flag(),
                colleagues: flag(),
                personal,
                ..Evidence::default()
            };
            prop_assert_eq!(evidence.doubts().is_empty(), evidence.is_safe());
        }
    }
}
