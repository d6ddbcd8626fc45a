//! Letting go of a stream ends the call at the provider.

use futures_util::StreamExt;
use qv_domain::chat::ChatEvent;
use qv_llm::{ChatModel, Credentials};
use qv_testkit::model_server::{Ending, ModelServer, Outcome, Reply};

use crate::support::{DIALECTS, KEY, provider, request};

#[tokio::test]
async fn dropping_a_stream_closes_the_connection() {
    for dialect in DIALECTS {
        let server = ModelServer::start().await;
        server.script([Reply::text("one two three").hold_after(3)]);
        let provider = provider(dialect, &server);
        let mut stream = provider.stream(&request(), &Credentials::with_key(KEY)).await.unwrap();
        assert_eq!(stream.next().await.unwrap().unwrap(), ChatEvent::Text("one".to_owned()));
        server.wait_until_held(1).await;
        drop(stream);
        assert_eq!(server.outcome(0).await, Outcome::Disconnected, "{dialect:?}");
        server.finish().await;
    }
}

#[tokio::test]
async fn dropping_a_call_that_nobody_answered_yet_closes_the_connection() {
    for dialect in DIALECTS {
        let server = ModelServer::start().await;
        server.script([Reply::raw::<&str>([]).ending(Ending::Silence)]);
        let provider = provider(dialect, &server);
        let credentials = Credentials::with_key(KEY);
        let asked = request();
        let mut call = Box::pin(async {
            let mut stream = provider.stream(&asked, &credentials).await?;
            stream.next().await.transpose()
        });
        tokio::select! {
            ended = &mut call => panic!("{ended:?}"),
            () = server.wait_for_requests(1) => {}
        }
        drop(call);
        assert_eq!(server.outcome(0).await, Outcome::Disconnected, "{dialect:?}");
        server.finish().await;
    }
}

#[tokio::test]
async fn a_held_stream_goes_on_when_it_is_released() {
    for dialect in DIALECTS {
        let server = ModelServer::start().await;
        server.script([Reply::text("one two").hold_after(3)]);
        let provider = provider(dialect, &server);
        let mut stream = provider.stream(&request(), &Credentials::with_key(KEY)).await.unwrap();
        assert_eq!(stream.next().await.unwrap().unwrap(), ChatEvent::Text("one".to_owned()));
        server.wait_until_held(1).await;
        server.release();
        assert_eq!(stream.next().await.unwrap().unwrap(), ChatEvent::Text(" two".to_owned()));
        while stream.next().await.is_some() {}
        assert_eq!(server.outcome(0).await, Outcome::Said);
        server.finish().await;
    }
}
