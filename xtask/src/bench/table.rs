//! Results as a table for people.

use std::fmt::Write;

use super::row::Row;

pub(super) fn of(rows: &[Row]) -> String {
    let cells: Vec<[String; 4]> = rows.iter().map(cells).collect();
    let heads = ["benchmark", "flowdeck", "rival", "rival / flowdeck"].map(str::to_owned);
    let mut widths = [0; 4];
    for line in cells.iter().chain([&heads]) {
        for (width, cell) in widths.iter_mut().zip(line) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let rule = widths.map(|width| "-".repeat(width));
    [&heads, &rule]
        .into_iter()
        .chain(&cells)
        .fold(String::new(), |table, line| table + &aligned(line, widths))
}

fn aligned([name, value, rival, ratio]: &[String; 4], widths: [usize; 4]) -> String {
    let mut line = String::new();
    // Writing to a string cannot fail.
    let _ = writeln!(
        line,
        "{name:<0$}  {value:>1$}  {rival:>2$}  {ratio:>3$}",
        widths[0], widths[1], widths[2], widths[3]
    );
    line
}

fn cells(row: &Row) -> [String; 4] {
    let rival = row.rival_value.map(|value| {
        let who = row.rival.as_deref().unwrap_or("rival");
        format!("{} ({who})", amount(value, &row.unit))
    });
    let ratio = row.ratio.map(|ratio| format!("{ratio:.1} ×"));
    [
        row.name.clone(),
        amount(row.value, &row.unit),
        rival.unwrap_or_default(),
        ratio.unwrap_or_default(),
    ]
}

fn amount(value: f64, unit: &str) -> String {
    let decimals = if unit == "B" || value >= 100.0 { 0 } else { 2 };
    format!("{value:.decimals$} {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up() {
        let mut rows = vec![Row::bytes("a long name", 12_345), Row::bytes("b", 1)];
        rows[1].rival_value = Some(3.0);
        rows[1].ratio = Some(3.0);
        let table = of(&rows);
        let widths: Vec<usize> = table.lines().map(|line| line.chars().count()).collect();
        assert_eq!(widths.len(), 4);
        assert!(widths.windows(2).all(|pair| pair[0] == pair[1]), "{table}");
        assert!(table.contains("3 B (rival)"), "{table}");
    }
}
