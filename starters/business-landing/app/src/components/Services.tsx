import type { Section } from "../config";
import { Heading } from "./Heading";

/** What there is and what it costs, as a menu: name, dots, price. */
export function Services({ section }: { section: Section }) {
  return (
    <section id="services" className="border-y border-line bg-sunken py-18 sm:py-24">
      <div className="mx-auto max-w-6xl px-5 sm:px-8">
        <Heading section={section} />
        <ul className="grid gap-x-16 gap-y-8 md:grid-cols-2">
          {section.items?.map((item) => (
            <li key={item.title}>
              <div className="flex items-baseline gap-3">
                <h3 className="text-xl font-semibold">{item.title}</h3>
                <span aria-hidden className="mb-1 flex-1 border-b-2 border-dotted border-muted/40" />
                {item.price && <span className="text-lg whitespace-nowrap tabular-nums">{item.price}</span>}
              </div>
              {item.text && <p className="mt-1 pr-12 text-pretty text-muted">{item.text}</p>}
            </li>
          ))}
        </ul>
      </div>
    </section>
  );
}
