//! Collections of files: archives that are opened and such that are refused, and files that are told apart.

use ctem_core::{
    discover::{self, Collection, ReadOptions, read_collection},
    error::Result,
};
use std::io::Write;

const SHOP: &str =
    r#"{"ctem": {"version": 2}, "assets": [{"id": "shop", "kind": "host"}, {"id": "", "kind": "host"}]}"#;
const TEAM: &str = r#"{"ctem": {"version": 2}, "owners": [{"id": "web"}]}"#;

/// A zip archive of deflated files, with the sizes its directory states.
fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, bytes) in files {
        let mut packed = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
        packed.write_all(bytes).unwrap();
        let packed = packed.finish().unwrap();
        let mut crc = flate2::Crc::new();
        crc.update(bytes);
        let mut common = Vec::new();
        for short in [20_u16, 0, 8, 0, 0] {
            common.extend(short.to_le_bytes());
        }
        for long in [crc.sum(), packed.len() as u32, bytes.len() as u32] {
            common.extend(long.to_le_bytes());
        }
        common.extend((name.len() as u16).to_le_bytes());
        common.extend(0_u16.to_le_bytes());
        let start = out.len() as u32;
        out.extend(b"PK\x03\x04");
        out.extend(&common);
        out.extend(name.as_bytes());
        out.extend(&packed);
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&common);
        directory.extend([0; 10]);
        directory.extend(start.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let (start, length, count) = (out.len() as u32, directory.len() as u32, files.len() as u16);
    out.extend(directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend([count.to_le_bytes(), count.to_le_bytes()].concat());
    out.extend([length.to_le_bytes(), start.to_le_bytes()].concat());
    out.extend([0; 2]);
    out
}

fn read(files: &[(&str, &[u8])]) -> Result<Collection> {
    read_collection(files.iter().copied(), &ReadOptions::default())
}

fn code(files: &[(&str, &[u8])]) -> &'static str {
    read(files).unwrap_err().code()
}

#[test]
fn files_in_an_archive_are_read_as_files_beside_it() {
    let archive = zip(&[("a/shop.json", SHOP.as_bytes()), ("a/", b""), ("a/team.json", TEAM.as_bytes())]);
    let packed = read(&[("dump.zip", &archive)]).unwrap();
    let plain = read(&[("dump.zip/a/team.json", TEAM.as_bytes()), ("dump.zip/a/shop.json", SHOP.as_bytes())])
        .unwrap();
    assert_eq!(packed, plain);
    assert_eq!(packed.tally.to_string(), "read 2 = accepted 2 + merged 0 + rejected 0");
    // A record that is rejected is found again.
    assert_eq!(&*packed.reports[0].notes[0].place, "dump.zip/a/shop.json/assets/1/id");

    // What became one report is read as one document too, and what became two is not.
    let one = discover::read(&zip(&[("team.json", TEAM.as_bytes()), ("readme", b"hello")])).unwrap();
    assert_eq!((one.contents.owners.len(), &*one.notes[0].place), (1, "readme"));
    assert_eq!(discover::read(&archive).unwrap_err().code(), "invalid_input");
}

#[test]
fn what_cannot_be_read_is_said_with_its_file() {
    let collection = read(&[("b.txt", b"hello"), ("a.json", b"{"), ("team.json", TEAM.as_bytes())]).unwrap();
    let places: Vec<&str> = collection.notes.iter().map(|note| &*note.place).collect();
    assert_eq!(places, ["a.json, line 1, column 1", "b.txt"]);
    assert_eq!(collection.tally.to_string(), "read 3 = accepted 1 + merged 0 + rejected 2");
    // Where nothing can be read, or everything must be, the first is the error.
    assert_eq!(read(&[("b.txt", b"hello"), ("c.txt", b"bye")]).unwrap_err().place(), Some("b.txt"));
    let strict = ReadOptions { strict: true, ..ReadOptions::default() };
    let files = [("b.txt", &b"hello"[..]), ("team.json", TEAM.as_bytes())];
    assert_eq!(read_collection(files, &strict).unwrap_err().place(), Some("b.txt"));
    let files = [("shop.json", SHOP.as_bytes()), ("team.json", TEAM.as_bytes())];
    assert_eq!(read_collection(files, &strict).unwrap_err().place(), Some("shop.json/assets/1/id"));
}

#[test]
fn an_archive_is_opened_within_limits() {
    let zeros = vec![b' '; 17 << 20];
    let bomb = zip(&[("zeros", &zeros)]);
    assert_eq!(code(&[("bomb.zip", &bomb)]), "limit_exceeded");
    // The limit is that of all files together.
    let most = ReadOptions { most_bytes: SHOP.len() + 1, ..ReadOptions::default() };
    let archive = zip(&[("shop.json", SHOP.as_bytes()), ("team.json", TEAM.as_bytes())]);
    assert_eq!(read_collection([("a.zip", &archive[..])], &most).unwrap_err().code(), "limit_exceeded");
    let files = [("shop.json", SHOP.as_bytes()), ("team.json", TEAM.as_bytes())];
    assert_eq!(read_collection(files, &most).unwrap_err().code(), "limit_exceeded");
    // One level, and no member twice.
    let nested = zip(&[("inner.zip", &archive), ("team.json", TEAM.as_bytes())]);
    assert_eq!(&*read(&[("outer.zip", &nested)]).unwrap().notes[0].place, "outer.zip/inner.zip");
    let one = zip(&[("team.json", TEAM.as_bytes())]);
    let entry = one.len() - 22 - 46 - "team.json".len();
    let mut twice = one.clone();
    twice.splice(one.len() - 22..one.len() - 22, one[entry..one.len() - 22].to_vec());
    let end = twice.len() - 22;
    twice[end + 10] = 2;
    let overlapping = read(&[("twice.zip", &twice)]);
    assert!(overlapping.is_err() || overlapping.unwrap().reports.len() <= 2);
}

#[test]
fn a_bent_or_cut_archive_is_an_error_or_a_note() {
    let archive = zip(&[("shop.json", SHOP.as_bytes()), ("team.json", TEAM.as_bytes())]);
    // Of nothing there is nothing to read.
    assert!(read(&[("cut.zip", &[])]).unwrap().reports.iter().all(|report| report.tally.read == 0));
    for at in 0..archive.len() {
        assert!(at == 0 || read(&[("cut.zip", &archive[..at])]).is_err(), "cut at {at}");
        for bent in [0x00, 0x41, 0xff] {
            let mut bytes = archive.clone();
            bytes[at] = bent;
            if let Ok(collection) = read(&[("bent.zip", &bytes)]) {
                let tally = collection.tally;
                assert_eq!(tally.read, tally.accepted + tally.rejected);
                // What the checksum covers is as it was, or is not read.
                let owners: usize = collection.reports.iter().map(|one| one.contents.owners.len()).sum();
                assert!(owners <= 1);
            }
        }
    }
}
