//! Who gets an answer: this machine's own name, a link that is used once, then a cookie.

use axum::http::{HeaderMap, Method, header};
use std::io;
use std::sync::Mutex;

/// Bytes of a secret: 256 bits.
const SECRET_BYTES: usize = 32;

/// Links that were made and not used: more than a team opens, few enough to stay a short list.
const MOST_LINKS: usize = 32;

/// What is asked of every request.
pub struct Guard {
    port: u16,
    /// What the cookie holds.
    secret: String,
    /// Tokens that were not used yet.
    tokens: Mutex<Vec<String>>,
}

/// Why a request gets no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// It names another host: a page of another site that points its name at this machine.
    Host,
    /// A page of another origin sent it.
    Origin,
    /// No cookie of ours, or a wrong one.
    Cookie,
}

impl Guard {
    /// Draws the secrets.
    ///
    /// Errors: the system has no randomness.
    pub fn new(port: u16) -> io::Result<Self> {
        Ok(Self { port, secret: secret()?, tokens: Mutex::new(vec![secret()?]) })
    }

    /// The address with the token that was made last.
    pub fn link(&self) -> String {
        let tokens = self.tokens.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let token = tokens.last().map_or("", String::as_str);
        format!("http://127.0.0.1:{}/?token={token}", self.port)
    }

    /// Makes another link, for one more browser.
    ///
    /// Errors: the system has no randomness.
    pub fn invite(&self) -> io::Result<String> {
        let token = secret()?;
        {
            let mut tokens = self.tokens.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            if tokens.len() >= MOST_LINKS {
                tokens.remove(0);
            }
            tokens.push(token);
        }
        Ok(self.link())
    }

    /// The `Set-Cookie` for a token, which is good once.
    pub fn exchange(&self, token: &str) -> Option<String> {
        let mut tokens = self.tokens.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        // Every one is looked at, so that the time says nothing.
        let mut found = None;
        for (at, known) in tokens.iter().enumerate() {
            if is_same(known, token) {
                found = Some(at);
            }
        }
        tokens.remove(found?);
        Some(format!("{}={}; HttpOnly; SameSite=Strict; Path=/", self.cookie(), self.secret))
    }

    /// Browsers keep cookies per host, not per port; two runs are reviewed side by side.
    fn cookie(&self) -> String {
        format!("alike_{}", self.port)
    }

    /// Whether a request is for this server and from its own page, cookie apart.
    pub fn is_own(&self, method: &Method, headers: &HeaderMap) -> Result<(), Refused> {
        let hosts = ["127.0.0.1", "localhost"].map(|name| format!("{name}:{}", self.port));
        let text = |name| headers.get_all(name).iter().map(|value| value.to_str().unwrap_or_default());
        let mut host = text(header::HOST);
        if !host.next().is_some_and(|host| hosts.iter().any(|own| own.eq_ignore_ascii_case(host)))
            || host.next().is_some()
        {
            return Err(Refused::Host);
        }
        let own = |origin: &str| hosts.iter().any(|host| origin == format!("http://{host}"));
        let reads = matches!(*method, Method::GET | Method::HEAD);
        let mut origins = text(header::ORIGIN).peekable();
        if (!reads && origins.peek().is_none()) || !origins.all(own) {
            return Err(Refused::Origin);
        }
        Ok(())
    }

    /// Whether a request has the cookie.
    pub fn has_cookie(&self, headers: &HeaderMap) -> Result<(), Refused> {
        let name = self.cookie();
        let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let values =
            cookies.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
        let mut found = false;
        for (key, value) in values {
            found |= key == name && is_same(&self.secret, value);
        }
        if found { Ok(()) } else { Err(Refused::Cookie) }
    }
}

/// Compares in a time that does not tell how much of it is right.
fn is_same(secret: &str, given: &str) -> bool {
    let (secret, given) = (secret.as_bytes(), given.as_bytes());
    let mut difference = secret.len() ^ given.len();
    for (at, byte) in secret.iter().enumerate() {
        difference |= usize::from(byte ^ given.get(at).copied().unwrap_or_default());
    }
    std::hint::black_box(difference) == 0
}

fn secret() -> io::Result<String> {
    let mut bytes = [0; SECRET_BYTES];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn a_link_is_good_once() {
        let guard = Guard::new(4711).unwrap();
        let link = guard.link();
        let token = link.rsplit_once('=').unwrap().1;
        assert!(guard.exchange("").is_none() && guard.exchange(&token[1..]).is_none());
        let cookie = guard.exchange(token).unwrap();
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"));
        assert!(guard.exchange(token).is_none());
        let mut headers = HeaderMap::new();
        assert_eq!(guard.has_cookie(&headers), Err(Refused::Cookie));
        let pair = cookie.split(';').next().unwrap();
        headers.insert(header::COOKIE, HeaderValue::from_str(&format!("a=b; {pair}")).unwrap());
        assert_eq!(guard.has_cookie(&headers), Ok(()));
        let other = guard.invite().unwrap();
        assert!(guard.exchange(other.rsplit_once('=').unwrap().1).is_some());
    }

    #[test]
    fn secrets_are_compared_whole() {
        assert!(is_same("abc", "abc"));
        for wrong in ["", "ab", "abcd", "abd", "bbc"] {
            assert!(!is_same("abc", wrong), "{wrong}");
        }
    }
}
