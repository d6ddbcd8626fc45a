//! Names of routes: the method and the path, with names for what varies.

use http::Method;

/// `GET /api/sandbox/x/ports/3000/preview-url` is `GET /sandbox/{id}/ports/{port}/preview-url`.
pub(crate) fn name(method: &Method, path: &str) -> String {
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let (prefix, rest): (&str, &[&str]) = match parts.as_slice() {
        ["api", rest @ ..] => ("", rest),
        ["toolbox", _, rest @ ..] => ("/toolbox", rest),
        rest => ("", rest),
    };
    let mut named = String::new();
    let mut before = "";
    for part in rest {
        let varies = match before {
            "sandbox" => Some("{id}"),
            "ports" | "port" => Some("{port}"),
            "session" => Some("{session}"),
            "pty" => Some("{terminal}"),
            "command" => Some("{command}"),
            _ => None,
        };
        named.push('/');
        named.push_str(varies.unwrap_or(part));
        before = part;
    }
    format!("{method} {prefix}{named}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_varies_has_a_name() {
        for (method, path, named) in [
            (Method::POST, "/api/sandbox", "POST /sandbox"),
            (Method::DELETE, "/api/sandbox/a", "DELETE /sandbox/{id}"),
            (
                Method::GET,
                "/toolbox/a/process/session/b/command/c/logs",
                "GET /toolbox/process/session/{session}/command/{command}/logs",
            ),
            (Method::GET, "/toolbox/a/files", "GET /toolbox/files"),
        ] {
            assert_eq!(name(&method, path), named);
        }
    }
}
