use std::fmt;
use std::str::FromStr;

/// What a field's values are; decides how they are normalized, compared and merged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// The record's own key in its source.
    RecordId,
    /// Any part of a person's name.
    PersonName,
    /// An organisation's name.
    Company,
    Email,
    Phone,
    /// Street, house number, unit, or a whole address.
    Address,
    Postcode,
    City,
    Region,
    Country,
    /// A day (birth date, foundation date).
    Date,
    /// A number that belongs to one entity only (VAT, national id, customer number).
    Identifier,
    Website,
    /// One of a few values (gender, status).
    Category,
    /// Free text of unknown meaning that still says something about the entity.
    Text,
    /// When the row was made or changed; used for recency, never compared.
    Timestamp,
    /// Carried along, never compared (notes, owner, labels).
    Carried,
}

macro_rules! fields {
    ($($variant:ident $name:literal $kind:ident,)*) => {
        /// A canonical contact field, by the neutral names used in settings, JSON and output columns.
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Field {
            $(#[doc = concat!("`", $name, "`")] $variant,)*
            /// A column no field fits: its name made from the heading, and the kind sniffed from its values.
            Other(String, Kind),
        }

        impl Field {
            /// Every named field, in the order in which they appear in output files.
            pub const ALL: &[Field] = &[$(Field::$variant,)*];

            /// The neutral name.
            pub fn name(&self) -> &str {
                match self {
                    $(Field::$variant => $name,)*
                    Field::Other(name, _) => name,
                }
            }

            /// What the field's values are.
            pub fn kind(&self) -> Kind {
                match self {
                    $(Field::$variant => Kind::$kind,)*
                    Field::Other(_, kind) => *kind,
                }
            }
        }
    };
}

fields! {
    Id "id" RecordId,
    Type "type" Category,
    Salutation "salutation" PersonName,
    Title "title" PersonName,
    FullName "full_name" PersonName,
    FirstName "first_name" PersonName,
    Initials "initials" PersonName,
    MiddleName "middle_name" PersonName,
    SurnamePrefix "surname_prefix" PersonName,
    LastName "last_name" PersonName,
    Suffix "suffix" PersonName,
    Nickname "nickname" PersonName,
    MaidenName "maiden_name" PersonName,
    Gender "gender" Category,
    Company "company" Company,
    LegalForm "legal_form" Company,
    CompanyId "company_id" Carried,
    Department "department" Carried,
    JobTitle "job_title" Text,
    Email "email" Email,
    EmailLabel "email_label" Carried,
    EmailType "email_type" Carried,
    EmailDisplay "email_display" Carried,
    Phone "phone" Phone,
    PhoneLabel "phone_label" Carried,
    Mobile "mobile" Phone,
    PhoneHome "phone_home" Phone,
    CompanyPhone "company_phone" Phone,
    Fax "fax" Phone,
    PhoneExtension "phone_extension" Carried,
    AddressOneLine "address_one_line" Address,
    AddressBlock "address_block" Address,
    AddressLabel "address_label" Carried,
    StreetAndNumber "street_and_number" Address,
    Street "street" Address,
    HouseNumber "house_number" Address,
    Unit "unit" Address,
    AddressLine2 "address_line_2" Address,
    PoBox "po_box" Address,
    Postcode "postcode" Postcode,
    City "city" City,
    State "state" Region,
    Country "country" Country,
    CountryCode "country_code" Country,
    BirthDate "birth_date" Date,
    BirthYear "birth_year" Date,
    BirthMonth "birth_month" Date,
    BirthDay "birth_day" Date,
    VatNumber "vat_number" Identifier,
    EnterpriseNumber "enterprise_number" Identifier,
    NationalId "national_id" Identifier,
    Iban "iban" Identifier,
    CustomerNo "customer_no" Identifier,
    VendorNo "vendor_no" Identifier,
    Website "website" Website,
    Notes "notes" Carried,
    Labels "labels" Carried,
    Language "language" Carried,
    Owner "owner" Carried,
    OwnerId "owner_id" Carried,
    Source "source" Carried,
    Status "status" Carried,
    Deleted "deleted" Carried,
    BusinessRelation "business_relation" Carried,
    PrivacyBlocked "privacy_blocked" Carried,
    Minor "minor" Carried,
    Priority "priority" Carried,
    Private "private" Carried,
    CreatedAt "created_at" Timestamp,
    ModifiedAt "modified_at" Timestamp,
    Ignore "ignore" Carried,
}

/// A field and which of several columns of it: `email`, `email_2`, `email_3`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FieldId {
    /// The field.
    pub field: Field,
    /// 1 for the first column of the field.
    pub nth: u8,
}

impl FieldId {
    /// The first column of a field.
    pub fn first(field: Field) -> Self {
        Self { field, nth: 1 }
    }

    /// What the field's values are.
    pub fn kind(&self) -> Kind {
        self.field.kind()
    }
}

impl fmt::Display for FieldId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // `phone_label` of the second phone is `phone_2_label`, as in the layouts people know.
        match (self.nth, self.field.name().strip_suffix("_label")) {
            (0 | 1, _) => f.write_str(self.field.name()),
            (nth, Some(base)) => write!(f, "{base}_{nth}_label"),
            (nth, None) => write!(f, "{}_{nth}", self.field.name()),
        }
    }
}

impl FromStr for FieldId {
    type Err = String;

    /// Reads `email`, `email_2`, `phone_2_label`; unknown names are an error (the message is the name).
    fn from_str(text: &str) -> Result<Self, String> {
        let named = |name: &str| Field::ALL.iter().find(|field| field.name() == name).cloned();
        if let Some(field) = named(text) {
            return Ok(Self::first(field));
        }
        let (base, label) = match text.strip_suffix("_label") {
            Some(base) => (base, "_label"),
            None => (text, ""),
        };
        let split = base.rsplit_once('_').and_then(|(name, nth)| Some((name, nth.parse::<u8>().ok()?)));
        match split {
            Some((name, nth)) if nth >= 2 => {
                named(&format!("{name}{label}")).map(|field| Self { field, nth })
            }
            _ => None,
        }
        .ok_or_else(|| text.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back() {
        for field in Field::ALL {
            for nth in [1, 2, 3] {
                let id = FieldId { field: field.clone(), nth };
                assert_eq!(id.to_string().parse::<FieldId>(), Ok(id));
            }
        }
        assert!("shoe_size".parse::<FieldId>().is_err());
    }
}
