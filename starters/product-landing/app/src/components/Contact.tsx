import { config, mailto, type Section } from "../config";

export function Contact({ section }: { section: Section }) {
  return (
    <section id="contact" className="mx-auto max-w-6xl px-5 pb-20 sm:px-8 sm:pb-28">
      <div className="relative isolate overflow-hidden rounded-3xl bg-accent px-6 py-16 text-center text-on-accent sm:px-16 sm:py-20">
        <div aria-hidden className="absolute -top-24 -right-16 -z-10 size-80 rounded-full bg-glow/50 blur-3xl" />
        <h2 className="text-3xl font-semibold tracking-tight sm:text-5xl">{section.title}</h2>
        {section.text && <p className="mx-auto mt-4 max-w-xl text-lg">{section.text}</p>}
        <a href={mailto} className="mt-8 inline-flex h-12 items-center rounded-xl bg-surface px-6 font-medium text-ink transition-opacity hover:opacity-90">
          {section.cta}
        </a>
        {config.email && <p className="mt-4 text-sm">{config.email}</p>}
      </div>
    </section>
  );
}
