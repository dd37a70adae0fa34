//! All the schemas within a schema, with their places, however deep: the walk keeps its own stack.

use serde_json::{Map, Value};

/// A schema within a schema.
pub(super) struct Node<'s> {
    pub(super) schema: &'s Map<String, Value>,
    /// As a JSON pointer, from where the whole schema stands in its file.
    pub(super) pointer: String,
    /// Objects and lists around it.
    pub(super) depth: usize,
    /// Whether it describes a parameter, or a field of one.
    pub(super) is_parameter: bool,
}

/// Fields whose value is a schema.
const ONE: [&str; 9] = [
    "items",
    "additionalProperties",
    "not",
    "if",
    "then",
    "else",
    "contains",
    "propertyNames",
    "unevaluatedProperties",
];
/// Fields whose value is a list of schemas.
const LISTS: [&str; 4] = ["anyOf", "oneOf", "allOf", "prefixItems"];
/// Fields whose value has schemas by names.
const NAMED: [&str; 5] = ["properties", "patternProperties", "$defs", "definitions", "dependentSchemas"];

/// Every schema from the root down; what is no object has nothing that could be said of it.
pub(super) fn nodes<'s>(root: &'s Value, pointer: &str) -> Vec<Node<'s>> {
    let mut waiting: Vec<(&Value, String, usize, bool)> = vec![(root, pointer.to_owned(), 0, false)];
    let mut nodes = Vec::new();
    while let Some((value, pointer, depth, is_parameter)) = waiting.pop() {
        let Value::Object(schema) = value else { continue };
        let mut below = Vec::new();
        for (field, value) in schema {
            let name = field.as_str();
            if ONE.contains(&name) {
                let deeper = usize::from(name == "items");
                below.push((value, format!("{pointer}/{name}"), depth + deeper, false));
            } else if LISTS.contains(&name) {
                let items = value.as_array().into_iter().flatten().enumerate();
                below.extend(items.map(|(place, item)| (item, format!("{pointer}/{name}/{place}"), depth, false)));
            } else if NAMED.contains(&name) {
                let is_parameter = name == "properties";
                let deeper = usize::from(is_parameter);
                let fields = value.as_object().into_iter().flatten();
                below.extend(fields.map(|(key, item)| {
                    (item, format!("{pointer}/{name}/{}", escaped(key)), depth + deeper, is_parameter)
                }));
            }
        }
        // The first is taken next, so that findings stand in the order of the file.
        waiting.extend(below.into_iter().rev());
        nodes.push(Node { schema, pointer, depth, is_parameter });
    }
    nodes
}

/// A key as a part of a JSON pointer.
pub(super) fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}
