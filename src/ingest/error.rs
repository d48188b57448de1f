use std::io::ErrorKind;

/// Why an input could not be used at all. Each message names the file and a way out.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// No file was named.
    #[error("no input: name at least one file: CSV, Excel, Parquet, JSON or vCard")]
    NoInput,
    /// The file is not there.
    #[error("`{path}` does not exist; check the spelling of the path")]
    NotFound { path: String },
    /// A folder was named where a file is needed.
    #[error("`{path}` is a folder; name the files in it")]
    Folder { path: String },
    /// A folder in which nothing can be read.
    #[error(
        "`{path}` is a folder without a file that can be read as a table; name a file, or another folder"
    )]
    EmptyFolder { path: String },
    /// A pattern that fits no file.
    #[error("no file is called as in `{pattern}`; check the spelling, or name the files one by one")]
    NoMatch { pattern: String },
    /// The file cannot be opened or read.
    #[error("cannot read `{path}`: {cause}; {}", way_out(cause.kind()))]
    Io { path: String, cause: std::io::Error },
    /// Nothing stands in the file.
    #[error("`{path}` is empty; export it again")]
    Empty { path: String },
    /// There is not one record (in no input).
    #[error("`{path}` holds no records; export it again, or leave it out")]
    NoRecords { path: String },
    /// There are headings, but not one row below them (in no input).
    #[error("`{path}` has a header but no rows; export it again, or leave it out")]
    HeaderOnly { path: String },
    /// The file is something else than what can be read.
    #[error("`{path}` is {what}, not CSV, Excel, Parquet, JSON or vCard; {way_out}")]
    OtherFormat { path: String, what: &'static str, way_out: &'static str },
    /// The settings name an encoding that does not exist.
    #[error(
        "`{path}`: unknown encoding `{label}`; use a name such as `utf-8`, `windows-1252`, `cp850`, `macintosh` or `utf-16le`, or leave it out to have it detected"
    )]
    UnknownEncoding { path: String, label: String },
    /// The settings name a column separator that cannot be one.
    #[error(
        "`{path}`: the delimiter must be one ASCII character other than a quote or a line break, not `{delimiter}`; for a tab write \"\\t\""
    )]
    BadDelimiter { path: String, delimiter: String },
    /// The heading line itself cannot be read.
    #[error("`{path}`, line {line}: cannot read the headings: {reason}")]
    BadHeader { path: String, line: u32, reason: String },
    /// Rows were found, but every one of them had to be quarantined.
    #[error(
        "`{path}`: {} can be read; the first one (line {line}): {reason}. If the file is sound, set its `encoding`, or the `delimiter` of a CSV file, in the settings",
        if *rows == 1 { "not one row".to_string() } else { format!("none of its {rows} rows") }
    )]
    NothingReadable { path: String, rows: u64, line: u32, reason: String },
    /// More rows or text than can be numbered.
    #[error("`{path}` is too large: {limit}; split it into several files")]
    TooLarge { path: String, limit: &'static str },
    /// A workbook that is damaged or uses what is not supported.
    #[error(
        "cannot read `{path}` as a workbook: {reason}; open it, save it again, or save the sheet as CSV (UTF-8)"
    )]
    Workbook { path: String, reason: String },
    /// A workbook that asks for a password.
    #[error(
        "`{path}` is protected with a password; open it and save a copy without one, or save the sheet as CSV (UTF-8)"
    )]
    Locked { path: String },
    /// The sheet that was asked for is not in the workbook.
    #[error("`{path}` has no sheet `{sheet}`; it has `{sheets}`")]
    NoSheet { path: String, sheet: String, sheets: String },
    /// A compressed file that unpacks to far more than text does.
    #[error(
        "`{path}` is refused: it unpacks to more than 1 GiB and more than 200 times its own size, as no honest export does; if it is one, unpack it first"
    )]
    Bomb { path: String },
    /// A Parquet file that is damaged or uses what is not supported.
    #[error("cannot read `{path}` as Parquet: {reason}; export it again, or as CSV")]
    Parquet { path: String, reason: String },
    /// JSON that is damaged: what stands behind the damage cannot be told apart.
    #[error(
        "`{path}`, line {line}, column {column}: no sound JSON: {reason}; export it again, or save one object a line (JSON Lines), of which the sound lines are read"
    )]
    Json { path: String, line: usize, column: usize, reason: String },
    /// JSON in which it cannot be told what the records are.
    #[error(
        "`{path}`: {reason}; save the contacts as one list of objects, `[{{…}}, {{…}}]`, or one object a line"
    )]
    NoList { path: String, reason: String },
    /// A Parquet column whose values are lists, structs or another type that has no plain text form.
    #[error(
        "`{path}`, column `{column}`: values of type {dtype} cannot be used; turn the column into text, or leave it out of the export"
    )]
    ColumnType { path: String, column: String, dtype: String },
}

/// What to do about a file that the system does not hand out.
fn way_out(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::PermissionDenied => {
            "ask its owner for the right to read it, or copy it to a place where you may"
        }
        ErrorKind::NotADirectory | ErrorKind::InvalidFilename | ErrorKind::InvalidInput => {
            "check the spelling of the path"
        }
        ErrorKind::InvalidData | ErrorKind::UnexpectedEof => {
            "export it again, unpack it with another program, or leave it out"
        }
        ErrorKind::FileTooLarge => "if it is one, unpack it first",
        ErrorKind::IsADirectory => "name the files in it",
        _ => "check that the file is still there and its disk is sound, or copy it to another disk",
    }
}
