//! Other origins, wrong tokens, forged names, paths, large bodies, HTML: refused or escaped.

use super::server::{CONTACTS, Server, ids, sample};
use crate::support::Desk;
use serde_json::json;

/// A server of three pairs of contacts.
fn small(desk: &Desk) -> Server {
    let run = desk.run_text(CONTACTS);
    Server::start(&run.path, &[])
}

#[test]
fn without_the_link_nothing_is_told() {
    let desk = Desk::new();
    let run = desk.run_text(CONTACTS);
    let server = Server::locked(&run.path, &[]);
    let host = format!("Host: 127.0.0.1:{}\r\n", server.port);
    for path in ["/", "/?token=", "/?token=0000", "/api/start", "/main.js", "/api/queue?token=TOKEN"] {
        let path = path.replace("TOKEN", &server.token);
        let answer = server.say(&format!("GET {path} HTTP/1.1\r\n{host}\r\n"));
        assert_eq!(answer.status, 401, "{path}");
        assert!(!answer.body.contains("Berg"), "{path}");
    }
    let wrong = format!("Cookie: alike_{}=0123\r\n", server.port);
    assert_eq!(server.say(&format!("GET / HTTP/1.1\r\n{host}{wrong}\r\n")).status, 401);
    // The right one, once.
    let enter = format!("GET /?token={} HTTP/1.1\r\n{host}\r\n", server.token);
    let answer = server.say(&enter);
    assert_eq!(answer.status, 200);
    let cookie = answer.header("set-cookie").unwrap();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    assert_eq!(server.say(&enter).status, 401);
}

#[test]
fn one_more_browser_gets_a_link_of_its_own() {
    let desk = Desk::new();
    let server = small(&desk);
    let link = server.post("/api/invite", &json!({})).json()["link"].as_str().unwrap().to_string();
    let token = link.split_once("token=").unwrap().1;
    assert_ne!(token, server.token);
    let enter = format!("GET /?token={token} HTTP/1.1\r\nHost: localhost:{}\r\n\r\n", server.port);
    assert_eq!(server.say(&enter).status, 200);
    assert_eq!(server.say(&enter).status, 401);
}

#[test]
fn another_host_name_is_refused() {
    let desk = Desk::new();
    let server = small(&desk);
    let cookie = format!("Cookie: {}\r\n", server.cookie);
    let own = server.port;
    for (host, status) in [
        (format!("127.0.0.1:{own}"), 200),
        (format!("localhost:{own}"), 200),
        (format!("evil.example:{own}"), 421),
        ("127.0.0.1".to_string(), 421),
        (format!("127.0.0.1.evil.example:{own}"), 421),
        (format!("127.0.0.1:{}", own.wrapping_add(1)), 421),
    ] {
        let answer = server.say(&format!("GET /api/start HTTP/1.1\r\nHost: {host}\r\n{cookie}\r\n"));
        assert_eq!(answer.status, status, "{host}");
    }
    let twice =
        format!("GET /api/start HTTP/1.1\r\nHost: 127.0.0.1:{own}\r\nHost: evil.example\r\n{cookie}\r\n");
    assert_ne!(server.say(&twice).status, 200);
}

#[test]
fn pages_of_others_change_nothing() {
    let desk = Desk::new();
    let server = small(&desk);
    let body = json!({ "window": "a" }).to_string();
    for origin in ["http://evil.example", "null", "http://127.0.0.1:1", "https://127.0.0.1"] {
        assert_eq!(server.post_with("/api/invite", &body, origin).status, 403, "{origin}");
    }
    let none = format!(
        "POST /api/invite HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nCookie: {}\r\nContent-Length: 0\r\n\r\n",
        server.port, server.cookie
    );
    assert_eq!(server.say(&none).status, 403);
    // A form cannot say that it sends JSON.
    let own = format!("http://127.0.0.1:{}", server.port);
    let form = format!(
        "POST /api/undo HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nCookie: {}\r\nOrigin: {own}\r\nContent-Type: text/plain\r\nContent-Length: {}\r\n\r\n{body}",
        server.port,
        server.cookie,
        body.len()
    );
    assert_eq!(server.say(&form).status, 415);
}

#[test]
fn paths_lead_to_the_page_only() {
    let desk = Desk::new();
    let server = small(&desk);
    for path in [
        "/../Cargo.toml",
        "/..%2f..%2fetc/passwd",
        "//etc/passwd",
        "/assets/../main.rs",
        "/manifest.json",
        "/%2e%2e/",
    ] {
        let answer = server.get(path);
        assert_eq!(answer.status, 404, "{path}");
        assert!(answer.body.is_empty(), "{path}: {}", answer.body);
    }
    assert_eq!(server.get("/api/proposal?id=../../x").status, 404);
}

#[test]
fn large_bodies_are_refused() {
    let desk = Desk::new();
    let server = small(&desk);
    let own = format!("http://127.0.0.1:{}", server.port);
    let large = format!("{{\"window\":\"{}\"}}", "x".repeat(1 << 20));
    assert_eq!(server.post_with("/api/undo", &large, &own).status, 413);
    let chunked = format!(
        "POST /api/undo HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nCookie: {}\r\nOrigin: {own}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{large}\r\n0\r\n\r\n",
        server.port,
        server.cookie,
        large.len()
    );
    assert_eq!(server.say(&chunked).status, 413);
}

#[test]
fn every_answer_has_the_policy() {
    let desk = Desk::new();
    let server = small(&desk);
    for path in ["/", "/main.js", "/style.css", "/api/start", "/nothing"] {
        let answer = server.get(path);
        let policy = answer.header("content-security-policy").unwrap();
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{path}");
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}");
    }
    // No script in the page itself, and nothing from elsewhere.
    let page = server.get("/").body;
    assert!(!page.contains("http") && !page.contains("onclick") && page.matches("<script").count() == 1);
}

#[test]
fn values_are_never_html() {
    let desk = Desk::new();
    let run = desk.run_text(CONTACTS);
    let server = Server::start(&run.path, &[]);
    let queue = server.get("/api/queue?count=50");
    assert_eq!(queue.header("content-type"), Some("application/json"));
    let rows = queue.json();
    let found = rows["rows"].as_array().unwrap().iter().any(|row| {
        let proposal = server.proposal(row["id"].as_str().unwrap());
        proposal.to_string().contains("<img src=x onerror=alert(1)>")
    });
    assert!(found, "{rows}");
    // Scripts put text in as text: nothing of theirs makes HTML of a text.
    for name in ["dom.js", "difference.js", "server.js", "queue.js", "proposal.js", "dialogs.js", "main.js"] {
        let script = server.get(&format!("/{name}")).body;
        for way in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function"]
        {
            assert!(!script.contains(way), "{name}: {way}");
        }
    }
}

#[test]
fn a_second_server_of_a_folder_is_refused() {
    let desk = Desk::new();
    let run = sample(&desk, &[]);
    assert!(!ids(&run, "review").is_empty());
    let _server = Server::start(&run.path, &[]);
    let second = desk.alike().args(["review", "out", "--by", "bob"]).assert().code(5);
    let told = String::from_utf8_lossy(&second.get_output().stderr).into_owned();
    assert!(told.contains("another alike serves"), "{told}");
}
