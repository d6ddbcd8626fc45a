import { MapPin } from "lucide-react";
import { config, isShown, reach, type Section, where } from "../config";
import { Arch } from "./Arch";
import { OpenBadge } from "./OpenBadge";

export function Hero({ section }: { section: Section }) {
  const [first, second, third] = section.icons ?? [];
  return (
    <section className="mx-auto grid max-w-6xl items-center gap-12 px-5 pt-12 pb-16 sm:px-8 sm:pt-16 lg:grid-cols-[1.1fr_1fr] lg:gap-16 lg:pb-24">
      <div>
        {where && (
          <p className="mb-5 inline-flex items-center gap-2 text-sm font-medium text-accent-strong">
            <MapPin size={16} aria-hidden />
            {where}
          </p>
        )}
        <h1 className="text-5xl leading-[1.04] font-normal tracking-tight sm:text-6xl lg:text-7xl">{section.headline ?? config.tagline}</h1>
        {section.text && <p className="mt-6 max-w-lg text-lg leading-relaxed text-pretty text-muted">{section.text}</p>}
        <div className="mt-8 flex flex-wrap gap-3">
          {section.cta && (
            <a href={reach} className="inline-flex h-12 items-center rounded-full bg-accent px-7 font-medium text-on-accent transition-colors hover:bg-accent-strong">
              {section.cta}
            </a>
          )}
          {section.second && isShown("services") && (
            <a href="#services" className="inline-flex h-12 items-center rounded-full border border-line px-7 font-medium transition-colors hover:bg-sunken">
              {section.second}
            </a>
          )}
        </div>
        <div className="mt-8">
          <OpenBadge />
        </div>
      </div>
      <div className="grid grid-cols-[1.5fr_1fr] items-end gap-4">
        <Arch icon={first} className="aspect-3/4" />
        <div className="grid gap-4">
          <Arch icon={second} tone="soft" className="aspect-4/5" />
          <Arch icon={third} tone="soft" className="aspect-4/5" />
        </div>
      </div>
    </section>
  );
}
