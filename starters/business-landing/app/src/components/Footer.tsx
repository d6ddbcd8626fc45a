import { config } from "../config";
import { Brand } from "./Brand";

export function Footer() {
  return (
    <footer className="border-t border-line">
      <div className="mx-auto flex max-w-6xl flex-wrap items-center justify-between gap-x-8 gap-y-4 px-5 py-10 sm:px-8">
        <Brand />
        <p className="text-sm text-muted">
          {config.tagline && `${config.tagline}. `}© {new Date().getFullYear()} {config.title}
        </p>
      </div>
    </footer>
  );
}
