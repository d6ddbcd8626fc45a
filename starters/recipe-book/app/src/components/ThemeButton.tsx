import { Moon, Sun } from "lucide-react";
import { useState } from "react";
import { config } from "../config";
import { chooseTheme } from "../theme";

/** Switches between light and dark and remembers it. */
export function ThemeButton() {
  const [dark, setDark] = useState(() => document.documentElement.dataset.theme === "dark");
  const toggle = () => {
    chooseTheme(config.palette, config.theme, dark ? "light" : "dark");
    setDark(!dark);
  };
  return (
    <button
      type="button"
      aria-label={dark ? "Light theme" : "Dark theme"}
      onClick={toggle}
      className="grid size-11 place-items-center rounded-2xl border border-line bg-surface text-muted hover:text-ink"
    >
      {dark ? <Sun size={18} aria-hidden /> : <Moon size={18} aria-hidden />}
    </button>
  );
}
