//! The picture as code.
