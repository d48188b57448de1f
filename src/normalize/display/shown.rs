use crate::table::Column;

macro_rules! shown {
    ($($variant:ident $name:literal,)*) => {
        /// The normalized columns of a cleaned list, in the order in which they are written.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Shown {
            $(#[doc = concat!("`", $name, "`")] $variant,)*
        }

        impl Shown {
            /// Every column in order.
            pub const ALL: &[Shown] = &[$(Shown::$variant,)*];

            /// The column's heading.
            pub fn name(self) -> &'static str {
                match self {
                    $(Shown::$variant => $name,)*
                }
            }
        }
    };
}

shown! {
    Type "n_type",
    CountryCode "n_country_code",
    Salutation "n_salutation",
    Title "n_title",
    FirstName "n_first_name",
    MiddleName "n_middle_name",
    SurnamePrefix "n_surname_prefix",
    LastName "n_last_name",
    Suffix "n_suffix",
    Nickname "n_nickname",
    FullName "n_full_name",
    Company "n_company",
    LegalForm "n_legal_form",
    Street "n_street",
    HouseNumber "n_house_number",
    Unit "n_unit",
    PoBox "n_po_box",
    Postcode "n_postcode",
    City "n_city",
    State "n_state",
    Phone "n_phone",
    Mobile "n_mobile",
    PhoneType "n_phone_type",
    PhoneValid "n_phone_valid",
    PhoneExtension "n_phone_extension",
    Email "n_email",
    EmailValid "n_email_valid",
    Website "n_website",
    BirthDate "n_birth_date",
    VatNumber "n_vat_number",
    VatValid "n_vat_valid",
    Iban "n_iban",
    IbanValid "n_iban_valid",
    EmailRole "n_email_role",
    MaidenName "n_maiden_name",
    Department "n_department",
    AddressExtra "n_address_extra",
    CountryReason "n_country_reason",
}

/// A value that differs from the cell it was made of, or a cell that something is wrong with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The row in its table.
    pub row: u32,
    /// The column of the table that held the value.
    pub column: u32,
    /// The column that shows it.
    pub to: Shown,
    /// The rule that changed it; `finding_…` where it only reports.
    pub rule: &'static str,
    /// What a person should know; mostly empty.
    pub note: String,
}

/// The display forms of one source.
#[derive(Clone, Debug, Default)]
pub struct CleanTable {
    /// One column for each of [`Shown::ALL`], one value for each row.
    pub columns: Vec<Column>,
    /// Changes and findings in order of row and column.
    pub changes: Vec<Change>,
}

impl CleanTable {
    /// A shown value.
    pub fn get(&self, shown: Shown, row: u32) -> &str {
        self.columns[shown as usize].get(row)
    }
}

/// The display forms of all sources, in the order of their tables.
#[derive(Clone, Debug, Default)]
pub struct Cleaned {
    /// One table for each of the data set.
    pub tables: Vec<CleanTable>,
}
