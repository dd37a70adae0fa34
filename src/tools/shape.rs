//! What of a schema is certain before a value is whole: types, fields, allowed values.
//!
//! Owns the schema as a list of nodes that refer to each other, so that a value can be followed through it piece by
//! piece. Whatever is not understood allows everything: the whole check at the end is [`super::Schema`]'s.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

/// A schema has so many nodes at most; beyond them everything is allowed.
const MOST_NODES: usize = 10_000;
/// Types are followed through references so often; what is not decided then is allowed.
const ROUNDS: usize = 8;
/// So many schemas may hold for one value.
const MOST_AT_ONCE: usize = 64;

pub(super) type NodeId = usize;

/// Kinds of values, as bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Types(u8);

impl Types {
    pub(super) const NULL: Self = Self(1);
    pub(super) const BOOLEAN: Self = Self(2);
    pub(super) const INTEGER: Self = Self(4);
    pub(super) const FRACTION: Self = Self(8);
    pub(super) const NUMBER: Self = Self(4 | 8);
    pub(super) const STRING: Self = Self(16);
    pub(super) const ARRAY: Self = Self(32);
    pub(super) const OBJECT: Self = Self(64);
    const ALL: Self = Self(127);
    const NONE: Self = Self(0);

    fn named(name: &str) -> Self {
        match name {
            "null" => Self::NULL,
            "boolean" => Self::BOOLEAN,
            "integer" => Self::INTEGER,
            "number" => Self::NUMBER,
            "string" => Self::STRING,
            "array" => Self::ARRAY,
            "object" => Self::OBJECT,
            _ => Self::ALL,
        }
    }

    fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::NULL,
            Value::Bool(_) => Self::BOOLEAN,
            Value::Number(_) => Self::NUMBER,
            Value::String(_) => Self::STRING,
            Value::Array(_) => Self::ARRAY,
            Value::Object(_) => Self::OBJECT,
        }
    }

    fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether a value of one of these types may be one of those.
    pub(super) fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Each type with its article.
    pub(super) fn names(self) -> Vec<String> {
        let integer = if self.meets(Self::FRACTION) { "a number" } else { "an integer" };
        let all = [
            (Self::OBJECT, "an object"),
            (Self::ARRAY, "an array"),
            (Self::STRING, "a string"),
            (Self::NUMBER, integer),
            (Self::BOOLEAN, "a boolean"),
            (Self::NULL, "null"),
        ];
        all.iter().filter(|(kind, _)| self.meets(*kind)).map(|(_, name)| (*name).to_owned()).collect()
    }
}

/// What one schema says of a value.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) types: Types,
    /// Schemas that hold beside it.
    all: Vec<NodeId>,
    /// Lists of alternatives; of each list at least one holds.
    any: Vec<Vec<NodeId>>,
    pub(super) fields: BTreeMap<String, NodeId>,
    pub(super) others: Others,
    pub(super) required: Vec<String>,
    /// The schemas of the first items.
    first: Vec<NodeId>,
    items: Option<NodeId>,
    /// The values that are allowed, if they are listed.
    pub(super) options: Option<Vec<Value>>,
}

/// What fields that are not named may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Others {
    Any,
    Never,
    Like(NodeId),
}

impl Default for Node {
    fn default() -> Self {
        Self {
            types: Types::ALL,
            all: Vec::new(),
            any: Vec::new(),
            fields: BTreeMap::new(),
            others: Others::Any,
            required: Vec::new(),
            first: Vec::new(),
            items: None,
            options: None,
        }
    }
}

impl Node {
    /// The schema of an item, if one is known.
    pub(super) fn item(&self, at: usize) -> Option<NodeId> {
        self.first.get(at).copied().or(self.items)
    }
}

/// A schema to follow values through. Node 0 is the whole value's.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    nodes: Vec<Node>,
}

impl Shape {
    pub(super) fn of(schema: &Value) -> Self {
        let draft = schema.get("$schema").and_then(Value::as_str).unwrap_or("2020-12");
        let is_old = draft.contains("draft-0");
        if draft.contains("draft-03") || draft.contains("draft-04") || names_others(schema, true) {
            return Self { nodes: vec![Node::default()] };
        }
        let is_newest = draft.contains("2020-12");
        let mut reader = Reader { root: schema, nodes: Vec::new(), named: HashMap::new(), is_old, is_newest };
        reader.named.insert(String::new(), 0);
        reader.read(schema);
        let mut shape = Self { nodes: reader.nodes };
        shape.narrow();
        shape
    }

    pub(super) fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id]
    }

    /// All schemas that surely hold for a value of these types, by those that are known to hold.
    pub(super) fn holding(&self, known: &[NodeId], types: Types) -> Vec<NodeId> {
        let mut all: Vec<NodeId> = Vec::new();
        let mut open: Vec<NodeId> = known.to_vec();
        while let Some(id) = open.pop().filter(|_| all.len() < MOST_AT_ONCE) {
            if all.contains(&id) {
                continue;
            }
            all.push(id);
            let node = self.node(id);
            open.extend(&node.all);
            for alternatives in &node.any {
                let mut fit = alternatives.iter().filter(|id| self.node(**id).types.meets(types));
                // The only one that can hold does.
                if let (Some(one), None) = (fit.next(), fit.next()) {
                    open.push(*one);
                }
            }
        }
        all
    }

    /// Takes from each node's types what its references rule out.
    fn narrow(&mut self) {
        for _ in 0..ROUNDS {
            for id in 0..self.nodes.len() {
                let node = &self.nodes[id];
                let any = node.any.iter().map(|alternatives| {
                    alternatives.iter().fold(Types::NONE, |types, id| types.or(self.nodes[*id].types))
                });
                let all = node.all.iter().map(|id| self.nodes[*id].types);
                self.nodes[id].types = any.chain(all).fold(node.types, Types::and);
            }
        }
    }
}

/// Whether something within a schema has a name of its own, by which references may mean other than they say.
fn names_others(schema: &Value, is_root: bool) -> bool {
    match schema {
        Value::Object(fields) => fields.iter().any(|(name, value)| {
            (!is_root && matches!(name.as_str(), "$id" | "$schema")) || names_others(value, false)
        }),
        Value::Array(items) => items.iter().any(|item| names_others(item, false)),
        _ => false,
    }
}

struct Reader<'s> {
    root: &'s Value,
    nodes: Vec<Node>,
    /// Those that references led to, by pointer.
    named: HashMap<String, NodeId>,
    /// Before 2019, what stands beside a `$ref` does not count.
    is_old: bool,
    is_newest: bool,
}

impl<'s> Reader<'s> {
    /// Reads a schema; it gets the next place in the list.
    fn read(&mut self, schema: &'s Value) -> NodeId {
        let id = self.nodes.len();
        self.nodes.push(Node::default());
        if id >= MOST_NODES {
            return id;
        }
        let node = match schema {
            Value::Bool(false) => Node { types: Types::NONE, ..Node::default() },
            schema => self.node(schema),
        };
        self.nodes[id] = node;
        id
    }

    fn node(&mut self, schema: &'s Value) -> Node {
        let mut node = Node::default();
        if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
            node.all.extend(self.follow(reference));
            if self.is_old {
                return node;
            }
        }
        node.types = types(schema);
        node.options = options(schema);
        if let Some(options) = &node.options {
            let kinds = options.iter().fold(Types::NONE, |types, option| types.or(Types::of(option)));
            node.types = node.types.and(kinds);
        }
        node.all.extend(self.list(schema, "allOf"));
        for name in ["anyOf", "oneOf"] {
            let alternatives = self.list(schema, name);
            if !alternatives.is_empty() {
                node.any.push(alternatives);
            }
        }
        self.members(schema, &mut node);
        node
    }

    fn members(&mut self, schema: &'s Value, node: &mut Node) {
        for (name, field) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            let field = self.read(field);
            node.fields.insert(name.clone(), field);
        }
        node.others = match schema.get("additionalProperties") {
            _ if schema.get("patternProperties").is_some() => Others::Any,
            Some(Value::Bool(false)) => Others::Never,
            Some(others @ Value::Object(_)) => Others::Like(self.read(others)),
            _ => Others::Any,
        };
        let required = schema.get("required").and_then(Value::as_array).into_iter().flatten();
        node.required = required.filter_map(Value::as_str).map(str::to_owned).collect();
        let items = schema.get("items").filter(|items| items.is_object() || items.is_boolean());
        node.items = items.map(|items| self.read(items));
        if self.is_newest {
            node.first = self.list(schema, "prefixItems");
        }
    }

    fn list(&mut self, schema: &'s Value, name: &str) -> Vec<NodeId> {
        let schemas = schema.get(name).and_then(Value::as_array).into_iter().flatten();
        schemas.map(|schema| self.read(schema)).collect()
    }

    /// The node that a reference within the schema leads to.
    fn follow(&mut self, reference: &str) -> Option<NodeId> {
        let pointer = reference.strip_prefix('#')?;
        if pointer.contains('%') || !(pointer.is_empty() || pointer.starts_with('/')) {
            return None;
        }
        if let Some(id) = self.named.get(pointer) {
            return Some(*id);
        }
        let root = self.root;
        let target = root.pointer(pointer)?;
        self.named.insert(pointer.to_owned(), self.nodes.len());
        Some(self.read(target))
    }
}

fn types(schema: &Value) -> Types {
    match schema.get("type") {
        Some(Value::String(name)) => Types::named(name),
        Some(Value::Array(names)) => {
            names.iter().filter_map(Value::as_str).fold(Types::NONE, |types, name| types.or(Types::named(name)))
        }
        _ => Types::ALL,
    }
}

fn options(schema: &Value) -> Option<Vec<Value>> {
    match (schema.get("const"), schema.get("enum")) {
        (Some(only), _) => Some(vec![only.clone()]),
        (None, Some(Value::Array(options))) => Some(options.clone()),
        _ => None,
    }
}
