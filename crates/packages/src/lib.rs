//! npm packages: resolved, verified, bundled once, kept by content hash.
