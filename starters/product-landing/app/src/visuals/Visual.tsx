import type { ComponentType } from "react";
import { Book } from "./Book";
import { Dashboard } from "./Dashboard";
import { Device } from "./Device";
import { Phone } from "./Phone";
import { Terminal } from "./Terminal";

const VISUALS: Record<string, ComponentType> = { dashboard: Dashboard, phone: Phone, terminal: Terminal, object: Device, book: Book };

/** The picture of the product, drawn with the page's own colours. */
export function Visual({ name }: { name: string }) {
  const Picture = VISUALS[name] ?? Dashboard;
  return <Picture />;
}
