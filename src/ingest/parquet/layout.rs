//! The Thrift structs of the format, by the number of their fields (apache/parquet-format, `parquet.thrift`, Apache-2.0).
//! Parts that no reader here looks at (encryption, shapes on a map) are left out.

use super::thrift::{Fields, Kind};
use Kind::{Bool, Byte, List, Number, Struct, Text};

const NONE: Kind = Struct(&[]);
const TIME_UNIT: Kind = Struct(&[(1, NONE), (2, NONE), (3, NONE)]);
const TIME: Kind = Struct(&[(1, Bool), (2, TIME_UNIT)]);
const LOGICAL_TYPE: Kind = Struct(&[
    (1, NONE),
    (2, NONE),
    (3, NONE),
    (4, NONE),
    (5, Struct(&[(1, Number), (2, Number)])),
    (6, NONE),
    (7, TIME),
    (8, TIME),
    (10, Struct(&[(1, Byte), (2, Bool)])),
    (11, NONE),
    (12, NONE),
    (13, NONE),
    (14, NONE),
    (15, NONE),
]);
const KEY_VALUE: Kind = Struct(&[(1, Text), (2, Text)]);
const STATISTICS: Kind =
    Struct(&[(1, Text), (2, Text), (3, Number), (4, Number), (5, Text), (6, Text), (7, Bool), (8, Bool)]);
const SIZE_STATISTICS: Kind = Struct(&[(1, Number), (2, List(&Number)), (3, List(&Number))]);
const PAGE_ENCODING: Kind = Struct(&[(1, Number), (2, Number), (3, Number)]);
const COLUMN: Kind = Struct(&[
    (1, Number),
    (2, List(&Number)),
    (3, List(&Text)),
    (4, Number),
    (5, Number),
    (6, Number),
    (7, Number),
    (8, List(&KEY_VALUE)),
    (9, Number),
    (10, Number),
    (11, Number),
    (12, STATISTICS),
    (13, List(&PAGE_ENCODING)),
    (14, Number),
    (15, Number),
    (16, SIZE_STATISTICS),
]);
const CHUNK: Kind = Struct(&[
    (1, Text),
    (2, Number),
    (3, COLUMN),
    (4, Number),
    (5, Number),
    (6, Number),
    (7, Number),
    (9, Text),
]);
const SORTING: Kind = Struct(&[(1, Number), (2, Bool), (3, Bool)]);
const ROW_GROUP: Kind = Struct(&[
    (1, List(&CHUNK)),
    (2, Number),
    (3, Number),
    (4, List(&SORTING)),
    (5, Number),
    (6, Number),
    (7, Number),
]);
const COLUMN_ORDER: Kind = Struct(&[(1, NONE)]);

/// One element of a schema.
pub const SCHEMA_ELEMENT: Fields = &[
    (1, Number),
    (2, Number),
    (3, Number),
    (4, Text),
    (5, Number),
    (6, Number),
    (7, Number),
    (8, Number),
    (9, Number),
    (10, LOGICAL_TYPE),
];

/// The footer.
pub const FOOTER: Fields = &[
    (1, Number),
    (2, List(&Struct(SCHEMA_ELEMENT))),
    (3, Number),
    (4, List(&ROW_GROUP)),
    (5, List(&KEY_VALUE)),
    (6, Text),
    (7, List(&COLUMN_ORDER)),
    (9, Text),
];

/// What stands before each page.
pub const PAGE: Fields = &[
    (1, Number),
    (2, Number),
    (3, Number),
    (4, Number),
    (5, Struct(&[(1, Number), (2, Number), (3, Number), (4, Number), (5, STATISTICS)])),
    (6, NONE),
    (7, Struct(&[(1, Number), (2, Number), (3, Bool)])),
    (
        8,
        Struct(&[
            (1, Number),
            (2, Number),
            (3, Number),
            (4, Number),
            (5, Number),
            (6, Number),
            (7, Bool),
            (8, STATISTICS),
        ]),
    ),
];
