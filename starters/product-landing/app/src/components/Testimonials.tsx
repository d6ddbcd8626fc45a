import type { Section } from "../config";
import { Heading } from "./Heading";

export function Testimonials({ section }: { section: Section }) {
  return (
    <section id="testimonials" className="mx-auto max-w-6xl px-5 py-20 sm:px-8 sm:py-28">
      <Heading section={section} />
      <ul className="grid gap-4 md:grid-cols-3">
        {section.items?.map((item) => (
          <li key={item.quote} className="flex">
            <figure className="flex w-full flex-col justify-between gap-8 rounded-2xl border border-line bg-surface p-6 sm:p-7">
              <blockquote className="text-lg leading-snug text-pretty">“{item.quote}”</blockquote>
              <figcaption className="flex items-center gap-3">
                <span aria-hidden className="grid size-10 place-items-center rounded-full bg-accent-soft text-sm font-semibold text-accent-strong">{initials(item.name ?? "")}</span>
                <span>
                  <span className="block text-sm font-medium">{item.name}</span>
                  <span className="block text-sm text-muted">{item.role}</span>
                </span>
              </figcaption>
            </figure>
          </li>
        ))}
      </ul>
    </section>
  );
}

const initials = (name: string): string => name.split(" ").map((part) => part.charAt(0)).slice(0, 2).join("");
