import { Mail, MapPin, Phone } from "lucide-react";
import { config, mailLink, phoneLink, type Section } from "../config";

export function Contact({ section }: { section: Section }) {
  const { phone, email, address } = config.contact;
  const row = "flex items-start gap-4";
  const icon = "mt-0.5 shrink-0";
  return (
    <section id="contact" className="px-5 py-18 sm:px-8 sm:py-24">
      <div className="relative isolate mx-auto grid max-w-6xl gap-10 overflow-hidden rounded-3xl bg-accent p-8 text-on-accent sm:p-14 lg:grid-cols-2">
        <span aria-hidden className="absolute -top-32 -right-20 -z-10 size-96 rounded-full bg-sun/25" />
        <div>
          <h2 className="text-4xl font-normal tracking-tight sm:text-5xl">{section.title}</h2>
          {section.text && <p className="mt-4 max-w-md text-lg text-pretty">{section.text}</p>}
          {section.cta && (
            <a href={email ? mailLink : phoneLink} className="mt-8 inline-flex h-12 items-center rounded-full bg-surface px-7 font-medium text-ink transition-opacity hover:opacity-90">
              {section.cta}
            </a>
          )}
        </div>
        <ul className="grid content-center gap-6 text-lg">
          {address && (
            <li className={row}>
              <MapPin size={22} aria-hidden className={icon} />
              <address className="not-italic">
                {[address, config.words.place].filter(Boolean).join(", ")}
              </address>
            </li>
          )}
          {phone && (
            <li className={row}>
              <Phone size={22} aria-hidden className={icon} />
              <a href={phoneLink} className="underline-offset-4 hover:underline focus-visible:outline-current">{phone}</a>
            </li>
          )}
          {email && (
            <li className={row}>
              <Mail size={22} aria-hidden className={icon} />
              <a href={mailLink} className="wrap-anywhere underline-offset-4 hover:underline focus-visible:outline-current">{email}</a>
            </li>
          )}
        </ul>
      </div>
    </section>
  );
}
