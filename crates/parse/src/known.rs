//! The keys of the objects that were read before. The records of a log are alike: what follows a key is most
//! likely what followed it the last time, and then it need only be compared.

use hashbrown::HashMap;
use tocsin_event::Span;

use crate::find;

/// Keys kept in mind.
const KEYS_MAX: usize = 2_048;
/// Bytes of a dotted name that is, and of a key as it is written.
const NAME_MAX: usize = 288;

/// A key within the object it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key(u32);

impl Key {
    /// That of the record as a whole.
    pub(crate) const ROOT: Key = Key(0);
}

/// What comes before a key: the one before it, or the beginning of its object. Nothing is expected after a
/// key that is not known.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Before(Option<usize>);

impl Before {
    pub(crate) fn first_in(object: Option<Key>) -> Before {
        Before(object.map(|key| key.0 as usize * 2))
    }

    pub(crate) fn after(key: Option<Key>) -> Before {
        Before(key.map(|key| key.0 as usize * 2 + 1))
    }
}

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Known {
    keys: Vec<KnownKey>,
    /// What came next the last time, for both places of each key.
    next: Vec<Key>,
    /// By the key of their object, and their own number.
    by_number: HashMap<(Key, u32), Key, foldhash::fast::FixedState>,
    texts: String,
}

/// A key, and what is known by it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct KnownKey {
    /// What was read of it, from its quote to its colon.
    written: Span,
    dotted: Span,
    /// Bytes of the key without its quotes.
    pub(crate) len: usize,
    /// The number of the key, and that of its dotted name.
    pub(crate) numbers: [u32; 2],
}

impl KnownKey {
    /// Bytes from its quote to its colon.
    pub(crate) fn written_len(&self) -> usize {
        self.written.len()
    }
}

/// A key as it was met.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Met<'t> {
    /// From its quote to its colon.
    pub(crate) written: &'t str,
    /// Its whole name.
    pub(crate) dotted: &'t str,
    /// See [`KnownKey`].
    pub(crate) len: usize,
    /// See [`KnownKey`].
    pub(crate) numbers: [u32; 2],
}

impl Met<'_> {
    fn is_long(&self) -> bool {
        self.dotted.len() > NAME_MAX || self.written.len() > NAME_MAX
    }
}

impl Known {
    /// Forgets them all when they are too many: what writes so many keys does not repeat them.
    pub(crate) fn make_room(&mut self) {
        if self.keys.len() < KEYS_MAX && !self.keys.is_empty() {
            return;
        }
        self.keys.clear();
        self.next.clear();
        self.by_number.clear();
        self.texts.clear();
        self.add(KnownKey::default());
    }

    #[inline]
    pub(crate) fn key(&self, key: Key) -> KnownKey {
        self.keys[key.0 as usize]
    }

    /// The whole name of a key.
    #[inline]
    pub(crate) fn dotted(&self, key: Key) -> &str {
        self.key(key).dotted.of(&self.texts, "")
    }

    /// The key that came here the last time, if it is there again.
    #[inline]
    pub(crate) fn expected(&self, bytes: &[u8], at: usize, before: Before) -> Option<Key> {
        let key = self.next[before.0?];
        let written = self.texts.as_bytes().get(self.key(key).written.range())?;
        (find::begins(bytes.get(at..)?, written) && key != Key::ROOT).then_some(key)
    }

    /// Takes note of a key of an object, and of what it came after. One that has the number of another, or is
    /// written in another way, does not become known.
    pub(crate) fn learn(
        &mut self,
        object: Option<Key>,
        before: Before,
        met: Met<'_>,
    ) -> Option<Key> {
        let place = (object?, met.numbers[0]);
        let key = match self.by_number.get(&place) {
            Some(key) => *key,
            None if self.keys.len() >= KEYS_MAX || met.is_long() => return None,
            None => {
                let (written, dotted) = (self.keep(met.written), self.keep(met.dotted));
                let Met { len, numbers, .. } = met;
                let key = self.add(KnownKey { written, dotted, len, numbers });
                self.by_number.insert(place, key);
                key
            }
        };
        if let Some(before) = before.0 {
            self.next[before] = key;
        }
        let is_it = self.key(key).written.of(&self.texts, "") == met.written;
        is_it.then_some(key)
    }

    fn add(&mut self, known: KnownKey) -> Key {
        let key = Key(self.keys.len() as u32);
        self.keys.push(known);
        self.next.extend([Key::ROOT; 2]);
        key
    }

    fn keep(&mut self, text: &str) -> Span {
        let from = self.texts.len();
        self.texts.push_str(text);
        Span::read(from..self.texts.len())
    }
}
