//! HTTP: routes, streams, previews and the embedded web app.
