import { readFileSync } from 'node:fs'

const manifest = JSON.parse(
  readFileSync(new URL('../../../starters/_blank-web/app/package.json', import.meta.url), 'utf8'),
) as { dependencies: Record<string, string> }

/** What the blank starter needs, and a server with a database file: nothing of it is compiled at its install. */
const PACKAGE = JSON.stringify(
  {
    ...manifest,
    name: 'notes',
    scripts: { dev: 'node server.js', build: 'vite build' },
    dependencies: { ...manifest.dependencies, express: '5.2.1', 'node-sqlite3-wasm': '0.8.60' },
  },
  null,
  2,
)

const SERVER = `import { createServer } from "node:http";
import express from "express";
import sqlite from "node-sqlite3-wasm";
import { createServer as createVite } from "vite";

const db = new sqlite.Database("data.db");
db.exec("CREATE TABLE IF NOT EXISTS notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL)");

const app = express();
const server = createServer(app);
app.use(express.json());
app.get("/api/notes", (_request, response) => {
  response.json(db.all("SELECT id, text FROM notes ORDER BY id"));
});
app.post("/api/notes", (request, response) => {
  const text = String(request.body?.text ?? "").trim();
  if (text === "") return response.status(400).json({ error: "A note needs words." });
  db.run("INSERT INTO notes (text) VALUES (?)", [text]);
  console.log("kept a note of " + text.length + " characters");
  response.status(201).json(db.get("SELECT id, text FROM notes ORDER BY id DESC LIMIT 1"));
});

const vite = await createVite({ server: { middlewareMode: true, hmr: { server } } });
app.use(vite.middlewares);
server.listen(Number(process.env.PORT ?? 3000), () => console.log("notes are served"));
`

const APP = `import { useEffect, useState } from "react";

type Note = { id: number; text: string };

export function App() {
  const [notes, setNotes] = useState<Note[]>([]);
  const [text, setText] = useState("");
  useEffect(() => {
    void fetch("/api/notes").then((answer) => answer.json()).then(setNotes);
  }, []);
  const add = async () => {
    const answer = await fetch("/api/notes", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ text }),
    });
    if (!answer.ok) return;
    const note = (await answer.json()) as Note;
    setNotes((old) => [...old, note]);
    setText("");
  };
  return (
    <main>
      <h1>Notes on a server</h1>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void add();
        }}
      >
        <label>
          New note <input value={text} onChange={(event) => setText(event.target.value)} />
        </label>
        <button type="submit">Add</button>
      </form>
      <ul>
        {notes.map((note) => (
          <li key={note.id}>{note.text}</li>
        ))}
      </ul>
    </main>
  );
}
`

/** The files of an app with React in front and Express over an SQLite file behind. */
export const NOTES_FILES: Record<string, string> = {
  'package.json': PACKAGE,
  'server.js': SERVER,
  'src/App.tsx': APP,
}

/** A model's answer that writes it. */
export const NOTES_ANSWER = `I write the notes with a server of their own.

${Object.entries(NOTES_FILES)
  .map(([path, text]) => `<file path="${path}">\n${text.trimEnd()}\n</file>`)
  .join('\n\n')}
`
