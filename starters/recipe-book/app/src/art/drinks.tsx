import type { ReactNode } from "react";
import type { Dish } from "./dishes";
import { At, Leaf } from "./shapes";

function Citrus({ color, light }: { color: string; light: string }) {
  return (
    <>
      <circle r="21" fill={color} />
      <circle r="17.5" fill={light} />
      <path d="M-17 0H17M0-17V17M-12-12L12 12M12-12L-12 12" stroke={color} strokeWidth="2.2" />
    </>
  );
}

const Ice = () => (
  <g fill="#fff" opacity=".5">
    <rect x="99" y="72" width="24" height="24" rx="5" transform="rotate(-12 111 84)" />
    <rect x="119" y="90" width="22" height="22" rx="5" transform="rotate(18 130 101)" />
    <rect x="103" y="110" width="20" height="20" rx="5" transform="rotate(9 113 120)" />
  </g>
);

/** A straight glass with two colours that run into each other. */
function tall(top: string, bottom: string, extra: ReactNode) {
  return () => (
    <>
      <ellipse cx="124" cy="158" rx="46" ry="7" fill="#000" opacity=".16" />
      <path d="M84 34H156L147 150A8 8 0 0 1 139 157H101A8 8 0 0 1 93 150Z" fill="#fff" opacity=".45" />
      <path d="M88 62H152L145 146A7 7 0 0 1 138 152H102A7 7 0 0 1 95 146Z" fill={bottom} />
      <path d="M88 62H152L149 100C128 112 110 90 91 102Z" fill={top} />
      <Ice />
      {extra}
      <path d="M92 44L99 140" stroke="#fff" strokeWidth="4" strokeLinecap="round" opacity=".5" />
    </>
  );
}

/** A wide bowl on a stem. */
function coupe(drink: string, foam: string, extra: ReactNode) {
  return () => (
    <>
      <ellipse cx="124" cy="160" rx="40" ry="6" fill="#000" opacity=".16" />
      <path
        d="M120 108V152M92 156C104 150 136 150 148 156Z"
        stroke="#fff"
        strokeOpacity=".75"
        strokeWidth="5"
        strokeLinecap="round"
        fill="#fff"
        fillOpacity=".6"
      />
      <path d="M66 38H174C174 84 150 112 120 112S66 84 66 38Z" fill="#fff" opacity=".45" />
      <path d="M71 50H169C166 84 146 106 120 106S74 84 71 50Z" fill={drink} />
      <path d="M71 50H169L168 60C140 66 100 66 72 60Z" fill={foam} />
      {extra}
      <path d="M80 62C84 80 92 90 102 97" stroke="#fff" strokeWidth="4" strokeLinecap="round" fill="none" opacity=".5" />
    </>
  );
}

const straw = <path d="M112 150L128 14" stroke="#fff" strokeWidth="5" strokeLinecap="round" opacity=".9" />;
const at = (x: number, y: number, what: ReactNode, turn = 0) => (
  <At x={x} y={y} turn={turn}>
    {what}
  </At>
);
const mint = (
  <>
    {at(98, 52, <Leaf size={1.3} />, -30)}
    {at(88, 44, <Leaf color="#4fa35f" size={1.1} />, 40)}
  </>
);
const orange = at(156, 44, <Citrus color="#f08a24" light="#fcc876" />);
const lime = at(156, 44, <Citrus color="#79b23c" light="#d6ecaa" />);
const grapefruit = at(156, 44, <Citrus color="#ef7f6d" light="#fbc4b3" />);
const beans = (
  <g fill="#3a2215">
    {[
      [112, 55, -20],
      [126, 53, 30],
      [119, 60, 80],
    ].map(([x = 0, y = 0, turn]) => (
      <ellipse key={x} cx={x} cy={y} rx="6" ry="3.6" transform={`rotate(${turn} ${x} ${y})`} />
    ))}
  </g>
);

/** Drinks, seen from the side. */
export const DRINKS: Record<string, Dish> = {
  drink: {
    label: "Orange drink",
    table: "#a8cfc9",
    draw: tall(
      "#f5a03f",
      "#e8663c",
      <>
        {orange}
        {straw}
        {mint}
      </>,
    ),
  },
  mint: {
    label: "Mint drink",
    table: "#dcebc0",
    draw: tall(
      "#d5e8a8",
      "#a9cf7b",
      <>
        {lime}
        {straw}
        {mint}
        {at(116, 120, <Leaf size={1.2} />, 60)}
        {at(132, 88, <Leaf />, 10)}
      </>,
    ),
  },
  bitter: { label: "Red drink", table: "#f1cfa5", draw: tall("#d8432f", "#a92326", orange) },
  pink: {
    label: "Pink drink",
    table: "#cfc6e6",
    draw: tall(
      "#f9b7a6",
      "#ee7f76",
      <>
        {grapefruit}
        {straw}
      </>,
    ),
  },
  amber: { label: "Amber drink", table: "#b9c4cf", draw: tall("#d58a34", "#a85d1d", orange) },
  coupe: {
    label: "Coupe",
    table: "#b8dcd3",
    draw: coupe("#dfe59a", "#eef2c6", at(164, 38, <Citrus color="#79b23c" light="#d6ecaa" />)),
  },
  coffee: { label: "Coffee drink", table: "#e6d3bd", draw: coupe("#4a2c1a", "#d9b78c", beans) },
};
