/// Why a starter of the catalogue cannot be used. A test holds that there is no such starter.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StarterError {
    /// `starter.toml` is not what [`crate::Manifest`] describes.
    #[error("starters/{id}/starter.toml: {message}")]
    Manifest {
        /// The starter's folder.
        id: String,
        /// What is wrong, with line and column where known.
        message: String,
    },
    /// A file that the manifest names is missing or not JSON.
    #[error("starters/{id}/{path}: {message}")]
    File {
        /// The starter's folder.
        id: String,
        /// The file, relative to the starter's folder.
        path: String,
        /// What is wrong.
        message: String,
    },
}
