//! The page's own files, compiled in.

/// The page.
pub const PAGE: &str = include_str!("assets/index.html");
/// Its looks.
pub const STYLE: &str = include_str!("assets/style.css");
/// Its sign.
pub const ICON: &str = include_str!("assets/icon.svg");
/// Its behaviour, one file a concern, in the order in which they are loaded.
pub const SCRIPTS: [(&str, &str); 7] = [
    ("dom.js", include_str!("assets/dom.js")),
    ("difference.js", include_str!("assets/difference.js")),
    ("server.js", include_str!("assets/server.js")),
    ("queue.js", include_str!("assets/queue.js")),
    ("proposal.js", include_str!("assets/proposal.js")),
    ("dialogs.js", include_str!("assets/dialogs.js")),
    ("main.js", include_str!("assets/main.js")),
];

/// The page after a link was used, which goes on to the page itself. A redirect would be followed as part of the navigation
/// from elsewhere, on which browsers send no strict cookie.
pub const ENTRY: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>alike</title>\
<meta http-equiv=\"refresh\" content=\"0;url=/\"><a href=\"/\">alike</a></html>";

/// What stands in the stead of the page for who has no link.
pub const NO_LINK: &str = "This page needs the link that `alike review` printed when it started. A link is good once and for one \
browser.\nFor another browser, make a new link in the page (key `i`); after a restart, take the new link from the terminal.\n\n\
Deze pagina heeft de link nodig die `alike review` bij het starten toonde. Een link werkt één keer, in één browser.\nVoor een \
andere browser maakt u in de pagina een nieuwe link (toets `i`); na een herstart neemt u de nieuwe link uit de terminal.\n";
