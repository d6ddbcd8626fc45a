//! What standing at the door costs: signing in, known or not, and what a route asks before its handler works.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use reqwest::{Client, Method, RequestBuilder};
use serde_json::json;

use super::figures::{middle_and_worst, percentile};
use super::http::Owner;
use super::program::{Program, Setup};
use super::{Fault, Result, say};

/// Somebody known and somebody unknown must not be told apart by time: OWASP ASVS 6.3.8.
const APART: Duration = Duration::from_millis(5);
/// What session, rule and limit may add to a request.
const OVERHEAD: Duration = Duration::from_millis(1);
const KNOWN: &str = "ada@example.org";
const UNKNOWN: &str = "nobody@example.org";

async fn start(binary: PathBuf) -> Result<(Program, Owner, Client)> {
    let unlimited = ["CHANGES", "TURNS", "SIGN_INS"]
        .map(|name| (format!("QUICKVIBE_{name}_PER_MINUTE"), "1000000000".to_owned()));
    let setup = Setup { binary, database_url: "sqlite".to_owned(), env: unlimited.into() };
    let server = Program::start(setup).await?;
    let owner = Owner::sign_in(server.address(), &server.setup_token).await?;
    let http = Client::builder().no_proxy().build();
    Ok((server, owner, http.map_err(|error| Fault::Server(error.to_string()))?))
}

/// Tries wrong passwords of somebody known and of somebody unknown, `tries` of each by turns; whether their medians
/// are less than 5 ms apart.
///
/// # Errors
/// When the server does not come up, or answers otherwise than a wrong password is answered.
pub async fn login(binary: PathBuf, tries: u32) -> Result<bool> {
    let (server, owner, http) = start(binary).await?;
    let account = json!({ "email": KNOWN });
    owner.must(Method::PATCH, "/api/account", Some(&account)).await?;
    let password = json!({ "new": "correct horse battery staple" });
    owner.must(Method::POST, "/api/auth/password", Some(&password)).await?;
    let address = server.address();
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for number in 0..tries + 5 {
        for (email, times) in [(KNOWN, &mut known), (UNKNOWN, &mut unknown)] {
            // Each from another address, for five wrong ones from one lock the account for it.
            let from = Ipv4Addr::from(0xC612_0000 + number);
            let request = asked(&http, address, Method::POST, "/api/auth/login")
                .header("x-forwarded-for", from.to_string())
                .json(&json!({ "email": email, "password": "wrong horse battery staple" }));
            let took = timed(request, 401).await?;
            // The first ones warm up.
            if number >= 5 {
                times.push(took);
            }
        }
    }
    let (known, _) = middle_and_worst(&mut known);
    let (unknown, _) = middle_and_worst(&mut unknown);
    let apart = known.abs_diff(unknown);
    say(&format!(
        "login: {tries} wrong passwords of somebody known, {tries} of somebody unknown, by turns, one at a time\n  \
         medians: known {:.1} ms, unknown {:.1} ms, {:.2} ms apart (limit {} ms)",
        millis(known),
        millis(unknown),
        millis(apart),
        APART.as_millis()
    ));
    Ok(apart < APART)
}

/// Compares a route that asks everything a route can (session, renewal, count, token, role in the project) and then
/// refuses its body unread, to one that asks nothing; whether the difference of their 95th percentiles is below 1 ms.
///
/// # Errors
/// When the server does not come up, or answers otherwise than expected.
pub async fn overhead(binary: PathBuf, requests: u32) -> Result<bool> {
    let (server, owner, http) = start(binary).await?;
    let project = owner.make_project("Door").await?;
    let path = format!("/api/projects/{project}");
    let (mut bare, mut guarded) = (Vec::new(), Vec::new());
    for number in 0..requests + 200 {
        let nothing = asked(&http, server.address(), Method::GET, "/health/live");
        let everything =
            owner.headed(asked(&http, server.address(), Method::PATCH, &path)).body("{}");
        let (nothing, everything) = (timed(nothing, 204).await?, timed(everything, 415).await?);
        if number >= 200 {
            bare.push(micros(nothing));
            guarded.push(micros(everything));
        }
    }
    bare.sort_unstable();
    guarded.sort_unstable();
    let at = |times: &[u64], percent| Duration::from_micros(percentile(times, percent));
    say(&format!(
        "overhead: {requests} requests of each by turns on one connection; PATCH of a project, refused for its type \
         of body after session, rule and limit, against /health/live\n  \
         p50 {:.3} ms against {:.3} ms, p95 {:.3} ms against {:.3} ms",
        millis(at(&guarded, 50.0)),
        millis(at(&bare, 50.0)),
        millis(at(&guarded, 95.0)),
        millis(at(&bare, 95.0)),
    ));
    let added = at(&guarded, 95.0).saturating_sub(at(&bare, 95.0));
    say(&format!("  added at p95: {:.3} ms (limit {} ms)", millis(added), OVERHEAD.as_millis()));
    Ok(added < OVERHEAD)
}

fn asked(http: &Client, address: SocketAddr, method: Method, path: &str) -> RequestBuilder {
    let host = format!("localhost:{}", address.port());
    http.request(method, format!("http://{address}{path}")).header("host", host)
}

/// From sending to the last byte of the answer.
async fn timed(request: RequestBuilder, expected: u16) -> Result<Duration> {
    let began = Instant::now();
    let broken = |error: reqwest::Error| Fault::Server(error.to_string());
    let answer = request.send().await.map_err(broken)?;
    let status = answer.status().as_u16();
    let body = answer.bytes().await.map_err(broken)?;
    let took = began.elapsed();
    if status == expected {
        return Ok(took);
    }
    Err(Fault::Server(format!(
        "{status} in place of {expected}: {}",
        String::from_utf8_lossy(&body)
    )))
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}
