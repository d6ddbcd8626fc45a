//! A mail server that keeps what it is given: enough of SMTP for a client to be sure that it was taken.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// A message as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// `MAIL FROM`.
    pub from: String,
    /// `RCPT TO`.
    pub to: Vec<String>,
    /// Headers and body; soft line breaks of quoted-printable are undone.
    pub text: String,
}

/// The mail server. Ends with the test's runtime.
#[derive(Debug)]
pub struct MailSink {
    address: SocketAddr,
    kept: Arc<watch::Sender<Vec<Mail>>>,
}

impl MailSink {
    /// One on a free loopback port.
    ///
    /// # Errors
    /// When there is none.
    pub async fn serve() -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let kept = Arc::new(watch::Sender::new(Vec::new()));
        let sink = kept.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let sink = sink.clone();
                // A client that hangs up in the middle has sent nothing.
                tokio::spawn(async move { drop(talk(stream, &sink).await) });
            }
        });
        Ok(Self { address, kept })
    }

    /// Its address for a client, without encryption.
    #[must_use]
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// What came so far.
    #[must_use]
    pub fn mails(&self) -> Vec<Mail> {
        self.kept.borrow().clone()
    }

    /// Waits until so many have come; all of them.
    pub async fn wait_for(&self, count: usize) -> Vec<Mail> {
        let mut heard = self.kept.subscribe();
        match heard.wait_for(|mails| mails.len() >= count).await {
            Ok(mails) => mails.clone(),
            Err(_) => Vec::new(),
        }
    }
}

async fn talk(stream: TcpStream, sink: &watch::Sender<Vec<Mail>>) -> std::io::Result<()> {
    let (reading, mut writing) = stream.into_split();
    let mut lines = BufReader::new(reading).lines();
    writing.write_all(b"220 sink ESMTP\r\n").await?;
    let mut mail = Mail { from: String::new(), to: Vec::new(), text: String::new() };
    while let Some(line) = lines.next_line().await? {
        let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        let path = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
        let answer: &[u8] = match verb.as_str() {
            "EHLO" | "HELO" => b"250 sink\r\n",
            "MAIL" => {
                mail = Mail { from: path, to: Vec::new(), text: String::new() };
                b"250 ok\r\n"
            }
            "RCPT" => {
                mail.to.push(path);
                b"250 ok\r\n"
            }
            "DATA" => {
                writing.write_all(b"354 go on\r\n").await?;
                while let Some(line) = lines.next_line().await?.filter(|line| line != ".") {
                    mail.text.push_str(line.strip_prefix('.').unwrap_or(&line));
                    mail.text.push('\n');
                }
                mail.text = mail.text.replace("=\n", "").replace("=3D", "=");
                sink.send_modify(|mails| mails.push(mail.clone()));
                b"250 kept\r\n"
            }
            "QUIT" => {
                writing.write_all(b"221 bye\r\n").await?;
                return Ok(());
            }
            "RSET" | "NOOP" => b"250 ok\r\n",
            _ => b"500 not known\r\n",
        };
        writing.write_all(answer).await?;
    }
    Ok(())
}
