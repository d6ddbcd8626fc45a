import type { Section } from "../config";

/** A section's title and the line under it. */
export function Heading({ section }: { section: Section }) {
  return (
    <div className="mx-auto mb-10 max-w-2xl text-center sm:mb-14">
      <h2 className="text-3xl font-semibold tracking-tight sm:text-4xl">{section.title}</h2>
      {section.text && <p className="mt-4 text-lg text-pretty text-muted">{section.text}</p>}
    </div>
  );
}
