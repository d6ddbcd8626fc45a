//! Use cases free of HTTP: generations, workspaces, versions.
