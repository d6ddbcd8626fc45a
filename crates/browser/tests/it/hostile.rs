use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use qv_browser::{Answer, Browser, Request, Serve};
use tokio::net::{TcpListener, UdpSocket};

use crate::support::{browser, checked, files, html, page, seen, with};

/// The page tries every way out that there is, and says when it is through.
fn tries(port: u16) -> String {
    format!(
        r#"<h1>x</h1><script>
        const at = '127.0.0.1:{port}';
        const out = [];
        const attempt = (name, work) => {{ try {{ return Promise.resolve(work()).then(() => out.push(name), () => {{}}); }} catch {{ return null; }} }};
        const image = document.createElement('img'); image.src = `http://${{at}}/img`; document.body.append(image);
        const frame = document.createElement('iframe'); frame.src = `http://${{at}}/frame`; document.body.append(frame);
        const link = document.createElement('link'); link.rel = 'stylesheet'; link.href = `https://${{at}}/css`; document.head.append(link);
        for (const rel of ['prefetch', 'preconnect', 'dns-prefetch', 'preload', 'modulepreload']) {{
          const hint = document.createElement('link'); hint.rel = rel; hint.href = `http://${{at}}/${{rel}}`; hint.as = 'script'; document.head.append(hint);
        }}
        new Worker(URL.createObjectURL(new Blob([`fetch('http://${{at}}/worker', {{mode: 'no-cors'}}); importScripts('http://${{at}}/import'); new WebSocket('ws://${{at}}/')`])));
        try {{ new SharedWorker(URL.createObjectURL(new Blob([`fetch('http://${{at}}/shared', {{mode: 'no-cors'}})`]))); }} catch {{}}
        const peer = new RTCPeerConnection({{ iceServers: [{{ urls: `stun:${{at}}` }}, {{ urls: `turn:${{at}}?transport=tcp`, username: 'a', credential: 'b' }}] }});
        peer.createDataChannel('x'); peer.createOffer().then((offer) => peer.setLocalDescription(offer));
        navigator.sendBeacon(`http://${{at}}/beacon`, 'x');
        open(`http://${{at}}/popup`);
        Promise.all([
          attempt('fetch', () => fetch(`http://${{at}}/fetch`)),
          attempt('no-cors', () => fetch(`http://${{at}}/opaque`, {{ mode: 'no-cors' }})),
          attempt('file', () => fetch('file:///etc/passwd')),
          attempt('webtransport', () => new WebTransport(`https://${{at}}/wt`).ready),
          attempt('socket', () => new Promise((yes, no) => {{ const s = new WebSocket(`ws://${{at}}/`); s.onopen = yes; s.onerror = no; }})),
          attempt('xhr', () => new Promise((yes, no) => {{ const x = new XMLHttpRequest(); x.open('GET', `http://localhost:{port}/xhr`); x.onload = yes; x.onerror = no; x.send(); }})),
        ]).then(() => {{ document.title = `tried: ${{out.join()}}`; }});
        </script>"#
    )
}

#[tokio::test]
async fn nothing_is_reached_from_a_page() {
    let Some(browser) = browser() else { return };
    let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = tcp.local_addr().unwrap().port();
    let udp = UdpSocket::bind(("127.0.0.1", port)).await.unwrap();
    let mut visit = page(&tries(port));
    visit.smoke.clear();
    let visit = checked(visit, "open \"/\"\nsee \"x\"\ndon't see \"never\"");
    let sighting = seen(&browser, visit).await;
    assert_eq!(sighting.title, "tried:", "{:?}", sighting.failed_requests);
    assert!(sighting.failed_requests.iter().all(|failed| failed.foreign));
    let reached = async {
        let mut byte = [0; 1];
        tokio::select! {
            _ = tcp.accept() => "tcp",
            _ = udp.recv(&mut byte) => "udp",
        }
    };
    let reached = tokio::time::timeout(Duration::from_millis(1_500), reached).await;
    assert_eq!(reached.ok(), None, "the page got out");
}

#[tokio::test]
async fn a_script_without_an_end_is_ended() {
    let Some(browser) = browser() else { return };
    seen(&browser, page("<p>warm</p>")).await;
    let begun = Instant::now();
    let sighting = seen(&browser, page("<p>x</p><script>while (true) {}</script>")).await;
    assert_eq!(sighting.trouble.as_deref(), Some("a script of the app does not end"));
    assert!(begun.elapsed() < Duration::from_secs(12), "{:?}", begun.elapsed());
    assert!(seen(&browser, page("<h1>After</h1>")).await.painted);
    // And where it begins later.
    let later = page("<button onclick=\"for (;;) {}\">Go</button>");
    let sighting = seen(&browser, checked(later, "open \"/\"\npress \"Go\"\nsee \"x\"")).await;
    let failure = sighting.smoke[0].failure.as_deref().unwrap();
    assert!(failure.starts_with("step "), "{failure}");
    assert!(seen(&browser, page("<h1>After</h1>")).await.painted);
}

#[tokio::test]
async fn dialogs_do_not_hold_it_up() {
    let Some(browser) = browser() else { return };
    let body = "<p id=\"p\">x</p><script>alert('a'); const yes = confirm('b'); const said = prompt('c', 'd'); \
                addEventListener('beforeunload', (event) => { event.preventDefault(); event.returnValue = 'stay'; }); \
                document.title = `${yes} ${said}`</script><button onclick=\"alert('e'); p.textContent = 'pressed'\">Ask</button>";
    let visit = checked(page(body), "open \"/\"\npress \"Ask\"\nsee \"pressed\"");
    let sighting = seen(&browser, checked(visit, "open \"/\"\nsee \"x\"")).await;
    assert_eq!(sighting.title, "true d");
    assert_eq!(sighting.smoke[0].failure, None);
    assert_eq!(sighting.smoke[1].failure, None);
}

#[tokio::test]
async fn windows_downloads_and_floods_are_put_up_with() {
    let Some(browser) = browser() else { return };
    let body = "<p>x</p><script>\
        for (let i = 0; i < 1000; i++) { open('/' + i); open('about:blank'); }\
        for (let i = 0; i < 200; i++) { const a = document.createElement('a'); a.href = URL.createObjectURL(new Blob(['x'.repeat(1e5)])); a.download = i + '.bin'; a.click(); }\
        for (let i = 0; i < 3000; i++) console.error('flood ' + i);\
        for (let i = 0; i < 4100; i++) fetch('/' + i).catch(() => {});\
        </script>";
    let sighting = seen(&browser, page(body)).await;
    assert!(sighting.console.len() <= 30 && sighting.failed_requests.len() <= 30);
    let huge = "<script>for (let i = 0; i < 60000; i++) document.write('<div><span>' + i + '</span></div>')</script>";
    let sighting = seen(&browser, checked(page(huge), "open \"/\"\nsee \"59999\"")).await;
    assert!(sighting.painted, "{:?}", sighting.trouble);
    assert!(seen(&browser, page("<h1>After</h1>")).await.painted);
}

#[tokio::test]
async fn a_page_that_takes_all_memory_is_ended() {
    let Some(browser) = with(|config| config.most_memory = 600 << 20) else { return };
    let body =
        "<p>x</p><script>const all = []; for (;;) all.push(new Uint8Array(2e7).fill(1));</script>";
    let sighting = seen(&browser, page(body)).await;
    assert_eq!(sighting.trouble.as_deref(), Some("the app used up its memory or crashed the page"));
    assert!(seen(&browser, page("<h1>After</h1>")).await.painted);
}

#[tokio::test]
async fn what_a_crash_leaves_undone_is_not_held_against_an_app() {
    let Some(browser) = with(|config| config.most_memory = 600 << 20) else { return };
    let body = "<p>x</p><button onclick=\"const all = []; for (;;) all.push(new Uint8Array(2e7).fill(1))\">Go</button>";
    let visit = checked(page(body), "open \"/\"\nsee \"x\"");
    let visit = checked(visit, "open \"/\"\npress \"Go\"\nsee \"never\"");
    let sighting = seen(&browser, checked(visit, "open \"/\"\nsee \"x\"")).await;
    let failures: Vec<bool> = sighting.smoke.iter().map(|one| one.failure.is_some()).collect();
    assert_eq!(failures, [false, true], "{:?}", sighting.smoke);
}

#[tokio::test]
async fn saying_too_much_ends_nothing() {
    let Some(browser) = browser() else { return };
    let other = tokio::spawn({
        let browser = browser.clone();
        async move { browser.visit(page("<p>x</p><script>fetch('/' + Math.random())</script>")).await }
    });
    // Larger than any message that is heard; what comes after is heard.
    let body =
        "<p>x</p><script>console.error('x'.repeat(70 << 20)); console.error('after')</script>";
    let sighting = seen(&browser, page(body)).await;
    assert!(sighting.painted, "{:?}", sighting.trouble);
    let said: Vec<&str> = sighting.console.iter().map(|one| one.message.as_str()).collect();
    assert_eq!(said, ["after"]);
    assert!(other.await.unwrap().unwrap().painted);
}

/// Answers slowly, and counts how many it answers at once and the largest body.
#[derive(Default)]
struct Slow {
    page: String,
    now: AtomicUsize,
    most: AtomicUsize,
    largest: AtomicUsize,
}

#[async_trait]
impl Serve for Slow {
    async fn answer(&self, request: Request) -> Option<Answer> {
        if request.target == "/" {
            let headers = vec![("content-type".to_owned(), "text/html".to_owned())];
            let body = self.page.clone().into_bytes();
            return Some(Answer { status: 200, headers, body });
        }
        let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(now, Ordering::SeqCst);
        self.largest.fetch_max(request.body.len(), Ordering::SeqCst);
        let slow = if request.body.len() > 1_000_000 { 2_000 } else { 200 };
        tokio::time::sleep(Duration::from_millis(slow)).await;
        self.now.fetch_sub(1, Ordering::SeqCst);
        Some(Answer { status: 200, ..Answer::default() })
    }
}

/// Opens a page that does this, and tells its title.
async fn asking(browser: &Browser, script: &str) -> (String, Arc<Slow>) {
    let script = format!(
        "<p>x</p><script>\
        const post = (host, size) => fetch(host + '/x' + Math.random(), {{ method: 'POST', body: 'x'.repeat(size) }}).then(() => 1, () => 0);\
        const many = (count, host, size) => Promise.all(Array.from({{ length: count }}, () => post(host, size))).then((all) => all.reduce((a, b) => a + b, 0));\
        (async () => {{ {script} }})();\
        </script>"
    );
    let slow = Arc::new(Slow { page: html(&script), ..Slow::default() });
    let mut visit = page("");
    visit.files = Arc::clone(&slow) as _;
    (seen(browser, visit).await.title, slow)
}

#[tokio::test]
async fn few_are_answered_at_once() {
    let Some(browser) = browser() else { return };
    let shared = Arc::new(Slow::default());
    browser.share("shared.test", Arc::clone(&shared) as _);
    let script = "let done = 0; const own = await many(50, '', 10);\
        const other = many(50, 'https://shared.test', 10); other.then(() => { done = 1; }); while (!done) await post('', 1);\
        document.title = [own, await other].join();";
    let (title, slow) = asking(&browser, script).await;
    assert_eq!(title, "50,50");
    assert_eq!(slow.most.load(Ordering::SeqCst), 16);
    // The page asks its own host, too, and both count as one.
    let most = shared.most.load(Ordering::SeqCst);
    assert!((14..=16).contains(&most), "{most}");
}

#[tokio::test]
async fn what_is_sent_along_is_bounded() {
    let Some(browser) = browser() else { return };
    let (_, slow) = asking(&browser, "post('', 3e6); many(10, '', 1.9e6);").await;
    assert_eq!(slow.largest.load(Ordering::SeqCst), 1_900_000);
    let most = slow.most.load(Ordering::SeqCst);
    // Eight of the ten are as much as may wait; the browser asks for an icon by itself.
    assert!((2..=9).contains(&most), "{most}");
}

#[tokio::test]
async fn one_app_keeps_nothing_for_the_next_and_cannot_ask_for_it() {
    let Some(browser) = browser() else { return };
    let body = "<p id=\"p\"></p><script>p.textContent = localStorage.n ? 'kept' : 'fresh'; localStorage.n = 1; \
                document.cookie = 'a=1; domain=test'; document.cookie = 'b=1'</script>";
    let visit = checked(page(body), "open \"/\"\nsee \"fresh\"\nopen \"/\"\nsee \"kept\"");
    let sighting = seen(&browser, checked(visit, "open \"/\"\nsee \"fresh\"")).await;
    assert!(sighting.smoke.iter().all(|one| one.failure.is_none()), "{:?}", sighting.smoke);
    let other = files([(
        "/",
        "text/html",
        html("<p id=\"p\">x</p><script>document.title = document.cookie + '.'</script>"),
    )]);
    assert_eq!(seen(&browser, other).await.title, ".");
}
