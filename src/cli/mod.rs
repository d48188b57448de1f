//! The command line: clap lives only here.
