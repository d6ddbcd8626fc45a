import type { Section } from "../config";
import { Heading } from "./Heading";

export function Testimonials({ section }: { section: Section }) {
  return (
    <section id="testimonials" className="mx-auto max-w-6xl px-5 pb-18 sm:px-8 sm:pb-24">
      <Heading section={section} />
      <ul className="grid gap-10 md:grid-cols-3 md:gap-8">
        {section.items?.map((item) => (
          <li key={item.title}>
            <figure className="border-l-2 border-accent pl-6">
              <blockquote className="font-display text-xl leading-snug text-pretty">“{item.quote}”</blockquote>
              <figcaption className="mt-4 text-sm text-muted">
                <span className="font-medium text-ink">{item.title}</span>
                {item.role && `, ${item.role}`}
              </figcaption>
            </figure>
          </li>
        ))}
      </ul>
    </section>
  );
}
