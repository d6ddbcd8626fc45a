const page = (title: string, body: string): string =>
  `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>${title}</title></head><body>${body}</body></html>\n`

/** A small page without any build: markup, a style sheet and a script. */
export const PLAIN: Record<string, string> = {
  'index.html': page(
    'Plain',
    '<link rel="stylesheet" href="/style.css"><h1>Plain</h1><p id="out"></p><script src="/app.js"></script>',
  ),
  'style.css': 'body { font-family: sans-serif; margin: 2rem } h1 { color: rebeccapurple }\n',
  'app.js': 'document.getElementById("out").textContent = `${1 + 1} things`;\n',
}

const rows = Array.from(
  { length: 8 },
  (_, i) => `export function Row${i}({ label }: { label: string }) {
  return (
    <li className="flex items-center gap-2 rounded-lg border border-line px-3 py-2 text-sm">
      <span className="size-2 rounded-full bg-brand" /> {label} ${i}
    </li>
  );
}
`,
)

export const counter = (label: string): string => `import { useState } from "react";

export function Counter() {
  const [count, setCount] = useState(0);
  return (
    <button id="counter" className="rounded-xl bg-brand px-4 py-2 font-semibold text-white" onClick={() => setCount(count + 1)}>
      ${label}: {count}
    </button>
  );
}
`

/** Fifteen modules: React, TypeScript, Tailwind with a theme, icons of one package and a chart of another. */
export const REACT: Record<string, string> = {
  'package.json': JSON.stringify(
    {
      name: 'bench',
      private: true,
      dependencies: { react: '19.3.1', 'react-dom': '19.3.1', 'lucide-react': '1.77.0', recharts: '^3.0.0' },
    },
    null,
    2,
  ),
  'index.html': page('React', '<div id="root"></div><script type="module" src="/src/main.tsx"></script>'),
  'src/main.tsx': `import { createRoot } from "react-dom/client";
import { App } from "./App";
import "./index.css";

const root = document.getElementById("root");
if (root) createRoot(root).render(<App />);
`,
  'src/index.css': `@import "tailwindcss";

@theme {
  --color-brand: oklch(0.55 0.2 270);
  --color-line: oklch(0.9 0.01 270);
}
.card { @apply rounded-2xl border border-line p-6; }
`,
  'src/App.tsx': `import { Activity, Bell, Calendar } from "lucide-react";
import { Chart } from "./components/Chart";
import { Counter } from "./components/Counter";
import data from "./data.json";
${rows.map((_, i) => `import { Row${i} } from "./components/Row${i}";`).join('\n')}

export function App() {
  return (
    <main className="mx-auto max-w-3xl space-y-6 p-8">
      <h1 className="flex items-center gap-2 text-3xl font-bold"><Activity /> Dashboard <Bell /> <Calendar /></h1>
      <Counter />
      <div className="card"><Chart data={data} /></div>
      <ul className="grid gap-2">
${rows.map((_, i) => `        <Row${i} label="Row" />`).join('\n')}
      </ul>
    </main>
  );
}
`,
  'src/data.json': JSON.stringify(Array.from({ length: 7 }, (_, day) => ({ day, minutes: 20 + day * 7 }))),
  'src/components/Chart.tsx': `import { Bar, BarChart, XAxis } from "recharts";

export function Chart({ data }: { data: { day: number; minutes: number }[] }) {
  return (
    <BarChart width={480} height={180} data={data}>
      <XAxis dataKey="day" />
      <Bar dataKey="minutes" fill="currentColor" isAnimationActive={false} />
    </BarChart>
  );
}
`,
  'src/components/Counter.tsx': counter('Count'),
  ...Object.fromEntries(rows.map((text, i) => [`src/components/Row${i}.tsx`, text])),
}
