import { ArrowRight } from "lucide-react";
import { config, type Section, shown, start } from "../config";
import { Visual } from "../visuals/Visual";

export function Hero({ section }: { section: Section }) {
  const next = shown.find((s) => s.id === "steps") ?? shown.find((s) => s.id === "features");
  return (
    <section className="relative isolate">
      <div aria-hidden className="aura absolute inset-x-0 -top-16 -z-10 h-200" />
      <div className="mx-auto max-w-6xl px-5 pt-16 text-center sm:px-8 sm:pt-24">
        {config.words.kind && (
          <p className="mx-auto mb-6 inline-flex rounded-full border border-line bg-surface/70 px-4 py-1.5 text-sm text-muted">{config.words.kind}</p>
        )}
        <h1 className="mx-auto max-w-4xl text-4xl leading-[1.05] font-semibold tracking-tight sm:text-6xl lg:text-7xl">{section.headline ?? config.tagline}</h1>
        {section.text && <p className="mx-auto mt-6 max-w-2xl text-lg text-pretty text-muted sm:text-xl">{section.text}</p>}
        <div className="mt-9 flex flex-wrap justify-center gap-3">
          {section.cta && (
            <a href={start} className="group inline-flex h-12 items-center gap-2 rounded-xl bg-accent px-6 font-medium text-on-accent transition-colors hover:bg-accent-strong">
              {section.cta}
              <ArrowRight size={18} aria-hidden className="transition-transform group-hover:translate-x-0.5" />
            </a>
          )}
          {section.second && next && (
            <a href={`#${next.id}`} className="inline-flex h-12 items-center rounded-xl border border-line bg-surface px-6 font-medium transition-colors hover:bg-sunken">
              {section.second}
            </a>
          )}
        </div>
        {section.note && <p className="mt-4 text-sm text-muted">{section.note}</p>}
      </div>
      <div aria-hidden className="mx-auto mt-14 max-w-5xl px-5 sm:mt-20 sm:px-8">
        <Visual name={config.visual} />
      </div>
    </section>
  );
}
