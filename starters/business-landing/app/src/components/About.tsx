import type { Section } from "../config";
import { NamedIcon } from "../icons";
import { Arch } from "./Arch";

export function About({ section }: { section: Section }) {
  return (
    <section id="about" className="mx-auto grid max-w-6xl items-center gap-12 px-5 py-18 sm:px-8 sm:py-24 lg:grid-cols-[1fr_1.4fr] lg:gap-20">
      <Arch icon={section.icons?.[0]} tone="soft" className="mx-auto aspect-4/5 w-full max-w-sm" />
      <div>
        <h2 className="text-4xl font-normal tracking-tight sm:text-5xl">{section.title}</h2>
        {section.text?.split("\n").map((paragraph) => (
          <p key={paragraph} className="mt-5 text-lg leading-relaxed text-pretty text-muted">{paragraph}</p>
        ))}
        <ul className="mt-8 grid gap-5 sm:grid-cols-2">
          {section.items?.map((item) => (
            <li key={item.title} className="flex gap-3">
              <NamedIcon name={item.icon} size={22} strokeWidth={1.6} aria-hidden className="mt-0.5 shrink-0 text-accent" />
              <div>
                <h3 className="text-lg leading-tight font-semibold">{item.title}</h3>
                <p className="mt-1 text-muted">{item.text}</p>
              </div>
            </li>
        ))}
        </ul>
      </div>
    </section>
  );
}
