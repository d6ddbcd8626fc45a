import { House, Settings } from "lucide-react";
import { useState } from "react";

const TABS = [
  { id: "home", title: "Home", Icon: House },
  { id: "settings", title: "Settings", Icon: Settings },
] as const;

export function App() {
  const [tab, setTab] = useState<(typeof TABS)[number]["id"]>("home");
  return (
    <div className="mx-auto flex min-h-dvh max-w-md flex-col">
      <main className="flex-1 px-5 pt-[max(1.5rem,env(safe-area-inset-top))] pb-6">
        <h1 className="text-3xl font-semibold tracking-tight">{TABS.find((t) => t.id === tab)?.title}</h1>
        <p className="mt-2 text-muted">Everything begins in src/App.tsx.</p>
      </main>
      <nav aria-label="Main" className="sticky bottom-0 grid grid-cols-2 border-t border-line bg-surface pb-[env(safe-area-inset-bottom)]">
        {TABS.map(({ id, title, Icon }) => (
          <button
            key={id}
            type="button"
            aria-current={tab === id ? "page" : undefined}
            onClick={() => setTab(id)}
            className="grid min-h-14 cursor-pointer place-items-center content-center gap-0.5 text-xs text-muted aria-[current=page]:font-medium aria-[current=page]:text-accent"
          >
            <Icon size={20} aria-hidden />
            {title}
          </button>
        ))}
      </nav>
    </div>
  );
}
