//! The report for people who must not see everything: the same page over masked records.

use super::{ReportError, ReportInput, classic, page};
use crate::ingest::Quarantined;
use crate::map::{Dataset, FieldId, Kind};
use crate::mask::{self, Masker};
use crate::profile::{Counted, Quality};
use crate::survive::{CLEARED, Golden};
use crate::table::Arena;

/// Makes the page with every value of a record masked; examples of values that are in no field are left out.
pub fn masked_html(input: &ReportInput<'_>, masker: &Masker) -> Result<String, ReportError> {
    let data = dataset(input.data, masker);
    let golden = golden(input, masker);
    let quality = quality(input.quality, masker);
    let hidden = |row: &Quarantined| Quarantined {
        raw: masker.value(Kind::Text, &row.raw),
        reason: without_quotes(&row.reason, masker),
        ..row.clone()
    };
    let quarantine: Vec<Quarantined> = input.quarantine.iter().map(hidden).collect();
    // Examples of bc-classic name companies; the counts say what a manager needs.
    let classic = input.classic.map(|report| classic::ClassicReport {
        counts: report.counts.clone(),
        only_classic_examples: Vec::new(),
        only_alike_examples: Vec::new(),
    });
    let steps = |a: u32, b: u32| {
        let mut steps = (input.pair_steps)(a, b);
        steps.iter_mut().for_each(|step| step.note.clear());
        steps
    };
    page::render(&ReportInput {
        data: &data,
        golden: &golden,
        quality: &quality,
        quarantine: &quarantine,
        classic: classic.as_ref(),
        pair_steps: &steps,
        ..*input
    })
}

/// The records, masked: once per distinct value.
fn dataset(data: &Dataset, masker: &Masker) -> Dataset {
    let mut masked = data.clone();
    for (table, mapping) in masked.tables.iter_mut().zip(&data.mapping) {
        for (at, column) in table.columns.iter_mut().enumerate() {
            let field =
                mapping.iter().find(|mapped| mapped.column == at).and_then(|mapped| mapped.field.as_ref());
            let kind = field.map_or(Kind::Text, FieldId::kind);
            column.cells = column.cells.map_distinct(|value| masker.value(kind, value));
        }
    }
    let mut ids = Arena::default();
    (0..data.records()).for_each(|record| {
        ids.push(&masker.value(Kind::RecordId, data.record_id(record)));
    });
    masked.record_ids = ids;
    masked
}

/// The golden records: what is joined, and what a person wrote, stands in no cell and is masked here.
fn golden(input: &ReportInput<'_>, masker: &Masker) -> Golden {
    let mut golden = input.golden.clone();
    for record in &mut golden.records {
        let kind = |field: u16| input.data.fields.get(usize::from(field)).map_or(Kind::Text, FieldId::kind);
        for (field, text) in &mut record.joined {
            *text = masker.value(kind(*field), text);
        }
        for (field, text) in record.preferred.iter_mut().filter(|(_, text)| text != CLEARED) {
            *text = masker.value(kind(*field), text);
        }
    }
    golden
}

fn quality(quality: &Quality, masker: &Masker) -> Quality {
    let mut masked = quality.clone();
    for field in masked.sources.iter_mut().flat_map(|source| &mut source.fields) {
        let kind = field.field.as_deref().map_or(Kind::Text, mask::kind_of);
        let hide = |counted: &mut Vec<Counted>| {
            counted.iter_mut().for_each(|of| of.value = masker.value(kind, &of.value));
        };
        hide(&mut field.top);
        hide(&mut field.invalid);
    }
    for finding in &mut masked.findings {
        finding
            .examples
            .iter_mut()
            .for_each(|example| example.value = masker.value(Kind::Text, &example.value));
        finding.message = without_quotes(&finding.message, masker);
        finding.advice = without_quotes(&finding.advice, masker);
    }
    masked
}

/// A sentence with what it quotes masked: messages quote what stands in cells.
fn without_quotes(text: &str, masker: &Masker) -> String {
    let mut out = String::new();
    for (part, at) in text.split('"').zip(0u32..) {
        match at % 2 {
            0 => out.push_str(part),
            _ => out.push_str(&format!("\"{}\"", masker.value(Kind::Text, part))),
        }
    }
    out
}
