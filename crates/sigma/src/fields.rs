//! Field names, each kept once and known by number.

use std::collections::HashMap;

use crate::record::FieldId;

#[derive(Debug, Default)]
pub(crate) struct Fields {
    names: Vec<String>,
    ids: HashMap<String, FieldId>,
}

impl Fields {
    pub(crate) fn intern(&mut self, name: &str) -> FieldId {
        if let Some(id) = self.ids.get(name) {
            return *id;
        }
        let id = FieldId(u32::try_from(self.names.len()).unwrap_or(u32::MAX));
        self.names.push(name.to_owned());
        self.ids.insert(name.to_owned(), id);
        id
    }

    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    pub(crate) fn find(&self, name: &str) -> Option<FieldId> {
        self.ids.get(name).copied()
    }
}
