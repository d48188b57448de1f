//! Stage 11, second front: the local web page in which people review.
//!
//! Input: the proposals of a run on a [`crate::review::Desk`], the journal of edits, the store of decisions. Output: edits in the journal,
//! decisions in the store, and JSON for the page.
//!
//! Invariants
//! * An edit in the page is the same edit of the same cells that people make in the tables, checked by the same code.
//! * What the page shows as saved is on the disk: a killed server loses nothing.
//! * Nobody's edit is overwritten unseen: an edit names the version that it was made on, and an older one is refused.
//! * Only this machine, and only who has the link, gets an answer; the page loads nothing from elsewhere.
//! * Text of records is never HTML: it leaves as JSON, and the page puts it in as text.

mod assets;
mod bulk;
mod filter;
mod guard;
mod index;
mod keeper;
mod room;
mod routes;
mod texts;
mod view;
mod weights;

pub use filter::Filter;
pub use keeper::Keeper;
pub use room::{Parts, Refusal, Room};
pub use texts::{LANGUAGES, Language};
pub use weights::{Weigher, Weights};

use std::io;
use std::sync::{Arc, Mutex};

/// How the page is served.
#[derive(Clone, Debug)]
pub struct ServeOptions {
    /// The port; 0 is any free one.
    pub port: u16,
    /// The language; that of the browser when left out.
    pub language: Option<Language>,
}

/// Serves the page until Ctrl-C. `ready` gets the address with its token.
///
/// Errors: the port is taken, or the system gives no sockets or no randomness.
pub fn serve(
    room: Room,
    weights: Weights,
    options: &ServeOptions,
    ready: &mut dyn FnMut(&str),
) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", options.port)).await?;
        let port = listener.local_addr()?.port();
        let guard = guard::Guard::new(port)?;
        ready(&guard.link());
        let app = routes::App {
            room: Arc::new(Mutex::new(room)),
            weights: Arc::new(weights),
            guard: Arc::new(guard),
            language: options.language,
        };
        // Every edit is on the disk when it is answered, so nothing is to be waited for.
        let stop = tokio::signal::ctrl_c();
        tokio::select! {
            served = axum::serve(listener, routes::router(app)).into_future() => served,
            stopped = stop => stopped,
        }
    })
}
