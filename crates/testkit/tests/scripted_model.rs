//! The scripted model as a process of its own.

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader, Read, Write};
    use std::net::TcpStream;
    use std::process::{Child, Command, Stdio};

    use serde_json::{Value, json};

    struct Process {
        child: Child,
        port: u16,
    }

    impl Drop for Process {
        fn drop(&mut self) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }

    fn start(script: &Value) -> Process {
        let mut child = Command::new(env!("CARGO_BIN_EXE_scripted-model"))
            .arg("-")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(script.to_string().as_bytes()).unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Process { port: line.trim().parse().unwrap(), child }
    }

    impl Process {
        fn send(&self, method: &str, path: &str, body: &str) -> TcpStream {
            let mut socket = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
            let length = body.len();
            write!(
                socket,
                "{method} {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer k\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
            )
            .unwrap();
            socket
        }

        fn call(&self, method: &str, path: &str, body: &str) -> String {
            let mut text = String::new();
            self.send(method, path, body).read_to_string(&mut text).unwrap();
            text
        }

        fn control(&self) -> Value {
            let answer = self.call("GET", "/control/requests", "");
            serde_json::from_str(answer.split("\r\n\r\n").nth(1).unwrap()).unwrap()
        }
    }

    fn chat(text: &str) -> String {
        json!({
            "model": "scripted-1", "stream": true, "max_tokens": 5,
            "messages": [{ "role": "system", "content": "s" }, { "role": "user", "content": text }],
        })
        .to_string()
    }

    #[test]
    fn it_answers_by_words_holds_and_tells_what_it_was_asked() {
        let process = start(&json!({
            "models": ["scripted-1"],
            "rules": [
                { "when": "timer", "replies": [{ "text": "tick tock", "hold_after": 4 }] },
                { "replies": [{ "text": "anything" }], "repeat": true },
            ],
        }));
        assert!(process.call("GET", "/v1/models", "").contains("scripted-1"));
        for _ in 0..2 {
            let other = process.call("POST", "/v1/chat/completions", &chat("a game"));
            assert!(other.contains("anything") && other.contains("[DONE]"), "{other}");
        }

        let mut held =
            BufReader::new(process.send("POST", "/v1/chat/completions", &chat("a timer")));
        let mut before = String::new();
        while !before.contains("tick") {
            assert!(held.read_line(&mut before).unwrap() > 0, "{before}");
        }
        while process.control()["held"] == 0 {
            std::thread::yield_now();
        }
        assert!(!before.contains("tock"));
        process.call("POST", "/control/release", "");
        let mut after = String::new();
        held.read_to_string(&mut after).unwrap();
        assert!(after.contains("tock") && after.contains("[DONE]"), "{after}");

        process.call("POST", "/v1/chat/completions", r#"{"model":"scripted-1"}"#);
        let control = process.control();
        assert_eq!(control["requests"][2]["last_user"], "a timer");
        assert_eq!(control["requests"][2]["outcome"], "said");
        assert_eq!(control["requests"][0]["violations"], json!([]));
        assert_eq!(control["unused"], 0);
        assert!(control["violations"].to_string().contains("request 3: stream: not true"));

        process.call("POST", "/control/script", r#"{"rules":[{"replies":[{"text":"anew"}]}]}"#);
        assert!(process.call("POST", "/v1/chat/completions", &chat("x")).contains("anew"));
    }

    #[test]
    fn a_wrong_script_is_named_and_ends_it() {
        let mut child = Command::new(env!("CARGO_BIN_EXE_scripted-model"))
            .arg("-")
            .stdin(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(br#"{"rulez": []}"#).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(!output.status.success());
        let message = String::from_utf8(output.stderr).unwrap();
        assert!(message.contains("unknown field `rulez`"), "{message}");
    }
}
