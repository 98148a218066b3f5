//! Documents that end before they should, as where a download ended early: what is whole before the end is used.
//!
//! JSON is closed where its last whole value ends, and the way to what was open is kept: a record that this way leads into is not
//! whole, and is not taken. Of XML the tree itself says which elements were still open. That the document was cut off counts as one
//! rejected record, so that nobody takes what it no longer lists for gone.

use crate::error::Error;

/// What is known of where a document ends too early.
#[derive(Debug, Clone)]
pub(crate) struct Cut {
    /// The pointer to the innermost list or object that was still open; none where all that is left is whole.
    within: Option<String>,
    /// Where the document ends, for people.
    place: String,
    /// What is wrong with the document as a whole.
    error: Error,
}

/// JSON that is closed where it was cut, and where that was.
pub(super) struct Closed {
    pub(super) text: String,
    pub(super) cut: Cut,
}

impl Cut {
    /// Where a document ends whose open parts are told by other means: the error says so.
    pub(super) fn at_end(error: Error) -> Self {
        Self { within: None, place: error.place().unwrap_or_default().to_owned(), error }
    }

    /// Whether the cut goes through the record at this place.
    pub(super) fn goes_through(&self, place: &str) -> bool {
        self.within.as_deref().and_then(|within| within.strip_prefix(place)).is_some_and(|rest| {
            // The next number may begin with the same digit.
            rest.is_empty() || rest.starts_with('/')
        })
    }

    /// What is wrong with the document, where nothing of it can be used.
    pub(super) fn error(&self) -> Error {
        self.error.clone()
    }

    /// The same as the error of one record, where the others are used.
    pub(super) fn rejection(&self) -> Error {
        let end = self.error.place().filter(|end| *end != self.place);
        let at = end.map(|end| format!(" at {end}")).unwrap_or_default();
        let message = format!(
            "the document ends here{at}: it was cut off, and what came after is missing; fetch it again"
        );
        Error::invalid(message).at(&self.place)
    }
}

/// A list or an object that is not closed.
struct Open {
    is_list: bool,
    /// How many elements of a list came before.
    before: usize,
    /// The name that a value stands under, in an object, as it is written.
    name: Option<(usize, usize)>,
    /// Where the last whole value inside ends.
    whole: usize,
}

/// JSON that ends too early, closed: one value, or of several after each other those that are whole. None where nothing is open
/// at its end. Linear.
pub(super) fn closed(text: &str) -> Option<Closed> {
    let bytes = text.as_bytes();
    let (mut open, mut whole): (Vec<Open>, usize) = (Vec::new(), 0);
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let end = match byte {
            b'{' | b'[' => {
                open.push(Open { is_list: *byte == b'[', before: 0, name: None, whole: at + 1 });
                at += 1;
                continue;
            }
            b',' => {
                if let Some(within) = open.last_mut() {
                    within.before += 1;
                    within.name = None;
                }
                at += 1;
                continue;
            }
            b'}' | b']' => {
                open.pop()?;
                at + 1
            }
            b'"' => {
                let Some(end) = text_end(bytes, at + 1) else { break };
                match open.last_mut() {
                    Some(within) if !within.is_list && within.name.is_none() => {
                        within.name = Some((at, end));
                        at = end;
                        continue;
                    }
                    _ => end,
                }
            }
            b':' | b' ' | b'\n' | b'\r' | b'\t' => {
                at += 1;
                continue;
            }
            _ => {
                let is_part = |byte: &u8| !matches!(byte, b',' | b'}' | b']' | b' ' | b'\n' | b'\r' | b'\t');
                let length = bytes.iter().skip(at).take_while(|byte| is_part(byte)).count();
                // What ends with the document may have gone on.
                if at + length == bytes.len() && !open.is_empty() {
                    break;
                }
                at + length.max(1)
            }
        };
        match open.last_mut() {
            Some(within) => within.whole = end,
            None => whole = end,
        }
        at = end;
    }
    let last = open.last()?;
    let several = whole > 0;
    let kept = if several { whole } else { last.whole };
    let mut closed = text.get(..kept)?.to_owned();
    if !several {
        closed.extend(open.iter().rev().map(|open| if open.is_list { ']' } else { '}' }));
    }
    let within = pointer(text, open.split_last().map_or(&[][..], |(_, above)| above));
    let place = if last.is_list { format!("{within}/{}", last.before) } else { within.clone() };
    let (line, column) = position(text);
    let error = Error::malformed("the document ends within a value: the document was cut off")
        .at(format_args!("line {line}, column {column}"));
    let place = if several { format!("line {line}") } else { place };
    let cut = Cut { within: (!several).then_some(within), place, error };
    Some(Closed { text: closed, cut })
}

/// Where a text ends that begins here.
fn text_end(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        match bytes.get(at)? {
            b'"' => return Some(at + 1),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

/// The lines of a table that are whole, where it may end within one, or within a text in quotes.
pub(super) fn whole_lines(text: &str) -> &str {
    let (mut end, mut in_quotes) = (0, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'"' => in_quotes = !in_quotes,
            b'\n' if !in_quotes => end = at + 1,
            _ => {}
        }
    }
    text.get(..end).unwrap_or_default()
}

/// The pointer that leads through what is open.
fn pointer(text: &str, open: &[Open]) -> String {
    let mut pointer = String::new();
    for one in open {
        pointer.push('/');
        match one.name.and_then(|(start, end)| text.get(start..end)) {
            Some(name) => {
                let name: String = serde_json::from_str(name).unwrap_or_default();
                pointer.push_str(&name.replace('~', "~0").replace('/', "~1"));
            }
            None => pointer.push_str(&one.before.to_string()),
        }
    }
    pointer
}

/// The line and column after the last character.
fn position(text: &str) -> (usize, usize) {
    let line = 1 + text.bytes().filter(|byte| *byte == b'\n').count();
    let last = text.rsplit('\n').next().unwrap_or_default();
    (line, last.chars().count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_closed_where_its_last_whole_value_ends() {
        for (text, kept, within) in [
            (r#"{"a": [{"b": 1}, {"b": 2, "c": "x"#, r#"{"a": [{"b": 1}, {"b": 2}]}"#, "/a/1"),
            (r#"{"a": [{"b": 1}, {"b": 2}, "#, r#"{"a": [{"b": 1}, {"b": 2}]}"#, "/a"),
            (r#"{"a": [{"b": 1}], "t": 12"#, r#"{"a": [{"b": 1}]}"#, ""),
            (r#"{"a\/~": [[1, 2], [3, tru"#, r#"{"a\/~": [[1, 2], [3]]}"#, "/a~1~0/1"),
            (r#"{"a": "b\"]}", "c\\"#, r#"{"a": "b\"]}"}"#, ""),
            ("{", "{}", ""),
            ("[[", "[[]]", "/0"),
        ] {
            let closed = closed(text).unwrap();
            assert_eq!((closed.text.as_str(), closed.cut.within.as_deref()), (kept, Some(within)), "{text}");
            assert!(serde_json::from_str::<serde_json::Value>(&closed.text).is_ok(), "{text}");
        }
        let several = closed("{\"a\": 1}\n{\n\"a\": 2}\n{\"a\"").unwrap();
        assert_eq!((several.text.as_str(), several.cut.within), ("{\"a\": 1}\n{\n\"a\": 2}", None));
        assert_eq!(several.cut.place, "line 4");
        for whole in [r#"{"a": [1]}"#, "[]\n[]", "1", "", "]", "{}}", "\"x"] {
            assert!(closed(whole).is_none(), "{whole}");
        }
    }

    #[test]
    fn of_a_table_the_lines_before_its_end_are_whole() {
        for (text, whole) in
            [("a,b\n1,\"x\ny\"\n2,\"z\n", "a,b\n1,\"x\ny\"\n"), ("a,b\n1,2\n3", "a,b\n1,2\n"), ("a,b", "")]
        {
            assert_eq!(whole_lines(text), whole, "{text}");
        }
    }

    #[test]
    fn a_record_is_not_whole_where_the_cut_lies_in_it() {
        let cut = closed(r#"{"r": [{}, {"v": [{"id": "x", "refs": [1, "#).unwrap().cut;
        assert_eq!(cut.within.as_deref(), Some("/r/1/v/0/refs"));
        for (place, through) in
            [("", true), ("/r/1", true), ("/r/1/v/0", true), ("/r/0", false), ("/r/10", false)]
        {
            assert_eq!(cut.goes_through(place), through, "{place}");
        }
    }
}
