//! The country of every row, before anything else is normalized: what the row states, else what its other cells show.

use super::chunk::{Iso, iso_of, iso_text};
use super::text::fold;
use super::{city, country, display};
use crate::map::{Dataset, Field, Kind};
use crate::table::Column;
use rayon::prelude::*;

/// What told a row's country, strongest first; the last stands for the setting.
const REASONS: [&str; 9] =
    ["country", "address", "phone", "vat_number", "postcode", "domain", "phone_shape", "city", "default"];

/// One country per record of a table. The first that says anything: country columns, the end of a whole address, telephone
/// prefix, VAT prefix, shape of the postcode, mail and web domain, shape of the telephone number, well-known city; else `default`.
pub fn countries(data: &Dataset, table: usize, default: Iso) -> Vec<Iso> {
    let says = Says::of(data, table, default);
    (0..data.tables[table].rows)
        .into_par_iter()
        .map(|row| says.of_row(row).map_or(default, |(iso, _)| iso))
        .collect()
}

/// As [`countries`], each with what told it: `country`, `address`, `phone`, `vat_number`, `postcode`, `domain`, `phone_shape`, `city`,
/// `default`, or nothing.
pub fn located(data: &Dataset, table: usize, default: Iso) -> Vec<(Iso, &'static str)> {
    let says = Says::of(data, table, default);
    let otherwise = (default, if default[0] == 0 { "" } else { REASONS[REASONS.len() - 1] });
    (0..data.tables[table].rows)
        .into_par_iter()
        .map(|row| says.of_row(row).map_or(otherwise, |(iso, reason)| (iso, REASONS[usize::from(reason)])))
        .collect()
}

/// What each distinct value of the columns says of the country, once; columns in order of their strength.
struct Says<'a>(Vec<(&'a Column, Vec<Iso>, u8)>);

impl<'a> Says<'a> {
    fn of(data: &'a Dataset, table: usize, default: Iso) -> Self {
        let columns = |wanted: &dyn Fn(&Field) -> bool| -> Vec<&'a Column> {
            (0..data.fields.len())
                .filter(|&at| wanted(&data.fields[at].field))
                .filter_map(|at| data.columns[table][at].map(|column| data.cells(table, column)))
                .collect()
        };
        // A way of writing numbers is no proof against the country that was set, when the number exists there.
        let of_phone_shape = move |raw: &str| -> Iso {
            let shape = country::of_phone_shape(raw);
            let at_home =
                !shape.is_empty() && default[0] != 0 && display::call::exists(raw, iso_text(&default));
            iso_of(if at_home { "" } else { shape })
        };
        type Read<'r> = Box<dyn Fn(&str) -> Iso + Sync + 'r>;
        let plain = |read: fn(&str) -> &'static str| -> Read<'_> { Box::new(move |raw| iso_of(read(raw))) };
        let readers: [(Vec<&Column>, Read<'_>); 8] = [
            (columns(&|field| field.kind() == Kind::Country), plain(country::of_cell)),
            (
                columns(&|field| matches!(field, Field::AddressOneLine | Field::AddressBlock)),
                plain(display::country_of_address),
            ),
            (columns(&|field| field.kind() == Kind::Phone), plain(country::of_phone)),
            (
                columns(&|field| matches!(field, Field::VatNumber | Field::EnterpriseNumber)),
                plain(country::of_vat),
            ),
            (columns(&|field| *field == Field::Postcode), plain(country::of_postcode)),
            (
                columns(&|field| matches!(field.kind(), Kind::Email | Kind::Website)),
                plain(country::of_domain),
            ),
            (columns(&|field| field.kind() == Kind::Phone), Box::new(of_phone_shape)),
            (columns(&|field| *field == Field::City), plain(|raw| city::country_of(&fold(raw)))),
        ];
        let said = readers.iter().zip(0u8..).flat_map(|((columns, read), reason)| {
            columns.iter().map(move |column| {
                let values = (0..column.distinct() as u32).into_par_iter();
                (*column, values.map(|code| read(column.value(code))).collect(), reason)
            })
        });
        Self(said.collect())
    }

    fn of_row(&self, row: u32) -> Option<(Iso, u8)> {
        let said = self.0.iter().map(|(column, says, reason)| (says[column.code(row) as usize], *reason));
        said.into_iter().find(|(iso, _)| iso[0] != 0)
    }
}
