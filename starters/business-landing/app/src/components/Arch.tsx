import { NamedIcon } from "../icons";

/** A picture out of shapes: an arched window with a sun, a table and what the business is about. */
export function Arch({ icon, className = "", tone = "accent" }: { icon: string | undefined; className?: string; tone?: "accent" | "soft" }) {
  const strong = tone === "accent";
  return (
    <div aria-hidden className={`relative overflow-hidden rounded-[50%_50%_1rem_1rem/40%_40%_1rem_1rem] ${strong ? "bg-accent text-on-accent" : "bg-accent-soft text-accent-strong"} ${className}`}>
      <div className={`absolute top-[14%] left-1/2 aspect-square w-[58%] -translate-x-1/2 rounded-full ${strong ? "bg-sun/45" : "bg-sun/60"}`} />
      <div className="absolute inset-x-0 bottom-0 h-[24%] bg-ink/10" />
      <NamedIcon name={icon} className="absolute top-[30%] left-1/2 h-auto w-[52%] -translate-x-1/2" strokeWidth={0.65} />
    </div>
  );
}
