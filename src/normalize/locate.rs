//! The country of every row, before anything else is normalized: what the row states, else what its other cells show.

use super::chunk::{Iso, iso_of};
use super::text::fold;
use super::{city, country};
use crate::map::{Dataset, Field, Kind};
use crate::table::Column;
use rayon::prelude::*;

/// One country per record of a table. The first that says anything: country columns, telephone prefix, VAT prefix,
/// shape of the postcode, mail and web domain, well-known city; else `default`.
pub fn countries(data: &Dataset, table: usize, default: Iso) -> Vec<Iso> {
    let columns = |wanted: &dyn Fn(&Field) -> bool| -> Vec<&Column> {
        (0..data.fields.len())
            .filter(|&at| wanted(&data.fields[at].field))
            .filter_map(|at| data.columns[table][at].map(|column| data.cells(table, column)))
            .collect()
    };
    type Read = fn(&str) -> &'static str;
    let readers: [(Vec<&Column>, Read); 7] = [
        (columns(&|field| field.kind() == Kind::Country), country::code),
        (columns(&|field| field.kind() == Kind::Phone), country::of_phone),
        (columns(&|field| matches!(field, Field::VatNumber | Field::EnterpriseNumber)), country::of_vat),
        (columns(&|field| *field == Field::Postcode), country::of_postcode),
        (columns(&|field| matches!(field.kind(), Kind::Email | Kind::Website)), country::of_domain),
        (columns(&|field| field.kind() == Kind::Phone), country::of_phone_shape),
        (columns(&|field| *field == Field::City), |raw| city::country_of(&fold(raw))),
    ];
    // What each distinct value says, once.
    let said: Vec<(&Column, Vec<Iso>)> = readers
        .iter()
        .flat_map(|(columns, read)| columns.iter().map(move |column| (*column, *read)))
        .map(|(column, read)| {
            let values = (0..column.distinct() as u32).into_par_iter();
            (column, values.map(|code| iso_of(read(column.value(code)))).collect())
        })
        .collect();
    (0..data.tables[table].rows)
        .into_par_iter()
        .map(|row| {
            let first =
                said.iter().map(|(column, says)| says[column.code(row) as usize]).find(|iso| iso[0] != 0);
            first.unwrap_or(default)
        })
        .collect()
}
