//! An engine in memory.
/// Sessions that are made of nothing.
#[derive(Debug, Default)]
pub struct FakeEngine {}
