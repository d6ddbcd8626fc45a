use proptest::prelude::*;

use super::*;

fn judge(text: &str) -> Result<Option<(Head, usize)>, Refusal> {
    read(text.as_bytes())
}

fn name(host: &str, port: u16) -> Authority {
    Authority { host: Host::Name(host.to_owned()), port }
}

#[test]
fn tunnels_are_read() {
    for text in [
        "CONNECT registry.npmjs.org:443 HTTP/1.1\r\n\r\n",
        "CONNECT Registry.NPMJS.org:443 HTTP/1.0\r\nHost: registry.npmjs.org:443\r\n\r\n",
        "CONNECT registry.npmjs.org:443 HTTP/1.1\r\nhost:\tREGISTRY.npmjs.org \r\nX: y\r\n\r\n",
    ] {
        let expected = Head::Tunnel(name("registry.npmjs.org", 443));
        assert_eq!(judge(text), Ok(Some((expected, text.len()))), "{text}");
    }
    let text = "CONNECT [2606:4700::1]:8443 HTTP/1.1\r\n\r\n\x16\x03\x01";
    let ip = "2606:4700::1".parse().unwrap();
    let expected = Head::Tunnel(Authority { host: Host::Ip(ip), port: 8443 });
    assert_eq!(judge(text), Ok(Some((expected, text.len() - 3))));
}

#[test]
fn plain_requests_are_said_anew() {
    let text = "GET HTTP://Mirror.Local:4873/react?write=true HTTP/1.1\r\nHost: mirror.local:4873\r\n\
                Accept: */*\r\nProxy-Authorization: Basic eA==\r\nConnection: keep-alive, X-Hop\r\n\
                X-Hop: 1\r\nTE: trailers\r\nUpgrade: h2c\r\nExpect: 100-continue\r\n\r\nrest";
    let Ok(Some((Head::Plain(request), length))) = judge(text) else { panic!("not read") };
    assert_eq!(&text[length..], "rest");
    assert_eq!(request.to, name("mirror.local", 4873));
    assert_eq!(
        request.render(),
        "GET /react?write=true HTTP/1.1\r\nHost: mirror.local:4873\r\naccept: */*\r\n\
         connection: close\r\n\r\n"
    );
    let text = "POST http://m?q HTTP/1.1\r\nContent-Length: 12\r\n\r\n";
    let Ok(Some((Head::Plain(request), _))) = judge(text) else { panic!("not read") };
    let said = "POST /?q HTTP/1.1\r\nHost: m\r\ncontent-length: 12\r\nconnection: close\r\n\r\n";
    assert_eq!(request.render(), said);
}

#[test]
fn what_two_readers_read_in_two_ways_is_refused() {
    let tunnel = |target: &str| format!("CONNECT {target} HTTP/1.1\r\n\r\n");
    let targets = [
        "registry.npmjs.org",
        "registry.npmjs.org:",
        "registry.npmjs.org:0",
        "registry.npmjs.org:0443",
        "registry.npmjs.org:+443",
        "registry.npmjs.org:65536",
        "registry.npmjs.org:443:80",
        "registry.npmjs.org:443/",
        "registry.npmjs.org:443@evil.example:443",
        "user:pass@registry.npmjs.org:443",
        "registry.npmjs.org%00.evil.example:443",
        "registry.npmjs.org\t:443",
        "registry.npmjs.org#:443",
        "r\u{e9}gistry.npmjs.org:443",
        "::1:443",
        "[::1]",
        "[::1]443",
        "[::1%lo]:443",
        "[registry.npmjs.org]:443",
        ":443",
        "",
    ];
    let mut texts: Vec<String> = targets.into_iter().map(tunnel).collect();
    let heads = [
        "CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\nHost: a:1\r\n\r\n",
        "CONNECT a:1 HTTP/1.1\r\nHost: b:1\r\n\r\n",
        "CONNECT a:1 HTTP/1.1\r\nHost: a:2\r\n\r\n",
        "CONNECT a:1 HTTP/1.1\r\nHost : a:1\r\n\r\n",
        "CONNECT a:1 HTTP/1.1\r\n Host: b:1\r\n\r\n",
        "CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\tfolded\r\n\r\n",
        "CONNECT a:1 HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc",
        "CONNECT a:1 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "CONNECT a:1 HTTP/1.1\r\nX: a\nHost: b\r\n\r\n",
        "CONNECT a:1 HTTP/1.1\r\nX: a\rHost: b\r\n\r\n",
        "CONNECT a:1 HTTP/1.1\nHost: b\r\n\r\n",
        "CONNECT a:1 HTTP/1.1\r\nX: \0\r\n\r\n",
        "CONNECT a:1 HTTP/1.1\r\nno colon\r\n\r\n",
        "CONNECT a:1 HTTP/1.1\r\n: nameless\r\n\r\n",
        "CONNECT  a:1 HTTP/1.1\r\n\r\n",
        "CONNECT a:1 HTTP/1.1 \r\n\r\n",
        "CONNECT\ta:1 HTTP/1.1\r\n\r\n",
        "CONNECT a:1 HTTP/2.0\r\n\r\n",
        "CONNECT a:1 http/1.1\r\n\r\n",
        "CONNECT a:1\r\n\r\n",
        "\r\nCONNECT a:1 HTTP/1.1\r\n\r\n",
        "\r\n\r\n",
        "G(T http://m/ HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: m\r\n\r\n",
        "GET m/ HTTP/1.1\r\n\r\n",
        "GET https://m/ HTTP/1.1\r\n\r\n",
        "GET ftp://m/ HTTP/1.1\r\n\r\n",
        "GET http:///x HTTP/1.1\r\n\r\n",
        "GET http://m\\@evil/ HTTP/1.1\r\n\r\n",
        "GET http://u@m/ HTTP/1.1\r\n\r\n",
        "GET http://u:p@m/ HTTP/1.1\r\n\r\n",
        "GET http://m:80:81/ HTTP/1.1\r\n\r\n",
        "GET http://m/#x HTTP/1.1\r\n\r\n",
        "GET http://m/ HTTP/1.1\r\nHost: evil\r\n\r\n",
        "GET http://m/ HTTP/1.1\r\nHost: m, evil\r\n\r\n",
        "GET http://m/ HTTP/1.1\r\nHost: m\r\nHost: m\r\n\r\n",
        "POST http://m/ HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "POST http://m/ HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\nabc",
        "POST http://m/ HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
        "POST http://m/ HTTP/1.1\r\nContent-Length: 3, 3\r\n\r\nabc",
        "POST http://m/ HTTP/1.1\r\nContent-Length: +3\r\n\r\nabc",
        "POST http://m/ HTTP/1.1\r\nContent-Length: 0x3\r\n\r\nabc",
        "POST http://m/ HTTP/1.1\r\nContent-Length: -1\r\n\r\nabc",
        "POST http://m/ HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n",
        "POST http://m/ HTTP/1.1\r\nContent-Length:\r\n\r\n",
    ];
    texts.extend(heads.map(str::to_owned));
    for text in texts {
        assert!(matches!(judge(&text), Err(Refusal::Malformed(_))), "{text:?}: {:?}", judge(&text));
    }
    let many = format!("CONNECT a:1 HTTP/1.1\r\n{}\r\n", "X: y\r\n".repeat(MOST_FIELDS + 1));
    assert_eq!(judge(&many), Err(Refusal::TooLong));
}

const WHOLE: &[&str] = &[
    "CONNECT registry.npmjs.org:443 HTTP/1.1\r\nHost: registry.npmjs.org:443\r\nX: y\r\n\r\n",
    "GET http://registry.npmjs.org:443/react HTTP/1.1\r\nHost: registry.npmjs.org:443\r\n\r\n",
    "POST http://registry.npmjs.org:443/x HTTP/1.1\r\nContent-Length: 3\r\n\r\n",
];

/// Whom a head names, as the simplest of readers would tell it.
fn simply(bytes: &[u8]) -> Option<String> {
    let line = bytes.split(|b| *b == b'\r').next()?;
    let target = std::str::from_utf8(line).ok()?.split(' ').nth(1)?.to_lowercase();
    let target = target.strip_prefix("http://").unwrap_or(&target);
    target.split(['/', '?']).next().map(str::to_owned)
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_harm(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        if let Ok(Some((_, length))) = read(&bytes) {
            prop_assert!(length <= bytes.len());
        }
    }

    #[test]
    fn http_like_bytes_are_said_anew_line_by_line(
        method in "(GET|POST|CONNECT|[A-Z!]{1,5})",
        host in "[a-zA-Z0-9.\\-_:@%\\[\\]]{0,12}",
        tail in "[/?#a-z\r\n\t :]{0,12}",
        fields in proptest::collection::vec(("[A-Za-z-]{0,8}", "[ -~\t\r\n]{0,12}"), 0..6),
    ) {
        let fields: String = fields.iter().map(|(n, v)| format!("{n}: {v}\r\n")).collect();
        let text = format!("{method} http://{host}{tail} HTTP/1.1\r\n{fields}\r\n");
        if let Ok(Some((Head::Plain(request), _))) = judge(&text) {
            let said = request.render();
            // One line for each thing said: nothing within a value begins a line of its own.
            let lines = 3 + request.fields.len() + usize::from(request.body.is_some());
            prop_assert_eq!(said.matches("\r\n").count(), lines + 1);
            prop_assert_eq!(said.matches(['\r', '\n']).count(), 2 * (lines + 1));
            prop_assert!(said.ends_with("connection: close\r\n\r\n"));
            prop_assert_eq!(said.to_lowercase().matches("\r\nhost:").count(), 1);
            prop_assert!(!said.to_lowercase().contains("transfer-encoding:"));
        }
    }

    #[test]
    fn a_head_that_is_not_whole_is_waited_for(which in 0..WHOLE.len(), cut in 0.0..1.0_f64) {
        let text = WHOLE[which];
        let at = (text.len() as f64 * cut) as usize;
        prop_assert_eq!(judge(&text[..at]), Ok(None));
        prop_assert!(matches!(judge(text), Ok(Some((_, length))) if length == text.len()));
    }

    #[test]
    fn a_changed_byte_never_hides_whom_it_names(
        which in 0..WHOLE.len(), at in any::<proptest::sample::Index>(), byte in any::<u8>(), insert in any::<bool>(),
    ) {
        let mut bytes = WHOLE[which].as_bytes().to_vec();
        let at = at.index(bytes.len());
        if insert { bytes.insert(at, byte) } else { bytes[at] = byte }
        let to = match read(&bytes) {
            Ok(Some((Head::Tunnel(to), _))) => to,
            Ok(Some((Head::Plain(request), _))) => request.to,
            _ => return Ok(()),
        };
        let simple = simply(&bytes).unwrap();
        prop_assert!(simple == to.to_string() || format!("{simple}:80") == to.to_string(), "{} {}", simple, to);
    }

    #[test]
    fn an_authority_is_read_as_it_is_written(host in "[a-z][a-z0-9-]{0,20}(\\.[a-z]{1,5}){0,3}", port in 1..=u16::MAX) {
        let to = name(&host, port);
        prop_assert_eq!(Authority::read(&to.to_string(), None), Ok(to));
    }

    #[test]
    fn an_address_is_read_as_it_is_written(ip in any::<IpAddr>(), port in 1..=u16::MAX) {
        let to = Authority { host: Host::Ip(ip), port };
        prop_assert_eq!(Authority::read(&to.to_string(), None), Ok(to));
    }
}
