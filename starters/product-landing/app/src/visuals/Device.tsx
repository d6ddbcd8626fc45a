/** A thing on a table: rings and a sphere, lit from above. */
export function Device() {
  return (
    <svg viewBox="0 0 960 420" className="w-full">
      <defs>
        <radialGradient id="body" cx=".38" cy=".28" r=".85">
          <stop offset="0" stopColor="var(--glow)" />
          <stop offset=".45" stopColor="var(--accent)" />
          <stop offset="1" stopColor="var(--accent)" stopOpacity=".75" />
        </radialGradient>
        <radialGradient id="shade">
          <stop offset="0" stopColor="var(--ink)" stopOpacity=".28" />
          <stop offset="1" stopColor="var(--ink)" stopOpacity="0" />
        </radialGradient>
        <linearGradient id="shine" x1="0" y1="0" x2="0" y2="1">
          <stop offset="0" stopColor="#fff" stopOpacity=".65" />
          <stop offset="1" stopColor="#fff" stopOpacity="0" />
        </linearGradient>
      </defs>
      <ellipse cx="480" cy="372" rx="250" ry="34" fill="url(#shade)" />
      {[196, 240, 284].map((r, i) => (
        <ellipse key={r} cx="480" cy="212" rx={r} ry={r * 0.33} fill="none" stroke="var(--accent)" strokeOpacity={0.4 - i * 0.11} strokeWidth="2" transform="rotate(-14 480 212)" />
      ))}
      <circle cx="480" cy="206" r="148" fill="url(#body)" />
      <ellipse cx="440" cy="126" rx="82" ry="46" fill="url(#shine)" transform="rotate(-24 440 126)" />
      <path d="M284 260 a198 66 -14 0 0 390 -98" fill="none" stroke="var(--surface)" strokeWidth="9" strokeLinecap="round" opacity=".9" />
      <circle cx="674" cy="162" r="15" fill="var(--glow)" stroke="var(--surface)" strokeWidth="5" />
    </svg>
  );
}
