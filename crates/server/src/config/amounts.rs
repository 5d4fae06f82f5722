//! Numbers of the file: vCPUs and memory.

use std::ops::RangeInclusive;

use super::field::{At, Field, Scalar};

const V_CPUS: RangeInclusive<u32> = 1..=4096;
/// In GiB: no runtime lives in less, and more is a slip.
const GIB: RangeInclusive<f64> = 0.25..=65_536.0;

/// A number of vCPUs.
pub(super) fn v_cpus(at: &At<'_>, field: Field<Scalar>) -> Option<u32> {
    let scalar = at.read(field)?;
    let count = at.number(scalar).filter(|count| V_CPUS.contains(count));
    if count.is_none() {
        let (least, most) = (V_CPUS.start(), V_CPUS.end());
        at.wrong(format!(
            "'vCPUs' must be a whole number from {least} to {most}"
        ));
    }
    count
}

/// An amount of memory that the file gives in GiB, as MiB.
pub(super) fn memory_mb(at: &At<'_>, field: Field<Scalar>) -> Option<u64> {
    let scalar = at.read(field)?;
    let Some(gib) = at.number(scalar).filter(|gib| GIB.contains(gib)) else {
        let (least, most) = (GIB.start(), GIB.end());
        at.wrong(format!(
            "'memoryGB' must be a number of GiB from {least} to {most}"
        ));
        return None;
    };
    // Within bounds, whole and positive.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    Some((gib * 1024.0).round() as u64)
}
