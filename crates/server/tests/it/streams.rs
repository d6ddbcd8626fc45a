//! A generation's log, followed from any place.

use qv_store::{on_both_databases, testing::TestDb};
use qv_testkit::TestApp;
use qv_testkit::app::{EventStream, Heard};
use qv_testkit::cuts::Stream;
use qv_testkit::model_server::Reply;
use serde_json::json;

use crate::{UNLIKE_ANY_STARTER, file, last, page, with_model};

async fn a_finished_log(db: TestDb) {
    let app = TestApp::on(db, crate::usual()).await;
    let owner = app.owner().await;
    let built = owner.build("a pomodoro timer with statistics, dark").await;
    let whole = owner.events(&built.generation).await.to_end().await;
    last(&whole, "done");
    assert_eq!(whole.iter().filter(|event| event.kind == "done").count(), 1);
    for (event, number) in whole.iter().zip(1_u64..) {
        assert_eq!((event.id, &event.data["seq"]), (number, &json!(number)));
        assert_eq!(event.data["type"], event.kind.as_str());
    }
    assert_eq!(whole[0].kind, "generation_started");

    let path = format!("/api/generations/{}/events", built.generation);
    for known in 0..=whole.len() {
        let rest = &whole[known..];
        let asked = owner.listen(&format!("{path}?after={known}")).await.to_end().await;
        assert_eq!(asked, rest, "after {known}");
        let resumed = owner.ask("GET", &path).header("last-event-id", &known.to_string());
        assert_eq!(EventStream::open(resumed).await.to_end().await, rest, "resumed at {known}");
    }
    // A browser says what it has seen; that goes before an address that is older.
    let both = owner.ask("GET", &format!("{path}?after=0")).header("last-event-id", "3");
    assert_eq!(EventStream::open(both).await.to_end().await, &whole[3..]);
    // A number that was never given has nothing after it.
    assert_eq!(owner.listen(&format!("{path}?after=99999")).await.to_end().await, []);

    let generation = owner.get(&format!("/api/generations/{}", built.generation)).await.json();
    assert_eq!(generation["status"], "done");
    assert_eq!(generation["last_seq"], whole.len());
}

on_both_databases! {
    async fn a_finished_log_is_told_from_any_place(db) {
        a_finished_log(db).await;
    }
}

#[tokio::test]
async fn two_who_follow_hear_the_same_and_one_who_comes_late_too() {
    let (models, _app, owner) = with_model().await;
    models.script([Reply::text(file("src/App.tsx", &page("Héllo"))).hold_after(60)]);
    let built = owner.build(UNLIKE_ANY_STARTER).await;
    let early = owner.events(&built.generation).await;
    models.wait_until_held(1).await;
    let mut halfway = owner.events(&built.generation).await;
    let mut heard = halfway.until("text_delta").await;
    let cut = heard.last().unwrap().id;
    drop(halfway);
    models.release();
    let early = early.to_end().await;
    let path = format!("/api/generations/{}/events?after={cut}", built.generation);
    heard.extend(owner.listen(&path).await.to_end().await);
    let late = owner.events(&built.generation).await.to_end().await;
    last(&early, "done");
    assert_eq!(heard, early, "reconnecting leaves no gap and repeats nothing");
    assert_eq!(late, early);
    assert!(early.iter().zip(1_u64..).all(|(event, number)| event.id == number));
    models.finish().await;
}

#[tokio::test]
async fn a_log_that_goes_away_ends_its_streams() {
    let (models, _app, owner) = with_model().await;
    models.script([Reply::text(file("src/App.tsx", &page("x"))).hold_after(10)]);
    let built = owner.build(UNLIKE_ANY_STARTER).await;
    let stream = owner.events(&built.generation).await;
    models.wait_until_held(1).await;
    owner.delete(&format!("/api/projects/{}", built.project)).await.expect(204);
    let heard: Vec<Heard> = stream.to_end().await;
    assert!(heard.iter().all(|event| event.kind != "done"));
    let gone = owner.get(&format!("/api/generations/{}/events", built.generation)).await;
    gone.expect_problem(404, "not_found");
}

/// `cargo xtask bench cut` cuts after every single byte, which takes minutes.
#[tokio::test(flavor = "multi_thread")]
async fn a_connection_cut_at_any_byte_is_taken_up_without_a_gap() {
    let (models, app, owner) = with_model().await;
    let files = (0..50).map(|number| file(&format!("src/{number}.ts"), "export {};\n"));
    let files: String = files.collect();
    let answer = Reply::text(format!("{files}{}", file("src/App.tsx", &page("Héllo"))));
    // So many files are reviewed.
    models.script([answer, Reply::text("<ok/>")]);
    let built = owner.build(UNLIKE_ANY_STARTER).await;
    last(&owner.events(&built.generation).await.to_end().await, "done");
    let stream = Stream {
        address: app.address,
        path: format!("/api/generations/{}/events", built.generation),
        headers: owner.header_lines(),
    };
    let (whole, bytes) = stream.whole().await.unwrap();
    assert!(whole.len() >= 200 && bytes > 20_000, "{} events, {bytes} bytes", whole.len());
    // Every byte of the first events and the last ones, and of what lies between every 97th, at each phase of an event.
    let ends = (0..300).chain(bytes - 300..=bytes);
    let broken = stream.cut(&whole, ends.chain((300..bytes - 300).step_by(97))).await.unwrap();
    assert_eq!(broken, []);
    models.finish().await;
}
