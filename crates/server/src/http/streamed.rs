//! A file as the body of an answer: read piece by piece, as far as the client takes it, so that neither its size nor the
//! number of clients counts for memory, and nothing is read for a client that has left.

use std::{
    fs::File,
    io::{self, Read as _, Take},
};

use axum::body::Body;

/// How much of a file is in memory at once, in bytes.
const PIECE: usize = 64 * 1024;

/// The file from where it stands to its present end: one that grows faster than it is read would have none.
pub(crate) fn streamed(file: File) -> io::Result<Body> {
    let length = file.metadata()?.len();
    let pieces = futures_util::stream::try_unfold(file.take(length), |file| async {
        let (file, piece) = tokio::task::spawn_blocking(move || next(file))
            .await
            .map_err(io::Error::other)??;
        Ok::<_, io::Error>((!piece.is_empty()).then_some((piece, file)))
    });
    Ok(Body::from_stream(pieces))
}

fn next(mut file: Take<File>) -> io::Result<(Take<File>, Vec<u8>)> {
    let mut piece = vec![0; PIECE];
    let length = loop {
        match file.read(&mut piece) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            read => break read?,
        }
    };
    piece.truncate(length);
    Ok((file, piece))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use http_body_util::BodyExt as _;

    use super::*;

    #[tokio::test]
    async fn a_file_is_sent_as_it_was_when_it_was_asked_for() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let text = "line\n".repeat(50_000);
        file.as_file().write_all(text.as_bytes()).unwrap();
        let mut body = streamed(File::open(file.path()).unwrap()).unwrap();
        let first = body.frame().await.unwrap().unwrap().into_data().unwrap();
        assert_eq!(first.len(), PIECE);
        file.as_file().write_all(b"more").unwrap();
        let rest = body.collect().await.unwrap().to_bytes();
        assert_eq!([first, rest].concat(), text.as_bytes());
    }
}
