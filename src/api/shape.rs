//! JSON values that take what they can use and ignore what they cannot.
//!
//! Owns the tolerance of the wire's types: a field of the wrong type is as good as absent and never spoils the fields
//! beside it. Texts are borrowed from the event where they hold no escapes.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

/// A text; a number or a flag as text; anything else is none.
#[derive(Debug, Default)]
pub(super) struct Word<'a>(pub(super) Option<Cow<'a, str>>);

/// A whole number, also as `3.0` or `"3"`; anything else is none.
#[derive(Debug, Default)]
pub(super) struct Count(pub(super) Option<u64>);

/// An object; anything else is none.
#[derive(Debug)]
pub(super) struct Object<T>(pub(super) Option<T>);

/// A list; anything else is none.
#[derive(Debug)]
pub(super) struct List<T>(pub(super) Option<Vec<T>>);

/// JSON text: a string as it is, an object or a list as its JSON (wire: llama.cpp#20198, TGI#2136).
#[derive(Debug, Default)]
pub(super) struct Arguments<'a>(pub(super) Option<Cow<'a, str>>);

impl Word<'_> {
    /// The text, if it is not empty.
    pub(super) fn meant(&self) -> Option<&str> {
        self.0.as_deref().filter(|text| !text.is_empty())
    }
}

impl<T> Default for Object<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self(None)
    }
}

/// What a type makes of each kind of JSON value. The default of every kind is to ignore it.
pub(super) trait Shape<'de>: Sized + Default {
    fn text(_: Cow<'de, str>) -> Self {
        Self::default()
    }

    fn number(_: f64) -> Self {
        Self::default()
    }

    fn integer(value: i64) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "types that need every digit take integers themselves")]
        Self::number(value as f64)
    }

    fn flag(_: bool) -> Self {
        Self::default()
    }

    fn list<A: SeqAccess<'de>>(items: A) -> Result<Self, A::Error> {
        IgnoredAny.visit_seq(items).map(|_| Self::default())
    }

    fn object<A: MapAccess<'de>>(fields: A) -> Result<Self, A::Error> {
        IgnoredAny.visit_map(fields).map(|_| Self::default())
    }
}

pub(super) fn read<'de, S: Shape<'de>, D: Deserializer<'de>>(from: D) -> Result<S, D::Error> {
    from.deserialize_any(AnyKind(PhantomData))
}

struct AnyKind<S>(PhantomData<S>);

impl<'de, S: Shape<'de>> Visitor<'de> for AnyKind<S> {
    type Value = S;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<S, E> {
        Ok(S::flag(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<S, E> {
        Ok(S::integer(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<S, E> {
        #[expect(clippy::cast_precision_loss, reason = "no count on the wire is near 2^63")]
        Ok(i64::try_from(value).map_or_else(|_| S::number(value as f64), S::integer))
    }

    fn visit_f64<E>(self, value: f64) -> Result<S, E> {
        Ok(S::number(value))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<S, E> {
        Ok(S::text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<S, E> {
        Ok(S::text(Cow::Owned(text.to_owned())))
    }

    fn visit_string<E>(self, text: String) -> Result<S, E> {
        Ok(S::text(Cow::Owned(text)))
    }

    fn visit_unit<E>(self) -> Result<S, E> {
        Ok(S::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<S, A::Error> {
        S::list(items)
    }

    fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<S, A::Error> {
        S::object(fields)
    }
}

macro_rules! read_by_shape {
    ($($name:ident $(<$life:lifetime>)? $(<$inner:ident>)?),*) => {$(
        impl<'de $(: $life, $life)? $(, $inner: Deserialize<'de>)?> Deserialize<'de> for $name $(<$life>)? $(<$inner>)? {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                read(from)
            }
        }
    )*};
}

read_by_shape!(Word<'a>, Arguments<'a>, Count, Object<T>, List<T>);

impl<'de: 'a, 'a> Shape<'de> for Word<'a> {
    fn text(text: Cow<'de, str>) -> Self {
        Self(Some(text))
    }

    fn number(value: f64) -> Self {
        Self(Some(Cow::Owned(value.to_string())))
    }

    fn integer(value: i64) -> Self {
        Self(Some(Cow::Owned(value.to_string())))
    }

    fn flag(value: bool) -> Self {
        Self(Some(Cow::Borrowed(if value { "true" } else { "false" })))
    }
}

impl<'de: 'a, 'a> Shape<'de> for Arguments<'a> {
    fn text(text: Cow<'de, str>) -> Self {
        Self(Some(text))
    }

    fn list<A: SeqAccess<'de>>(items: A) -> Result<Self, A::Error> {
        let value = Value::deserialize(SeqAccessDeserializer::new(items))?;
        Ok(Self(Some(Cow::Owned(value.to_string()))))
    }

    fn object<A: MapAccess<'de>>(fields: A) -> Result<Self, A::Error> {
        let value = Value::deserialize(MapAccessDeserializer::new(fields))?;
        Ok(Self(Some(Cow::Owned(value.to_string()))))
    }
}

impl Shape<'_> for Count {
    fn text(text: Cow<'_, str>) -> Self {
        Self(text.trim().parse().ok())
    }

    fn number(value: f64) -> Self {
        let whole = value >= 0.0 && value.fract() == 0.0 && value < 1e15;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole and within range")]
        Self(whole.then_some(value as u64))
    }

    fn integer(value: i64) -> Self {
        Self(u64::try_from(value).ok())
    }
}

impl<'de, T: Deserialize<'de>> Shape<'de> for Object<T> {
    fn object<A: MapAccess<'de>>(fields: A) -> Result<Self, A::Error> {
        T::deserialize(MapAccessDeserializer::new(fields)).map(|object| Self(Some(object)))
    }
}

impl<'de, T: Deserialize<'de>> Shape<'de> for List<T> {
    fn list<A: SeqAccess<'de>>(mut items: A) -> Result<Self, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Self(Some(list)))
    }
}
