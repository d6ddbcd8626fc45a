import type { ReactNode } from "react";

export function Panel({ title, aside, children }: { title: string; aside?: ReactNode; children: ReactNode }) {
  const id = `panel-${title.toLowerCase().replace(/\W+/g, "-")}`;
  return (
    <section aria-labelledby={id} className="rounded-3xl border border-line bg-surface p-5 shadow-card sm:p-6">
      <div className="mb-4 flex min-h-8 items-center justify-between gap-3">
        <h2 id={id} className="text-base font-semibold">{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  );
}
