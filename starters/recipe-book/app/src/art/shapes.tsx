import type { ReactNode } from "react";

/** The middle of every picture; pictures are 240 wide and 180 high. */
export const CENTER = { x: 120, y: 90 };

interface Point {
  x: number;
  y: number;
  /** Degrees, different for each, for what should not lie in order. */
  turn: number;
}

/** `count` places spread evenly over a circle, the way that sunflowers do it. */
export function scatter(count: number, radius: number, start = 0): Point[] {
  return Array.from({ length: count }, (_, i) => {
    const angle = (i + start) * 2.39996;
    const reach = radius * Math.sqrt((i + 0.5) / count);
    return { x: CENTER.x + reach * Math.cos(angle), y: CENTER.y + reach * Math.sin(angle), turn: ((i + start) * 137) % 360 };
  });
}

/** `count` places on a ring. */
export function ring(count: number, radius: number, start = 0): Point[] {
  return Array.from({ length: count }, (_, i) => {
    const angle = ((i / count) * 360 + start) * (Math.PI / 180);
    return { x: CENTER.x + radius * Math.cos(angle), y: CENTER.y + radius * Math.sin(angle), turn: (i / count) * 360 + start };
  });
}

/** Draws its children at a place, turned. */
export function At({ x, y, turn = 0, children }: { x: number; y: number; turn?: number; children: ReactNode }) {
  return <g transform={`translate(${x.toFixed(1)} ${y.toFixed(1)}) rotate(${turn})`}>{children}</g>;
}

export function Leaf({ color = "#3f8f4f", size = 1 }: { color?: string; size?: number }) {
  return (
    <g transform={`scale(${size})`}>
      <path d="M-11 0C-6-8 6-8 11 0 6 8-6 8-11 0Z" fill={color} />
      <path d="M-8 0H8" stroke="#fff" strokeOpacity=".35" strokeWidth="1" />
    </g>
  );
}

/** Small flecks: herbs, pepper, sesame. */
export function Flecks({
  count,
  radius,
  color,
  size = 1.6,
  start = 3,
}: {
  count: number;
  radius: number;
  color: string;
  size?: number;
  start?: number;
}) {
  return (
    <g fill={color}>
      {scatter(count, radius, start).map(({ x, y, turn }) => (
        <ellipse key={turn + x} cx={x} cy={y} rx={size * 1.6} ry={size} transform={`rotate(${turn} ${x} ${y})`} />
      ))}
    </g>
  );
}

const Shadow = ({ radius }: { radius: number }) => (
  <ellipse cx={CENTER.x} cy={CENTER.y + 7} rx={radius + 2} ry={radius} fill="#000" opacity=".16" />
);

export function Plate({ children }: { children: ReactNode }) {
  return (
    <>
      <Shadow radius={76} />
      <circle cx={CENTER.x} cy={CENTER.y} r="76" fill="#fdfbf7" />
      <circle cx={CENTER.x} cy={CENTER.y} r="57" fill="#f1ebe1" />
      <circle cx={CENTER.x} cy={CENTER.y} r="57" fill="none" stroke="#fff" strokeWidth="2" />
      {children}
    </>
  );
}

/** A bowl seen from above, filled to the rim with `fill`. */
export function Bowl({ color, fill, children }: { color: string; fill: string; children: ReactNode }) {
  return (
    <>
      <Shadow radius={74} />
      <circle cx={CENTER.x} cy={CENTER.y} r="74" fill={color} />
      <circle cx={CENTER.x} cy={CENTER.y} r="74" fill="none" stroke="#fff" strokeOpacity=".35" strokeWidth="2.5" />
      <circle cx={CENTER.x} cy={CENTER.y} r="63" fill={fill} />
      <path d="M62 74a61 61 0 0 1 116 0" fill="none" stroke="#000" strokeOpacity=".1" strokeWidth="5" />
      {children}
    </>
  );
}

export function Pan({ fill, children }: { fill: string; children: ReactNode }) {
  return (
    <>
      <Shadow radius={74} />
      <rect x="180" y="80" width="74" height="20" rx="10" fill="#2c2f36" transform="rotate(-24 120 90)" />
      <circle cx={CENTER.x} cy={CENTER.y} r="74" fill="#373b44" />
      <circle cx={CENTER.x} cy={CENTER.y} r="63" fill={fill} />
      {children}
    </>
  );
}

export function Board({ children }: { children: ReactNode }) {
  return (
    <>
      <rect x="28" y="32" width="184" height="126" rx="18" fill="#000" opacity=".15" />
      <rect x="28" y="25" width="184" height="126" rx="18" fill="#c99a66" />
      <path d="M40 50H200M40 78H200M40 106H200M40 134H200" stroke="#b58550" strokeWidth="2" strokeLinecap="round" />
      {children}
    </>
  );
}
