//! The packages that others may name.

use std::collections::{BTreeMap, HashMap};

use crate::wit::check::Item;
use crate::wit::outline::{Interface, Outline, PackageRef, World};

/// Packages, by name and version.
#[derive(Clone, Default, Debug)]
pub struct Known {
    packages: BTreeMap<String, Vec<KnownPackage>>,
    /// Whether there are packages besides that cannot be looked into.
    is_partial: bool,
}

/// One version of a package.
#[derive(Clone, Default, Debug)]
pub(super) struct KnownPackage {
    pub(super) version: Option<String>,
    pub(super) interfaces: Vec<Interface>,
    pub(super) worlds: Vec<World>,
    /// Which interface has a name; `None` for a world.
    items: HashMap<String, Option<usize>>,
}

impl KnownPackage {
    fn index(&mut self) {
        for world in &self.worlds {
            self.items.insert(world.name.text.clone(), None);
        }
        for (at, interface) in self.interfaces.iter().enumerate().rev() {
            self.items.insert(interface.name.text.clone(), Some(at));
        }
    }

    /// What has this name.
    pub(super) fn item(&self, name: &str) -> Option<Item<'_>> {
        match self.items.get(name)? {
            Some(at) => self.interfaces.get(*at).map(Item::Interface),
            None => Some(Item::World),
        }
    }
}

impl Known {
    /// Adds what the files of a package declare, and the packages inside them.
    pub fn add(&mut self, files: &[&Outline]) {
        let main: Vec<_> = files.iter().enumerate().map(|(at, file)| (at, &file.main)).collect();
        for package in super::packages(main, files) {
            let Some((name, version)) = package.name() else { continue };
            let versions = self.packages.entry(name.clone()).or_default();
            let at = versions.iter().position(|known| known.version.as_ref() == version).unwrap_or_else(|| {
                versions.push(KnownPackage { version: version.cloned(), ..KnownPackage::default() });
                versions.len() - 1
            });
            let Some(known) = versions.get_mut(at) else { continue };
            known.interfaces.extend(package.interfaces().map(|(_, interface)| interface.clone()));
            known.worlds.extend(package.worlds().map(|(_, world)| world.clone()));
            known.index();
        }
    }

    /// Says that there are more packages than were added.
    pub fn and_others(&mut self) {
        self.is_partial = true;
    }

    pub(super) fn is_partial(&self) -> bool {
        self.is_partial
    }

    pub(super) fn get(&self, package: &PackageRef) -> Option<&KnownPackage> {
        let version = package.version.as_ref().map(|version| &version.text);
        self.versions(package).iter().find(|known| known.version.as_ref() == version)
    }

    pub(super) fn versions(&self, package: &PackageRef) -> &[KnownPackage] {
        self.packages.get(&package.name).map(Vec::as_slice).unwrap_or_default()
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.packages.keys().map(String::as_str)
    }
}
