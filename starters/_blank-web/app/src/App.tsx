export function App() {
  return (
    <main className="mx-auto grid min-h-dvh max-w-2xl content-center gap-3 p-6">
      <h1 className="text-4xl font-semibold tracking-tight">New app</h1>
      <p className="text-lg text-muted">Everything begins in src/App.tsx.</p>
    </main>
  );
}
