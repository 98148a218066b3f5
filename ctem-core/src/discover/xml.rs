//! XML as a plain tree: elements, attributes, text. Entities other than the five of XML itself are never expanded, and
//! nothing outside the document is ever looked at.

use crate::error::{Error, ErrorKind, Result, quoted};
use quick_xml::{Reader, XmlVersion, events::Event};
use std::collections::HashMap;

/// An element, its attributes, its text and the elements inside it.
#[derive(Debug, Default)]
pub(crate) struct Element {
    /// The name without its prefix.
    pub(crate) name: Box<str>,
    /// The line it begins on.
    pub(crate) line: usize,
    /// All text directly inside it, CDATA included, trimmed.
    pub(crate) text: String,
    /// The elements directly inside it.
    pub(crate) children: Vec<Element>,
    /// Whether the document ends before it does.
    pub(crate) is_cut: bool,
    attributes: Vec<(Box<str>, Box<str>)>,
}

const DEEPEST: usize = 128;

impl Element {
    /// The root element of a document.
    ///
    /// # Errors
    /// `malformed` where it is not well-formed, declares entities, or uses one that XML does not define;
    /// `limit_exceeded` when elements nest more than 128 deep.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let (root, cut) = Self::parse_so_far(text)?;
        cut.map_or(Ok(root), Err)
    }

    /// The same of a document that may end too early: what of it there is, and then an error that says so. What was still open is
    /// marked as cut.
    ///
    /// # Errors
    /// As [`Self::parse`], but for a document that ends too early.
    pub(super) fn parse_so_far(text: &str) -> Result<(Self, Option<Error>)> {
        let mut reader = Reader::from_str(text);
        let mut lines = Lines { text, line: 1, counted: 0 };
        // The first is a stand-in whose only child will be the root.
        let mut open = vec![Self::default()];
        loop {
            let at = lines.at(usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX));
            let event = match reader.read_event() {
                Err(error) if is_end(&error, text, reader.error_position()) => Event::Eof,
                event => event.map_err(|error| broken(error, at))?,
            };
            match event {
                Event::Start(tag) => {
                    if open.len() > DEEPEST {
                        let message = format!("elements nest more than {DEEPEST} deep: no report does");
                        return Err(
                            Error::new(ErrorKind::LimitExceeded, message).at(format_args!("line {at}"))
                        );
                    }
                    open.push(Self::begin(&tag, at)?);
                }
                Event::Empty(tag) => {
                    let element = Self::begin(&tag, at)?;
                    if let Some(parent) = open.last_mut() {
                        parent.children.push(element);
                    }
                }
                Event::End(_) => {
                    if let Some(mut element) = open.pop() {
                        element.text = element.text.trim().to_owned();
                        match open.last_mut() {
                            Some(parent) => parent.children.push(element),
                            None => return Err(broken("an end tag without its start tag", at)),
                        }
                    }
                }
                Event::Text(text) => {
                    if let Some(element) = open.last_mut() {
                        element.text.push_str(&text.xml10_content());
                    }
                }
                Event::CData(text) => {
                    if let Some(element) = open.last_mut() {
                        element.text.push_str(&text.xml10_content());
                    }
                }
                Event::GeneralRef(reference) => {
                    let name: &str = &reference;
                    let character = reference.resolve_char_ref().map_err(|error| broken(error, at))?;
                    let resolved = match character {
                        Some(character) => character.to_string(),
                        None => quick_xml::escape::resolve_xml_entity(name)
                            .ok_or_else(|| {
                                broken(format!("the entity {} is not one of XML's own", quoted(name)), at)
                            })?
                            .to_owned(),
                    };
                    if let Some(element) = open.last_mut() {
                        element.text.push_str(&resolved);
                    }
                }
                Event::DocType(declaration) => {
                    if declaration.contains("<!ENTITY") {
                        return Err(broken("the document declares entities, which are not expanded", at));
                    }
                }
                Event::Eof => break,
                Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
            }
        }
        let mut cut = None;
        while open.len() > 1
            && let Some(mut element) = open.pop()
        {
            cut.get_or_insert_with(|| {
                let name = quoted(&element.name);
                broken(format!("the document ends inside {name}: it was cut off"), lines.at(text.len()))
            });
            (element.is_cut, element.text) = (true, element.text.trim().to_owned());
            open.last_mut().into_iter().for_each(|parent| parent.children.push(std::mem::take(&mut element)));
        }
        match open.pop() {
            Some(mut stand_in) if stand_in.children.len() == 1 => Ok((stand_in.children.remove(0), cut)),
            _ => Err(Error::malformed("the document must have one root element")),
        }
    }

    /// The value of an attribute.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| &**known == name).map(|(_, value)| &**value)
    }

    /// The first element of this name directly inside.
    pub(crate) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| &*child.name == name)
    }

    /// All elements of this name directly inside.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.children.iter().filter(move |child| &*child.name == name)
    }

    /// The same of those that are whole.
    pub(crate) fn whole<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.all(name).filter(|child| !child.is_cut)
    }

    /// The text of the first element of this name directly inside, unless it is empty.
    pub(crate) fn text_of(&self, name: &str) -> Option<&str> {
        self.child(name).map(|child| child.text.as_str()).filter(|text| !text.is_empty())
    }

    /// Where it stands, for a note.
    pub(crate) fn place(&self) -> String {
        format!("line {}", self.line)
    }

    fn begin(tag: &quick_xml::events::BytesStart<'_>, line: usize) -> Result<Self> {
        let name = tag.local_name().into_inner().into();
        let mut element = Self { name, line, ..Self::default() };
        for attribute in tag.attributes() {
            let attribute = attribute.map_err(|error| broken(error, line))?;
            let name = attribute.key.local_name().into_inner().into();
            let value =
                attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|error| broken(error, line))?;
            element.attributes.push((name, value.into()));
        }
        Ok(element)
    }
}

/// The name of the first element, without its prefix; empty when there is none.
pub(super) fn root_name(text: &str) -> String {
    let mut reader = Reader::from_str(text);
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag) | Event::Empty(tag)) => {
                return tag.local_name().into_inner().to_owned();
            }
            Ok(Event::Eof) | Err(_) => return String::new(),
            Ok(_) => {}
        }
    }
}

/// The paths of the first elements, four levels deep, with their attributes and short texts. The path begins with the root.
pub(super) fn outline(text: &str) -> HashMap<String, Option<Box<str>>> {
    const MOST: usize = 400;
    const DEEPEST: usize = 4;
    const EVENTS: usize = 20_000;
    let mut reader = Reader::from_str(text);
    let (mut paths, mut path, mut depth) = (HashMap::new(), String::new(), 0_usize);
    for _ in 0..EVENTS {
        let Ok(event) = reader.read_event() else { break };
        let (tag, is_open) = match event {
            Event::Start(tag) => (tag, true),
            Event::Empty(tag) => (tag, false),
            Event::Text(text) => {
                if let Some(said @ None) = paths.get_mut(&path) {
                    *said =
                        Some(text.trim()).filter(|text| !text.is_empty() && text.len() <= 200).map(Box::from);
                }
                continue;
            }
            Event::End(_) => {
                if depth <= DEEPEST {
                    path.truncate(path.rfind('/').unwrap_or(0));
                }
                depth = depth.saturating_sub(1);
                continue;
            }
            Event::Eof => break,
            _ => continue,
        };
        depth += 1;
        if depth <= DEEPEST {
            let above = path.len();
            if above > 0 {
                path.push('/');
            }
            path.push_str(tag.local_name().into_inner());
            if paths.len() < MOST {
                paths.entry(path.clone()).or_insert(None);
                for attribute in tag.attributes().flatten() {
                    let value = attribute.normalized_value(XmlVersion::Implicit1_0).ok();
                    let said = value.filter(|value| value.len() <= 200).map(|value| Box::from(&*value));
                    paths
                        .entry(format!("{path}/@{}", attribute.key.local_name().into_inner()))
                        .or_insert(said);
                }
            }
            if !is_open {
                path.truncate(above);
            }
        }
        if !is_open {
            depth -= 1;
        }
    }
    paths
}

/// Whether an error is that the document ends within a tag, a comment or a reference.
fn is_end(error: &quick_xml::Error, text: &str, at: u64) -> bool {
    use quick_xml::errors::IllFormedError::UnclosedReference;
    let rest = || usize::try_from(at).ok().and_then(|at| text.get(at..)).unwrap_or_default();
    match error {
        quick_xml::Error::Syntax(_) => true,
        quick_xml::Error::IllFormed(UnclosedReference) => !rest().contains('<'),
        _ => false,
    }
}

fn broken(what: impl std::fmt::Display, line: usize) -> Error {
    Error::malformed(format!("{what}: it is not the XML of a report")).at(format_args!("line {line}"))
}

/// Counts lines as the reader moves on, so that a whole document costs one pass.
struct Lines<'a> {
    text: &'a str,
    line: usize,
    counted: usize,
}

impl Lines<'_> {
    fn at(&mut self, offset: usize) -> usize {
        let passed = self.text.as_bytes().get(self.counted..offset).unwrap_or_default();
        self.line += passed.iter().filter(|byte| **byte == b'\n').count();
        self.counted = self.counted.max(offset);
        self.line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_has_names_attributes_text_and_lines() {
        let root = Element::parse(
            "<?xml version='1.0'?>\n<a:x p:y='1 &lt; 2'>\n<b>t&amp;u<![CDATA[<v>]]>&#33;</b></a:x>",
        )
        .unwrap();
        assert_eq!((&*root.name, root.attribute("y")), ("x", Some("1 < 2")));
        assert_eq!(root.text_of("b"), Some("t&u<v>!"));
        assert_eq!(root.child("b").unwrap().line, 3);
    }

    #[test]
    fn entities_and_bad_nesting_are_errors() {
        for bad in [
            "<!DOCTYPE x [<!ENTITY a 'aaaa'>]><x>&a;</x>",
            "<!DOCTYPE x SYSTEM 'file:///etc/passwd'><x>&e;</x>",
            "<x>&nope;</x>",
            "<x><y></x>",
            "<x><y>",
            "</x>",
            "<x/><y/>",
            "",
        ] {
            assert_eq!(Element::parse(bad).unwrap_err().code(), "malformed", "{bad}");
        }
        let deep = format!("{}{}", "<x>".repeat(10_000), "</x>".repeat(10_000));
        assert_eq!(Element::parse(&deep).unwrap_err().code(), "limit_exceeded");
    }
}
