//! A forward proxy as people write it first: whoever asks is connected.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

pub(crate) fn proxy() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || serve(stream));
        }
    });
    address
}

/// Takes the last authority of the first line that it finds, and in absolute form the rest as it comes.
fn serve(mut client: TcpStream) -> Option<()> {
    client.set_read_timeout(Some(Duration::from_secs(1))).ok()?;
    let mut bytes = [0; 8192];
    let read = client.read(&mut bytes).ok()?;
    let text = String::from_utf8_lossy(&bytes[..read]).into_owned();
    let line = text.lines().next()?;
    let target = line.split([' ', '\t']).nth(1)?;
    let target = target.trim_start_matches("http://").split('/').next()?;
    let target = target.rsplit('@').next()?;
    let mut other = TcpStream::connect(target).ok()?;
    other.set_read_timeout(Some(Duration::from_secs(1))).ok()?;
    if line.starts_with("CONNECT") {
        client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").ok()?;
    } else {
        other.write_all(&bytes[..read]).ok()?;
    }
    let (mut from, mut to) = (client.try_clone().ok()?, other.try_clone().ok()?);
    std::thread::spawn(move || std::io::copy(&mut from, &mut to));
    std::io::copy(&mut other, &mut client).ok()?;
    client.shutdown(std::net::Shutdown::Both).ok()
}
