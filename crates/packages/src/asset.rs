//! Files as they are stored and served.

use std::io::{self, Read as _, Write as _};

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// Good ratio at 100 MB/s and more; the best quality costs fifty times as much for a tenth less.
pub(crate) const QUICK: u32 = 5;
/// For what is compressed once and shipped.
pub(crate) const BEST: u32 = 11;

/// A file to be served. It never changes under its address.
#[derive(Debug, Clone)]
pub struct Asset {
    /// The body.
    pub bytes: Bytes,
    /// For the `Content-Type` header.
    pub content_type: String,
    /// Whether the body is brotli: `Content-Encoding: br`.
    pub br: bool,
}

/// A stored file: how it lies there and what proves that it is whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stored {
    /// Compressed with brotli; pictures and fonts are not.
    pub(crate) br: bool,
    /// Size of what is stored, in bytes.
    pub(crate) size: u64,
    /// Of what is stored, in hex.
    pub(crate) sha256: String,
}

impl Stored {
    /// Compresses what gains by it; answers the bytes to store.
    pub(crate) fn pack(file: &str, bytes: Vec<u8>, quality: u32) -> io::Result<(Self, Vec<u8>)> {
        let br = is_text(file);
        let bytes = if br { compress(&bytes, quality)? } else { bytes };
        let stored = Self { br, size: bytes.len() as u64, sha256: digest(&bytes) };
        Ok((stored, bytes))
    }

    /// Whether these are the bytes that were stored.
    pub(crate) fn is_whole(&self, bytes: &[u8]) -> bool {
        bytes.len() as u64 == self.size && digest(bytes) == self.sha256
    }

    /// Makes a stored file ready for a client.
    pub(crate) fn serve(&self, file: &str, bytes: Bytes, accepts_br: bool) -> Option<Asset> {
        let content_type = content_type(file);
        if self.br && !accepts_br {
            let bytes = decompress(&bytes).ok()?.into();
            return Some(Asset { bytes, content_type, br: false });
        }
        Some(Asset { bytes, content_type, br: self.br })
    }
}

fn digest(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

fn compress(bytes: &[u8], quality: u32) -> io::Result<Vec<u8>> {
    let mut writer = brotli::CompressorWriter::new(Vec::new(), 64 * 1024, quality, 22);
    writer.write_all(bytes)?;
    writer.flush()?;
    Ok(writer.into_inner())
}

fn decompress(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut plain = Vec::new();
    brotli::Decompressor::new(bytes, 64 * 1024).read_to_end(&mut plain)?;
    Ok(plain)
}

fn is_text(file: &str) -> bool {
    let ending = file.rsplit_once('.').map_or("", |(_, ending)| ending);
    matches!(
        ending,
        "js" | "mjs" | "css" | "svg" | "json" | "gltf" | "wasm" | "ttf" | "otf" | "eot" | "bin"
    )
}

fn content_type(file: &str) -> String {
    let guess = mime_guess::from_path(file).first_or_octet_stream();
    let charset = guess.type_() == "text" || guess.subtype() == "json";
    if charset { format!("{guess}; charset=utf-8") } else { guess.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_are_compressed_and_come_back() {
        let code = "export default 1;\n".repeat(500).into_bytes();
        let (stored, packed) = Stored::pack("x.js", code.clone(), QUICK).unwrap();
        assert!(stored.br && packed.len() < 100 && stored.is_whole(&packed));
        let plain = stored.serve("x.js", packed.clone().into(), false).unwrap();
        assert_eq!((plain.bytes.as_ref(), plain.br), (code.as_slice(), false));
        let br = stored.serve("x.js", packed.into(), true).unwrap();
        assert!(br.br && br.content_type.starts_with("text/javascript"));
    }

    #[test]
    fn pictures_stay_as_they_are() {
        let (stored, packed) = Stored::pack("x.woff2", vec![1, 2, 3], QUICK).unwrap();
        assert_eq!((stored.br, packed.as_slice()), (false, &[1, 2, 3][..]));
        let asset = stored.serve("x.woff2", packed.into(), true).unwrap();
        assert_eq!((asset.content_type.as_str(), asset.br), ("font/woff2", false));
    }

    #[test]
    fn a_damaged_file_is_noticed() {
        let (stored, mut packed) = Stored::pack("x.js", b"let a;".to_vec(), QUICK).unwrap();
        packed[0] ^= 1;
        assert!(!stored.is_whole(&packed));
    }
}
