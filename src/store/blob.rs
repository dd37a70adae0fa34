//! Bytes as text: compressed, then in base64.

use std::io::{Read, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serializer};

/// A few kilobytes of zeros could unpack to all memory; no record of a run has more than this.
const LONGEST: u64 = 64 << 20;

/// Compresses bytes as a zlib stream.
pub(super) fn packed(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes)?;
    encoder.finish()
}

/// Undoes [`packed`].
pub(super) fn unpacked(packed: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    ZlibDecoder::new(packed).take(LONGEST).read_to_end(&mut bytes)?;
    Ok(bytes)
}

pub(super) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    let packed = packed(bytes).map_err(serde::ser::Error::custom)?;
    serializer.serialize_str(&STANDARD.encode(packed))
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let packed = STANDARD.decode(text).map_err(D::Error::custom)?;
    unpacked(&packed).map_err(D::Error::custom)
}
