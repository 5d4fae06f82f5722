//! The packages that the flows of the project require.

use flowdeck_compute::required_names;
use flowdeck_contract::ids::FilePath;

use super::{FlowError, Flows};

const REQUIREMENTS: &str = "requirements.txt";
/// Of more flows than this the rest isn't read.
const MOST_FLOWS: usize = 200;

impl Flows {
    /// The names in the `requirements.txt` of each flow, normalised; one that can't be read has none.
    ///
    /// # Errors
    /// [`FlowError::Unreadable`] when the flows folder itself can't be read.
    pub fn required_packages(&self) -> Result<Vec<String>, FlowError> {
        let flows = self.search()?.folders.into_iter().take(MOST_FLOWS);
        let Ok(path) = FilePath::try_from(REQUIREMENTS) else {
            return Ok(Vec::new());
        };
        let texts = flows.filter_map(|flow| self.folder(&flow).ok()?.read(&path).ok());
        Ok(texts.flat_map(|file| required_names(&file.text)).collect())
    }
}
