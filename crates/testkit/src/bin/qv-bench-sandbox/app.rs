//! A small React app that Vite serves: 15 modules of its own.

use qv_domain::FilePath;
use qv_sandbox::FileWrite;

use crate::figure::Fault;

/// Those of the web app, whose lock file has them.
const PACKAGE_JSON: &str = r#"{
  "name": "bench-app", "private": true, "version": "1.0.0", "type": "module",
  "scripts": { "dev": "vite" },
  "dependencies": { "react": "19.3.1", "react-dom": "19.3.1" },
  "devDependencies": { "@vitejs/plugin-react": "6.3.0", "vite": "8.3.8" }
}
"#;
const CONFIG: &str = "import react from '@vitejs/plugin-react';
export default { plugins: [react()], server: { port: 5173, strictPort: true, host: '127.0.0.1' }, \
clearScreen: false };
";
const INDEX: &str = "<!doctype html><html><body><div id=\"root\"></div>\
<script type=\"module\" src=\"/src/main.jsx\"></script></body></html>
";
const MAIN: &str = "import { createRoot } from 'react-dom/client';
import App from './App.jsx';
import './style.css';
createRoot(document.getElementById('root')).render(<App />);
";
const PARTS: usize = 12;
pub(crate) const PORT: u16 = 5_173;
pub(crate) const EDITED: &str = "src/Part0.jsx";

pub(crate) fn write(path: &str, content: &str) -> Result<FileWrite, Fault> {
    Ok(FileWrite { path: FilePath::parse(path)?, content: Some(content.as_bytes().into()) })
}

/// A part that shows a word.
pub(crate) fn part(number: usize, word: &str) -> String {
    format!("export default function Part{number}() {{\n  return <p>{word}</p>;\n}}\n")
}

/// Files of the app beside its packages.
pub(crate) fn files() -> Result<Vec<FileWrite>, Fault> {
    let mut files = vec![
        write("package.json", PACKAGE_JSON)?,
        write("vite.config.js", CONFIG)?,
        write("index.html", INDEX)?,
        write("src/main.jsx", MAIN)?,
        write("src/style.css", "body { margin: 2rem; }\n")?,
    ];
    let (mut imports, mut shown) = (String::new(), String::new());
    for number in 0..PARTS {
        imports.push_str(&format!("import Part{number} from './Part{number}.jsx';\n"));
        shown.push_str(&format!("<Part{number} />"));
        files.push(write(&format!("src/Part{number}.jsx"), &part(number, "hello"))?);
    }
    let app =
        format!("{imports}export default function App() {{ return <main>{shown}</main>; }}\n");
    files.push(write("src/App.jsx", &app)?);
    Ok(files)
}
