//! A server of the page, and a client that says exactly what it is told to.

use crate::support::{Desk, Folder};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A server, killed when it is dropped.
pub struct Server {
    child: Child,
    pub port: u16,
    pub token: String,
    /// `name=value`, once the link was used.
    pub cookie: String,
}

/// An answer.
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("{} {}", self.status, self.body))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let of = |line: &'_ str| line.split_once(": ").map(|(key, _)| key.eq_ignore_ascii_case(name));
        self.head
            .lines()
            .find(|line| of(line) == Some(true))
            .and_then(|line| line.split_once(": "))
            .map(|(_, value)| value)
    }
}

impl Server {
    /// Serves a run folder, and uses the link.
    pub fn start(run: &Path, more: &[&str]) -> Self {
        let mut server = Self::locked(run, more);
        let answer = server.say(&format!(
            "GET /?token={} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n\r\n",
            server.token, server.port
        ));
        assert_eq!(answer.status, 200);
        server.cookie = answer.header("set-cookie").unwrap().split(';').next().unwrap().to_string();
        server
    }

    /// Serves a run folder; the link is not used yet.
    pub fn locked(run: &Path, more: &[&str]) -> Self {
        let mut child = Command::new(assert_cmd::cargo::cargo_bin("alike"))
            .args(["review", "--by", "anna"])
            .arg(run)
            .args(more)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut told = String::new();
        for line in BufReader::new(child.stderr.take().unwrap()).lines() {
            let line = line.unwrap();
            if let Some((_, rest)) = line.split_once("http://127.0.0.1:") {
                let (port, token) = rest.trim().split_once("/?token=").unwrap();
                let (port, token) = (port.parse().unwrap(), token.to_string());
                return Self { child, port, token, cookie: String::new() };
            }
            told.push_str(&line);
        }
        let ended = child.wait();
        panic!("no link ({ended:?}): {told}");
    }

    /// Sends bytes, and reads the answer.
    pub fn say(&self, request: &str) -> Answer {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let request = request.replacen("\r\n", "\r\nConnection: close\r\n", 1);
        // The server may answer, and close, before it has read all.
        let _ = stream.write_all(request.as_bytes());
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0);
        Answer { status, head: head.to_string(), body: body.to_string() }
    }

    /// What the page asks for.
    pub fn get(&self, path: &str) -> Answer {
        self.say(&format!(
            "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nCookie: {}\r\n\r\n",
            self.port, self.cookie
        ))
    }

    /// What the page does.
    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.post_with(path, &body.to_string(), &format!("http://127.0.0.1:{}", self.port))
    }

    pub fn post_with(&self, path: &str, body: &str, origin: &str) -> Answer {
        self.say(&format!(
            "POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nCookie: {}\r\nOrigin: {origin}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.port,
            self.cookie,
            body.len()
        ))
    }

    /// A proposal.
    pub fn proposal(&self, id: &str) -> Value {
        let answer = self.get(&format!("/api/proposal?id={id}"));
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.json()
    }

    /// Edits a proposal as it is now: `change` makes the wish that is sent.
    pub fn edit(&self, id: &str, by: &str, change: impl FnOnce(&mut Value)) -> Answer {
        let proposal = self.proposal(id);
        let mut wish = proposal["wish"].clone();
        change(&mut wish);
        let body = json!({ "id": id, "version": proposal["version"], "wish": wish, "by": by, "window": by });
        self.post("/api/edit", &body)
    }

    /// Ends the server as a power cut does.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Contacts with proposals to decide on, and HTML in one of them.
pub const CONTACTS: &str = "No.,First name,Last name,E-mail,Phone,City
1,Jan,Berg,jan@berg.example,0470 12 34 56,Gent
2,Jan,Berg,jan@berg.example,0470123456,Gent
3,Els,Dal,els@dal.example,0471 98 76 54,Brugge
4,Els,<img src=x onerror=alert(1)>,els@dal.example,0471 98 76 54,Brugge
5,Piet,Maas,piet@maas.example,0472 11 22 33,Aalst
6,Piet,Maas,piet.maas@mail.example,0472 11 22 33,Aalst
7,Piet,Maes,piet@maas.example,0472112233,Aalst
";

/// A run of the sample data, which has proposals in every lane.
pub fn sample(desk: &Desk, more: &[&str]) -> Folder {
    desk.run("out", &crate::support::samples(), more)
}

/// Ids of proposals of a lane, with how many records each has.
pub fn ids(run: &Folder, lane: &str) -> Vec<(String, usize)> {
    let table = run.table("proposals");
    let (ids, lanes) = (table.column("proposal_id"), table.column("lane"));
    let mut found: Vec<(String, usize)> = Vec::new();
    for (id, _) in ids.iter().zip(&lanes).filter(|(_, of)| **of == lane) {
        match found.iter_mut().find(|(known, _)| known == id) {
            Some((_, count)) => *count += 1,
            None => found.push((id.to_string(), 1)),
        }
    }
    found
}
