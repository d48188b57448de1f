//! The picture of the crate's documentation as code: one run, from files to a run folder.

use crate::block::{self, Plan};
use crate::cluster::{self, Clusters, Judge};
use crate::compare::Comparator;
use crate::config::{MapSettings, Settings};
use crate::error::Error;
use crate::ingest::{self, Ingested, Input};
use crate::map::{self, Dataset};
use crate::normalize::{self, Contacts};
use crate::profile;
use crate::progress::{Event, Progress};
use crate::propose;
use crate::score::{self, Links, Model, Scorer};
use crate::survive;
use crate::train;
use crate::write;
use std::path::PathBuf;
