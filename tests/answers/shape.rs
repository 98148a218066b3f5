//! The types of answers, as languages have them: objects with names, and what their values may be.

use serde_json::Value;
use std::collections::BTreeMap;

/// What a value may be.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Type {
    Null,
    Flag,
    Whole,
    Number,
    Text,
    /// Any value that JSON has.
    Json,
    Words(Vec<String>),
    List(Box<Type>),
    Tuple(Vec<Type>),
    /// By names that nobody knows before.
    Map(Box<Type>),
    Named(String),
    Or(Vec<Type>),
}

/// A value of an object.
#[derive(Debug, Clone)]
pub(crate) struct Key {
    pub(crate) name: String,
    pub(crate) about: String,
    pub(crate) of: Type,
    /// Whether it is there also where there is nothing to say.
    pub(crate) always: bool,
}

#[derive(Debug)]
pub(crate) enum Shape {
    Object(Vec<Key>),
    Alias(Type),
}

/// A type that has a name.
#[derive(Debug)]
pub(crate) struct Definition {
    pub(crate) name: String,
    pub(crate) about: String,
    pub(crate) shape: Shape,
}

/// All that a schema of answers says.
pub(crate) struct Answers {
    pub(crate) definitions: Vec<Definition>,
    pub(crate) by_call: BTreeMap<String, Type>,
}

impl Answers {
    pub(crate) fn of(schema: &Value) -> Self {
        let mut reader = Reader::default();
        for (name, schema) in schema["$defs"].as_object().unwrap() {
            reader.define(name, schema);
        }
        let calls = schema["properties"].as_object().unwrap();
        let by_call = calls.iter().map(|(call, of)| (call.clone(), reader.read(call, of))).collect();
        Self { definitions: reader.made, by_call }
    }

    pub(crate) fn named(&self, name: &str) -> &Definition {
        self.definitions.iter().find(|one| one.name == name).unwrap_or_else(|| panic!("`{name}` is no type"))
    }
}

#[derive(Default)]
struct Reader {
    made: Vec<Definition>,
    /// What the variant says of itself that is read.
    variant: String,
}

impl Reader {
    fn define(&mut self, name: &str, schema: &Value) {
        let at = self.made.len();
        let about = sentence(said(schema).unwrap_or(&self.variant));
        let shape = match self.is_object(schema) {
            true => Shape::Object(self.keys(name, schema)),
            false => Shape::Alias(self.read(name, schema)),
        };
        self.made.insert(at, Definition { name: name.into(), about, shape });
    }

    /// Whether it is one object: of a choice of objects, one that nothing but its keys tells apart.
    fn is_object(&self, schema: &Value) -> bool {
        if schema.get("properties").is_some() {
            return true;
        }
        let options = options(schema);
        !options.is_empty()
            && options.iter().all(|option| option.get("properties").is_some())
            && self.tag(&options).is_none()
    }

    /// The key by whose word each of several objects is told from the others.
    fn tag<'a>(&self, options: &[&'a Value]) -> Option<&'a str> {
        let (first, _) = options.split_first()?;
        let constant = |option: &Value, key: &str| option["properties"][key].get("const").is_some();
        let keys = first.get("properties")?.as_object()?.keys();
        keys.map(String::as_str).find(|key| options.iter().all(|option| constant(option, key)))
    }

    /// What a value of this schema may be. What has no name of its own gets one that begins with `name`.
    fn read(&mut self, name: &str, schema: &Value) -> Type {
        if let Some(named) = schema.get("$ref") {
            return Type::Named(named.as_str().unwrap().rsplit('/').next().unwrap().into());
        }
        if let Some(word) = schema.get("const") {
            return Type::Words(vec![word.as_str().unwrap().into()]);
        }
        if let Some(words) = schema.get("enum") {
            let words = words.as_array().unwrap().iter();
            return Type::Words(words.map(|word| word.as_str().unwrap().into()).collect());
        }
        if self.is_object(schema) {
            self.define(name, schema);
            return Type::Named(name.into());
        }
        let options = options(schema);
        if !options.is_empty() {
            let tag = self.tag(&options);
            let of = options.iter().map(|option| {
                let keys = option.get("properties").and_then(Value::as_object);
                let own = match (tag, keys.and_then(|keys| keys.keys().next())) {
                    (Some(tag), _) => option["properties"][tag]["const"].as_str().unwrap(),
                    (None, Some(key)) => key,
                    (None, None) => "",
                };
                self.read(&format!("{name}{}", pascal(own)), option)
            });
            return either(of.collect());
        }
        let types: Vec<&str> = match &schema["type"] {
            Value::String(one) => vec![one],
            Value::Array(several) => several.iter().map(|one| one.as_str().unwrap()).collect(),
            _ => return Type::Json,
        };
        either(types.into_iter().map(|one| self.plain(one, name, schema)).collect())
    }

    fn plain(&mut self, of: &str, name: &str, schema: &Value) -> Type {
        match of {
            "null" => Type::Null,
            "boolean" => Type::Flag,
            "integer" => Type::Whole,
            "number" => Type::Number,
            "string" => Type::Text,
            "array" => match schema.get("prefixItems") {
                Some(parts) => {
                    Type::Tuple(parts.as_array().unwrap().iter().map(|part| self.read(name, part)).collect())
                }
                None => Type::List(Box::new(self.read(name, &schema["items"]))),
            },
            "object" => Type::Map(Box::new(self.read(name, &schema["additionalProperties"]))),
            other => panic!("`{other}` is no type of JSON"),
        }
    }

    /// The keys of an object, and of whatever else it is at once.
    fn keys(&mut self, name: &str, schema: &Value) -> Vec<Key> {
        let required = schema["required"].as_array().cloned().unwrap_or_default();
        let mut keys: Vec<Key> = Vec::new();
        for (key, of) in schema["properties"].as_object().into_iter().flatten() {
            // Of a variant with one key, what it says is said of the key.
            let variant =
                said(schema).filter(|_| schema["properties"].as_object().is_some_and(|all| all.len() == 1));
            self.variant = variant.unwrap_or_default().into();
            let told = match of.get("const") {
                Some(_) => "Which of these it is.",
                None => said(of).unwrap_or(&self.variant),
            };
            let about = told.to_owned();
            let of = self.read(&format!("{name}{}", pascal(key)), of);
            keys.push(Key { name: key.clone(), about, of, always: required.iter().any(|one| one == key) });
        }
        self.variant.clear();
        for part in schema["allOf"].as_array().into_iter().flatten() {
            keys.extend(self.keys(name, part));
        }
        let options: Vec<Vec<Key>> =
            options(schema).into_iter().map(|option| self.keys(name, option)).collect();
        for key in options.iter().flatten() {
            match keys.iter_mut().find(|known| known.name == key.name) {
                Some(known) => known.of = either(vec![known.of.clone(), key.of.clone()]),
                None => {
                    let everywhere =
                        |option: &Vec<Key>| option.iter().any(|one| one.name == key.name && one.always);
                    keys.push(Key { always: options.iter().all(everywhere), ..key.clone() });
                }
            }
        }
        keys
    }
}

/// Any of these: words become one list of words, and what is the same stands once.
fn either(of: Vec<Type>) -> Type {
    let mut all: Vec<Type> = Vec::new();
    for one in of {
        let inner = if let Type::Or(inner) = one { inner } else { vec![one] };
        for one in inner {
            let known = all.iter_mut().find_map(|known| match known {
                Type::Words(words) => Some(words),
                _ => None,
            });
            match (known, one) {
                (Some(known), Type::Words(words)) => {
                    let new: Vec<String> = words.into_iter().filter(|word| !known.contains(word)).collect();
                    known.extend(new);
                }
                (_, one) => {
                    if !all.contains(&one) {
                        all.push(one);
                    }
                }
            }
        }
    }
    match all.len() {
        1 => all.remove(0),
        _ => Type::Or(all),
    }
}

/// What a schema says of itself.
fn said(schema: &Value) -> Option<&str> {
    schema["description"].as_str().filter(|about| !about.is_empty())
}

/// Words as a sentence, if they are none.
fn sentence(words: &str) -> String {
    let end = if words.is_empty() || words.ends_with(['.', ':']) { "" } else { "." };
    words
        .chars()
        .take(1)
        .flat_map(char::to_uppercase)
        .chain(words.chars().skip(1))
        .chain(end.chars())
        .collect()
}

/// What a schema lets choose from.
fn options(schema: &Value) -> Vec<&Value> {
    ["oneOf", "anyOf"].iter().filter_map(|name| schema[name].as_array()).flatten().collect()
}

/// `monte_carlo` as `MonteCarlo`.
fn pascal(name: &str) -> String {
    let upper = |word: &str| {
        let mut letters = word.chars();
        letters
            .next()
            .map(|first| first.to_uppercase().chain(letters).collect::<String>())
            .unwrap_or_default()
    };
    name.split('_').map(upper).collect()
}
