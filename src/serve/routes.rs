//! Addresses of the page, and what is asked before any of them answers.

use super::assets;
use super::filter::Filter;
use super::guard::{Guard, Refused};
use super::room::{Author, Refusal, Room};
use super::texts::Language;
use super::weights::Weights;
use crate::review::{Verdict, Wish};
use axum::Json;
use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, MutexGuard};

/// Bytes of a body: an edit is a few hundred.
const MOST_BODY: usize = 1 << 20;

/// Rows of the queue in one answer.
const MOST_ROWS: usize = 200;

/// Edits of others told at once; more are seen by loading the queue.
const MOST_CHANGES: usize = 100;

/// Characters of a reviewer's name.
const LONGEST_NAME: usize = 100;

/// What the page may do: load its own files, and nothing else from anywhere; stand in no frame.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; \
form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

/// What every answer draws on.
#[derive(Clone)]
pub struct App {
    pub room: Arc<Mutex<Room>>,
    pub weights: Arc<Weights>,
    pub guard: Arc<Guard>,
    pub language: Option<Language>,
}

impl App {
    fn room(&self) -> MutexGuard<'_, Room> {
        // A panic in one answer leaves the room as the journal has it; the others go on.
        self.room.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// The addresses.
pub fn router(app: App) -> Router {
    let mut router = Router::new()
        .route("/", get(page))
        .route("/style.css", get(|| async { file("text/css; charset=utf-8", assets::STYLE) }))
        .route("/icon.svg", get(|| async { file("image/svg+xml", assets::ICON) }))
        .route("/api/start", get(start))
        .route("/api/queue", get(queue))
        .route("/api/proposal", get(proposal))
        .route("/api/weights", get(weights))
        .route("/api/changes", get(changes))
        .route("/api/edit", post(edit))
        .route("/api/undo", post(undo))
        .route("/api/bulk", post(bulk))
        .route("/api/invite", post(invite));
    for (name, text) in assets::SCRIPTS {
        router = router.route(
            &format!("/{name}"),
            get(move || async move { file("text/javascript; charset=utf-8", text) }),
        );
    }
    router
        .layer(DefaultBodyLimit::max(MOST_BODY))
        .layer(from_fn_with_state(app.clone(), guarded))
        .with_state(app)
}

/// Lets a request through that is this page's own, and puts the headers on every answer.
async fn guarded(State(app): State<App>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    let mut answer = match app.guard.is_own(request.method(), headers) {
        Err(refused) => refuse(refused),
        Ok(()) => match (token(&request), app.guard.has_cookie(headers)) {
            (_, Ok(())) if is_too_long(headers) => {
                text(StatusCode::PAYLOAD_TOO_LARGE, "the body is too long")
            }
            (_, Ok(())) => next.run(request).await,
            (Some(token), Err(refused)) => match app.guard.exchange(&token) {
                Some(cookie) => enter(&cookie),
                None => refuse(refused),
            },
            (None, Err(refused)) => refuse(refused),
        },
    };
    let headers = answer.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    for (name, value) in
        [("cross-origin-opener-policy", "same-origin"), ("cross-origin-resource-policy", "same-origin")]
    {
        headers.insert(name, HeaderValue::from_static(value));
    }
    answer
}

/// The token of the link, which leads to the page only.
fn token(request: &Request) -> Option<String> {
    let uri = request.uri();
    let query = uri.query().filter(|_| uri.path() == "/" && request.method() == axum::http::Method::GET)?;
    query.split('&').find_map(|pair| pair.strip_prefix("token=")).map(str::to_string)
}

/// Whether a body is longer than any of ours, by its own account; others are cut off while they are read.
fn is_too_long(headers: &HeaderMap) -> bool {
    let length = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    length.and_then(|length| length.parse::<u64>().ok()).is_some_and(|length| length > MOST_BODY as u64)
}

fn refuse(refused: Refused) -> Response {
    match refused {
        Refused::Host => text(StatusCode::MISDIRECTED_REQUEST, "this server has another name"),
        Refused::Origin => text(StatusCode::FORBIDDEN, "only the page of this server is answered"),
        Refused::Cookie => text(StatusCode::UNAUTHORIZED, assets::NO_LINK),
    }
}

fn enter(cookie: &str) -> Response {
    let mut answer = file("text/html; charset=utf-8", assets::ENTRY);
    match HeaderValue::from_str(cookie) {
        Ok(cookie) => {
            answer.headers_mut().insert(header::SET_COOKIE, cookie);
            answer
        }
        Err(_) => refuse(Refused::Cookie),
    }
}

fn text(status: StatusCode, text: &'static str) -> Response {
    (status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}

fn file(kind: &'static str, content: &'static str) -> Response {
    ([(header::CONTENT_TYPE, kind)], Body::from(content)).into_response()
}

/// The page, with its language set before anything is drawn.
async fn page(State(app): State<App>, headers: HeaderMap) -> Response {
    let language = language(&app, &headers, None);
    let page = assets::PAGE.replacen("lang=\"en\"", &format!("lang=\"{}\"", language.code()), 1);
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response()
}

fn language(app: &App, headers: &HeaderMap, named: Option<&str>) -> Language {
    let accepted = || headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    named
        .and_then(Language::of_code)
        .or(app.language)
        .unwrap_or_else(|| Language::accepted(accepted().unwrap_or_default()))
}

#[derive(Deserialize)]
struct StartQuery {
    language: Option<String>,
}

async fn start(State(app): State<App>, headers: HeaderMap, Query(query): Query<StartQuery>) -> Json<Value> {
    let language = language(&app, &headers, query.language.as_deref());
    let mut start = app.room().start();
    start["language"] = json!(language.code());
    start["texts"] = language.texts();
    Json(start)
}

/// Empty parameters are as good as none.
#[derive(Deserialize)]
struct QueueQuery {
    /// A filter as JSON.
    #[serde(default)]
    filter: String,
    #[serde(default)]
    from: usize,
    #[serde(default)]
    count: usize,
}

fn filter(text: &str) -> Option<Filter> {
    if text.is_empty() { Some(Filter::default()) } else { serde_json::from_str(text).ok() }
}

fn no_filter() -> Response {
    text_of(StatusCode::BAD_REQUEST, "the filter cannot be read")
}

async fn queue(State(app): State<App>, Query(query): Query<QueueQuery>) -> Response {
    let Some(filter) = filter(&query.filter) else { return no_filter() };
    Json(app.room().listed(&filter, query.from, query.count.min(MOST_ROWS))).into_response()
}

#[derive(Deserialize)]
struct ProposalQuery {
    id: String,
    #[serde(default)]
    filter: String,
}

async fn proposal(State(app): State<App>, Query(query): Query<ProposalQuery>) -> Response {
    let Some(filter) = filter(&query.filter) else { return no_filter() };
    let room = app.room();
    let Some(at) = room.place(&query.id) else { return answer(&room, Refusal::None, None) };
    let mut proposal = room.proposal(at);
    proposal["around"] = room.around(&filter, at);
    Json(proposal).into_response()
}

#[derive(Deserialize)]
struct WeightsQuery {
    id: String,
    a: usize,
    b: usize,
}

async fn weights(State(app): State<App>, Query(query): Query<WeightsQuery>) -> Response {
    let room = app.room();
    match room.place(&query.id) {
        Some(at) => Json(room.weights(&app.weights, at, query.a, query.b)).into_response(),
        None => answer(&room, Refusal::None, None),
    }
}

#[derive(Deserialize)]
struct ChangesQuery {
    since: u64,
}

async fn changes(State(app): State<App>, Query(query): Query<ChangesQuery>) -> Json<Value> {
    Json(app.room().changes(query.since, MOST_CHANGES))
}

#[derive(Deserialize)]
struct Who {
    /// The reviewer's name; who started the server when left out.
    #[serde(default)]
    by: String,
    /// The browser window.
    #[serde(default)]
    window: String,
}

impl Who {
    /// The name, cut to what a name is.
    fn name(&self, room: &Room) -> String {
        let name: String = self.by.trim().chars().filter(|c| !c.is_control()).take(LONGEST_NAME).collect();
        if name.is_empty() { room.by.clone() } else { name }
    }

    fn window(&self) -> String {
        self.window.chars().filter(char::is_ascii_alphanumeric).take(LONGEST_NAME).collect()
    }
}

#[derive(Deserialize)]
struct EditBody {
    id: String,
    version: u64,
    wish: Wish,
    #[serde(flatten)]
    who: Who,
    #[serde(default)]
    filter: Filter,
}

async fn edit(State(app): State<App>, Json(body): Json<EditBody>) -> Response {
    let mut room = app.room();
    let Some(at) = room.place(&body.id) else { return answer(&room, Refusal::None, None) };
    let before = room.around(&body.filter, at);
    let (by, window) = (body.who.name(&room), body.who.window());
    match room.edit(at, body.version, &body.wish, &Author { by: &by, window: &window }) {
        Ok(()) => {
            let mut proposal = room.proposal(at);
            proposal["around"] = before;
            Json(json!({ "proposal": proposal, "now": room.now(), "progress": room.progress() }))
                .into_response()
        }
        Err(refusal) => answer(&room, refusal, Some(at)),
    }
}

async fn undo(State(app): State<App>, Json(who): Json<Who>) -> Response {
    let mut room = app.room();
    let (by, window) = (who.name(&room), who.window());
    match room.undo(&Author { by: &by, window: &window }) {
        Ok(places) => {
            let first = places.first().map(|&at| room.proposal(at));
            Json(json!({ "count": places.len(), "proposal": first, "now": room.now(), "progress": room.progress() }))
                .into_response()
        }
        Err(refusal) => answer(&room, refusal, None),
    }
}

#[derive(Deserialize)]
struct BulkBody {
    filter: Filter,
    verdict: Verdict,
    #[serde(default)]
    comment: String,
    /// What was typed to confirm; a preview when left out.
    typed: Option<String>,
    #[serde(default)]
    digest: String,
    #[serde(flatten)]
    who: Who,
}

async fn bulk(State(app): State<App>, Json(body): Json<BulkBody>) -> Response {
    let mut room = app.room();
    if !matches!(body.verdict, Verdict::Merge | Verdict::Apart | Verdict::Hold) {
        return answer(&room, Refusal::Wrong("only merge, apart and hold are for many at once".into()), None);
    }
    let preview = room.preview(&body.filter, body.verdict, &body.comment);
    let Some(typed) = &body.typed else { return Json(preview.told).into_response() };
    let (by, window) = (body.who.name(&room), body.who.window());
    match room.bulk(preview, typed, &body.digest, &Author { by: &by, window: &window }) {
        Ok(mut done) => {
            done["now"] = json!(room.now());
            done["progress"] = room.progress();
            Json(done).into_response()
        }
        Err(refusal) => answer(&room, refusal, None),
    }
}

async fn invite(State(app): State<App>) -> Response {
    match app.guard.invite() {
        Ok(link) => Json(json!({ "link": link })).into_response(),
        Err(_) => text_of(StatusCode::INTERNAL_SERVER_ERROR, "the system has no randomness"),
    }
}

fn text_of(status: StatusCode, why: &str) -> Response {
    (status, Json(json!({ "why": why }))).into_response()
}

/// Why something was not done; with the proposal as it is now, where that is the point.
fn answer(room: &Room, refusal: Refusal, at: Option<usize>) -> Response {
    let (status, kind, why) = match refusal {
        Refusal::Stale => (StatusCode::CONFLICT, "stale", String::new()),
        Refusal::Wrong(why) => (StatusCode::UNPROCESSABLE_ENTITY, "wrong", why),
        Refusal::None => (StatusCode::NOT_FOUND, "none", String::new()),
        Refusal::Failed(why) => (StatusCode::INTERNAL_SERVER_ERROR, "failed", why),
    };
    let proposal = at.map(|at| room.proposal(at));
    (status, Json(json!({ "kind": kind, "why": why, "proposal": proposal, "now": room.now() })))
        .into_response()
}
