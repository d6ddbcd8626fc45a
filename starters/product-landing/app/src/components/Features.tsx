import type { Section } from "../config";
import { NamedIcon } from "../icons";
import { Heading } from "./Heading";

export function Features({ section }: { section: Section }) {
  return (
    <section id="features" className="mx-auto max-w-6xl px-5 py-20 sm:px-8 sm:py-28">
      <Heading section={section} />
      <ul className="grid gap-4 sm:grid-cols-2 lg:grid-cols-3">
        {section.items?.map((item) => (
          <li key={item.title} className="rounded-2xl border border-line bg-surface p-6 transition-[border-color,translate] duration-200 hover:-translate-y-0.5 hover:border-accent/40 sm:p-7">
            <span className="mb-5 grid size-11 place-items-center rounded-xl bg-accent-soft text-accent-strong">
              <NamedIcon name={item.icon} size={21} aria-hidden />
            </span>
            <h3 className="text-lg font-semibold tracking-tight">{item.title}</h3>
            <p className="mt-2 text-pretty text-muted">{item.text}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}
