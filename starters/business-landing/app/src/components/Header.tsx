import { Menu, X } from "lucide-react";
import { useState } from "react";
import { config, reach, shown } from "../config";
import { Brand } from "./Brand";

const NAMES: Record<string, string> = { services: "Services", about: "About", gallery: "Gallery", hours: "Hours", contact: "Contact" };
const LINKS = shown.filter((section) => section.id in NAMES);

export function Header() {
  const [open, setOpen] = useState(false);
  const cta = shown.find((section) => section.id === "hero")?.cta;
  return (
    <header id="top" className="sticky top-0 z-40 border-b border-line/70 bg-canvas/90 backdrop-blur-lg">
      <div className="mx-auto flex h-18 max-w-6xl items-center gap-6 px-5 sm:px-8">
        <Brand />
        <nav aria-label="Main" className="ml-auto hidden gap-1 lg:flex">
          {LINKS.map(({ id }) => (
            <a key={id} href={`#${id}`} className="rounded-lg px-3 py-2 text-sm text-muted transition-colors hover:text-ink">
              {NAMES[id]}
            </a>
          ))}
        </nav>
        {cta && (
          <a href={reach} className="ml-auto hidden h-10 shrink-0 items-center rounded-full bg-accent px-5 text-sm font-medium text-on-accent transition-colors hover:bg-accent-strong sm:inline-flex lg:ml-0">
            {cta}
          </a>
        )}
        <button
          type="button"
          aria-expanded={open}
          aria-controls="menu"
          onClick={() => setOpen(!open)}
          className="ml-auto grid size-10 shrink-0 place-items-center rounded-lg text-muted hover:text-ink sm:ml-0 lg:hidden"
        >
          {open ? <X size={22} aria-hidden /> : <Menu size={22} aria-hidden />}
          <span className="sr-only">{config.words.menu}</span>
        </button>
      </div>
      <nav id="menu" aria-label="Mobile" hidden={!open} className="border-t border-line px-5 py-3 lg:hidden">
        {LINKS.map(({ id }) => (
          <a key={id} href={`#${id}`} onClick={() => setOpen(false)} className="block rounded-lg px-2 py-3 text-lg">
            {NAMES[id]}
          </a>
        ))}
      </nav>
    </header>
  );
}
