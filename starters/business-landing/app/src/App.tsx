import type { ComponentType } from "react";
import { About } from "./components/About";
import { Contact } from "./components/Contact";
import { Faq } from "./components/Faq";
import { Footer } from "./components/Footer";
import { Gallery } from "./components/Gallery";
import { Header } from "./components/Header";
import { Hero } from "./components/Hero";
import { OpeningHours } from "./components/OpeningHours";
import { Services } from "./components/Services";
import { Testimonials } from "./components/Testimonials";
import { type Section, shown } from "./config";

const PARTS: Record<string, ComponentType<{ section: Section }>> = {
  hero: Hero,
  services: Services,
  about: About,
  gallery: Gallery,
  testimonials: Testimonials,
  hours: OpeningHours,
  faq: Faq,
  contact: Contact,
};

export function App() {
  return (
    <>
      <a href="#main" className="sr-only rounded-lg bg-accent px-4 py-2 text-on-accent focus:not-sr-only focus:fixed focus:top-3 focus:left-3 focus:z-50">
        Skip to content
      </a>
      <Header />
      <main id="main" className="overflow-x-clip">
        {shown.map((section) => {
          const Part = PARTS[section.id];
          return Part && <Part key={section.id} section={section} />;
        })}
      </main>
      <Footer />
    </>
  );
}
