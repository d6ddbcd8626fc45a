import type { Section } from "../config";
import { NamedIcon } from "../icons";
import { Heading } from "./Heading";

const TONES = ["bg-accent text-on-accent", "bg-accent-soft text-accent-strong", "bg-sun/50 text-ink", "bg-sunken text-accent-strong"];

/** Tiles drawn from shapes; put photos in their place when there are some. */
export function Gallery({ section }: { section: Section }) {
  return (
    <section id="gallery" className="mx-auto max-w-6xl px-5 pb-18 sm:px-8 sm:pb-24">
      <Heading section={section} />
      <ul className="grid grid-cols-2 gap-3 sm:gap-4 md:grid-cols-4">
        {section.items?.map((item, index) => (
          <li key={item.title} className={`relative aspect-square overflow-hidden rounded-2xl ${TONES[(index + Math.floor(index / 4)) % TONES.length]}`}>
            <span aria-hidden className="absolute -right-1/4 -bottom-1/4 size-3/4 rounded-full bg-current opacity-10" />
            <NamedIcon name={item.icon} aria-hidden strokeWidth={0.9} className="absolute top-1/2 left-1/2 h-auto w-2/5 -translate-1/2" />
            <p className="absolute inset-x-4 bottom-3.5 text-sm font-medium">{item.title}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}
