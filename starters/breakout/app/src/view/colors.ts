/** The colours that the canvas draws with, read from styles.css so that palette and theme live in one place. */
export interface Colors {
  field: string;
  fieldLow: string;
  grid: string;
  ball: string;
  paddle: string;
  glow: string;
  /** The glow where it ends: the same colour, clear. */
  glowEnd: string;
  steel: string;
  ink: string;
  onBrick: string;
  bricks: string[];
}

export function readColors(): Colors {
  // An element resolves variables and sums for us; a canvas does not in every browser.
  const probe = document.createElement("i");
  document.body.append(probe);
  const color = (name: string) => {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color || "#888";
  };
  const colors = {
    field: color("--field"),
    fieldLow: color("--field-low"),
    grid: color("--grid"),
    ball: color("--ball"),
    paddle: color("--paddle"),
    glow: color("--glow"),
    glowEnd: color("--glow-end"),
    steel: color("--steel"),
    ink: color("--ink"),
    onBrick: color("--on-brick"),
    bricks: [1, 2, 3, 4, 5, 6].map((n) => color(`--brick-${n}`)),
  };
  probe.remove();
  return colors;
}
