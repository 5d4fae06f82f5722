//! The one line on standard output; everything else goes to standard error. The token is shown only on a terminal,
//! because others read a journal or a file, and later.

use std::io::{self, IsTerminal as _, Write as _};

use super::token::KnownToken;

/// Says that the server can be used at `url`, which ends with a slash.
pub(super) fn say_ready(url: &str, token: &KnownToken) -> io::Result<()> {
    let is_terminal = io::stdout().is_terminal();
    let mut out = io::stdout().lock();
    writeln!(out, "{}", line(url, token, is_terminal))?;
    out.flush()
}

fn line(url: &str, KnownToken { token, file }: &KnownToken, is_terminal: bool) -> String {
    match file {
        _ if is_terminal => format!("flowdeck is ready at {url}?token={}", token.secret()),
        Some(file) => format!("flowdeck is ready at {url} (token in {})", file.display()),
        None => format!("flowdeck is ready at {url}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_is_told_to_a_terminal_alone() {
        let url = "http://127.0.0.1:8642/deck/";
        let mut known = KnownToken {
            token: "hunter2".parse().unwrap(),
            file: Some("/srv/data/token".into()),
        };
        assert_eq!(
            line(url, &known, true),
            "flowdeck is ready at http://127.0.0.1:8642/deck/?token=hunter2"
        );
        assert_eq!(
            line(url, &known, false),
            "flowdeck is ready at http://127.0.0.1:8642/deck/ (token in /srv/data/token)"
        );
        known.file = None;
        assert_eq!(
            line(url, &known, false),
            "flowdeck is ready at http://127.0.0.1:8642/deck/"
        );
    }
}
