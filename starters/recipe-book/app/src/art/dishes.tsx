import type { ReactNode } from "react";
import { DRINKS } from "./drinks";
import { At, Board, Bowl, CENTER, Flecks, Leaf, Pan, Plate, ring, scatter } from "./shapes";

export interface Dish {
  label: string;
  /** The table under it. */
  table: string;
  draw: () => ReactNode;
}

const LemonSlice = () => (
  <>
    <circle r="12" fill="#f4c534" />
    <circle r="9.5" fill="#fbe58b" />
    <path d="M-9 0H9M0-9V9M-6-6L6 6M6-6L-6 6" stroke="#f4c534" strokeWidth="1.4" />
  </>
);

const Cucumber = () => (
  <>
    <circle r="11" fill="#5f9e4b" />
    <circle r="9" fill="#d8ecb9" />
    <circle r="4" fill="#c2df9d" />
  </>
);

const Soup = () => (
  <Bowl color="#f5efe6" fill="#d9532c">
    <path
      d="M86 92c4-30 62-34 66-4 3 26-44 30-46 8-1-14 24-16 25-3"
      fill="none"
      stroke="#fbe9d2"
      strokeWidth="6"
      strokeLinecap="round"
    />
    <At x={138} y={112} turn={-20}>
      <Leaf size={1.3} />
    </At>
    <At x={152} y={104} turn={50}>
      <Leaf color="#4fa35f" />
    </At>
    <Flecks count={18} radius={52} color="#7a2a14" size={1} />
  </Bowl>
);

const Pasta = () => (
  <Plate>
    <circle cx={CENTER.x} cy={CENTER.y} r="48" fill="#e3b95a" />
    <g fill="none" strokeWidth="4" strokeLinecap="round">
      {[46, 40, 34, 28, 22, 16, 10].map((radius, i) => (
        <circle
          key={radius}
          cx={CENTER.x + (i % 3) - 1}
          cy={CENTER.y + (i % 2)}
          r={radius}
          stroke={i % 2 ? "#f6dd97" : "#efcb74"}
          strokeDasharray={`${radius * 3.6} ${radius * 0.9}`}
          strokeDashoffset={i * 23}
        />
      ))}
    </g>
    <Flecks count={22} radius={46} color="#3f8f4f" size={2} />
    <Flecks count={12} radius={44} color="#c53a24" size={1.6} start={9} />
  </Plate>
);

const Curry = () => (
  <Bowl color="#2f5d62" fill="#d98b2b">
    <path d="M75 46A63 63 0 0 0 92 146C108 118 106 74 75 46Z" fill="#fbf7ee" />
    <g fill="#ece3d2">
      {scatter(40, 58)
        .filter(({ x, y }) => x < 92 + Math.abs(y - 96) * -0.1)
        .map(({ x, y, turn }) => (
          <ellipse key={turn} cx={x} cy={y} rx="4" ry="1.6" transform={`rotate(${turn} ${x} ${y})`} />
        ))}
    </g>
    {scatter(20, 56, 4)
      .filter(({ x }) => x > 108)
      .map(({ x, y, turn }) => (
        <circle key={turn} cx={x} cy={y} r="6.5" fill="#efc579" stroke="#c98a2e" strokeWidth="1" />
      ))}
    {[
      [128, 58, 20],
      [150, 96, -40],
      [126, 118, 70],
      [158, 72, 110],
    ].map(([x = 0, y = 0, turn]) => (
      <At key={x} x={x} y={y} turn={turn}>
        <Leaf color="#2f7a45" size={1.2} />
      </At>
    ))}
  </Bowl>
);

const Tray = () => (
  <>
    <rect x="30" y="32" width="180" height="126" rx="16" fill="#000" opacity=".16" />
    <rect x="30" y="25" width="180" height="126" rx="16" fill="#4b515c" />
    <rect x="39" y="34" width="162" height="108" rx="10" fill="#3b4049" />
    {[
      [58, 52],
      [176, 54],
      [60, 122],
      [182, 118],
      [120, 50],
      [118, 128],
      [146, 120],
      [90, 124],
    ].map(([x = 0, y = 0]) => (
      <At key={x} x={x} y={y} turn={x * 7}>
        <path d="M-15 5C-12-9 12-9 15 5Z" fill="#eec25f" stroke="#c98f2d" strokeWidth="1.5" />
      </At>
    ))}
    {[
      [88, 74],
      [150, 76],
      [76, 102],
      [156, 100],
      [116, 92],
    ].map(([x = 0, y = 0]) => (
      <At key={x} x={x} y={y} turn={x * 3}>
        <path d="M-20-4C-14-18 16-16 20-2 20 12-8 16-18 9-22 6-22 0-20-4Z" fill="#b5652a" />
        <path d="M-12-4C-6-10 8-9 12-3" fill="none" stroke="#e09a52" strokeWidth="4" strokeLinecap="round" />
      </At>
    ))}
    {[
      [118, 64],
      [54, 86],
      [186, 86],
      [132, 112],
    ].map(([x = 0, y = 0]) => (
      <At key={x} x={x} y={y}>
        <LemonSlice />
      </At>
    ))}
    {[
      [100, 54],
      [140, 56],
      [104, 112],
      [170, 130],
      [72, 136],
      [190, 70],
    ].map(([x, y]) => (
      <circle key={x} cx={x} cy={y} r="4.5" fill="#40364f" />
    ))}
  </>
);

const Eggs = () => (
  <Pan fill="#c8402a">
    <Flecks count={26} radius={58} color="#e86a45" size={3.4} />
    {ring(4, 31, 40).map(({ x, y, turn }) => (
      <At key={turn} x={x} y={y} turn={turn}>
        <path d="M-20-3C-18-18 4-22 15-14 25-6 20 14 6 17-8 21-22 12-20-3Z" fill="#fffaf0" />
        <circle r="8" cx="-1" cy="-1" fill="#f3a921" />
        <circle r="2.4" cx="-3.5" cy="-4" fill="#fff" opacity=".6" />
      </At>
    ))}
    {scatter(9, 56, 6).map(({ x, y, turn }) => (
      <At key={turn} x={x} y={y} turn={turn}>
        <rect x="-4" y="-4" width="8" height="8" rx="2" fill="#fff" />
      </At>
    ))}
    <Flecks count={22} radius={58} color="#2f7a45" size={1.8} start={11} />
  </Pan>
);

const Mushroom = () => (
  <>
    <path d="M-13 2C-13-12 13-12 13 2 8 5 5 3 4 3L5 12H-5L-4 3C-5 3-8 5-13 2Z" fill="#c9a27a" />
    <path d="M-9 0C-7-7 7-7 9 0 4-1-4-1-9 0Z" fill="#8d6440" />
  </>
);

const Risotto = () => (
  <Bowl color="#8d9a7b" fill="#efe0bb">
    <g fill="#f9f0d6">
      {scatter(70, 60).map(({ x, y, turn }) => (
        <ellipse key={turn + x} cx={x} cy={y} rx="4.4" ry="2.2" transform={`rotate(${turn} ${x} ${y})`} />
      ))}
    </g>
    {scatter(9, 46, 2).map(({ x, y, turn }) => (
      <At key={turn} x={x} y={y} turn={turn}>
        <Mushroom />
      </At>
    ))}
    <Flecks count={24} radius={56} color="#4f7d3e" size={1.5} start={7} />
  </Bowl>
);

const Salad = () => (
  <Bowl color="#3f6f8f" fill="#7fae57">
    {scatter(11, 52, 1).map(({ x, y, turn }) => (
      <At key={turn} x={x} y={y} turn={turn}>
        <path d="M-15 6C-14-10 14-10 15 6Z" fill="#d6412f" />
        <path d="M-9 4C-8-4 8-4 9 4Z" fill="#ef7b5d" />
      </At>
    ))}
    {scatter(8, 50, 14).map(({ x, y, turn }) => (
      <At key={turn} x={x} y={y}>
        <Cucumber />
      </At>
    ))}
    <g fill="none" stroke="#a8487c" strokeWidth="2.4">
      {scatter(5, 44, 23).map(({ x, y, turn }) => (
        <circle key={turn} cx={x} cy={y} r="9" strokeDasharray="40 16" strokeDashoffset={turn} />
      ))}
    </g>
    {scatter(8, 54, 31).map(({ x, y, turn }) => (
      <circle key={turn} cx={x} cy={y} r="5" fill="#3b3148" />
    ))}
    <At x={122} y={88} turn={-14}>
      <rect x="-25" y="-15" width="50" height="30" rx="5" fill="#fffdf6" />
      <rect x="-25" y="8" width="50" height="7" rx="3.5" fill="#ece6d6" />
    </At>
    <Flecks count={16} radius={30} color="#5d7a33" size={1.3} />
  </Bowl>
);

const Pancakes = () => (
  <Plate>
    <path d="M78 112c-8 22 36 34 62 28 26-5 40-22 34-36" fill="#9a4f17" opacity=".55" />
    {[
      [123, 100],
      [118, 94],
      [121, 87],
    ].map(([x = 0, y = 0], i) => (
      <g key={y}>
        <ellipse cx={x} cy={y + 4} rx="46" ry="44" fill="#b9772c" />
        <ellipse cx={x} cy={y} rx="46" ry="44" fill={i === 2 ? "#e7ad57" : "#f0cd8a"} />
      </g>
    ))}
    <ellipse cx="121" cy="87" rx="37" ry="35" fill="#d8963f" />
    <path d="M100 82c-4 16 10 26 24 22 18-4 26-20 14-28" fill="#8e4413" opacity=".45" />
    <At x={121} y={84} turn={12}>
      <rect x="-12" y="-12" width="24" height="24" rx="4" fill="#fbe491" />
      <rect x="-12" y="-12" width="24" height="8" rx="4" fill="#fff3bf" />
    </At>
    {[
      [92, 66],
      [152, 72],
      [146, 112],
      [90, 106],
      [70, 98],
      [172, 100],
      [118, 146],
    ].map(([x, y]) => (
      <g key={x}>
        <circle cx={x} cy={y} r="6.5" fill="#3f4f8f" />
        <circle cx={(x ?? 0) - 2} cy={(y ?? 0) - 2} r="2" fill="#8a97cf" />
      </g>
    ))}
  </Plate>
);

const Loaf = () => (
  <Board>
    <rect x="50" y="56" width="118" height="66" rx="22" fill="#8a4d1f" />
    <rect x="50" y="50" width="118" height="66" rx="22" fill="#b8722f" />
    <rect x="58" y="57" width="102" height="48" rx="18" fill="#cf8b42" />
    {[76, 90].map((y) => (
      <g key={y}>
        <rect x="68" y={y - 6} width="84" height="12" rx="6" fill="#f2d68b" />
        <path d={`M76 ${y}H144`} stroke="#c79b46" strokeWidth="2" strokeDasharray="3 6" strokeLinecap="round" />
      </g>
    ))}
    <rect x="174" y="60" width="22" height="56" rx="9" fill="#8a4d1f" />
    <rect x="177" y="63" width="16" height="50" rx="7" fill="#e9c486" />
    <Flecks count={14} radius={40} color="#6d3a15" size={1.8} />
  </Board>
);

const Cookies = () => (
  <>
    <g stroke="#fff" strokeOpacity=".55" strokeWidth="3">
      {[20, 48, 76, 104, 132, 160].map((y) => (
        <path key={y} d={`M20 ${y}H220`} />
      ))}
      {[34, 92, 150, 208].map((x) => (
        <path key={x} d={`M${x} 10V170`} />
      ))}
    </g>
    {[
      [64, 56],
      [130, 48],
      [188, 78],
      [84, 122],
      [148, 118],
      [200, 142],
      [30, 104],
    ].map(([x = 0, y = 0], i) => (
      <At key={x} x={x} y={y} turn={i * 51}>
        <circle r="31" cy="4" fill="#000" opacity=".13" />
        <circle r="31" fill="#b9782f" />
        <circle r="27" fill="#d79a4c" />
        <g fill="#4c2a16">
          {[
            [-12, -8],
            [8, -14],
            [14, 6],
            [-4, 12],
            [-16, 10],
            [2, -1],
            [4, 20],
          ].map(([cx, cy]) => (
            <rect key={cx} x={(cx ?? 0) - 4} y={(cy ?? 0) - 3} width="8" height="6.5" rx="2" />
          ))}
        </g>
        <g fill="#f0cf93">
          {[
            [-6, -18],
            [18, -6],
            [8, 12],
            [-20, 0],
          ].map(([cx, cy]) => (
            <ellipse key={cx} cx={cx} cy={cy} rx="4" ry="2" />
          ))}
        </g>
      </At>
    ))}
  </>
);

const Bread = () => (
  <Board>
    <ellipse cx="112" cy="94" rx="62" ry="50" fill="#7d4a1e" />
    <ellipse cx="112" cy="88" rx="62" ry="50" fill="#b97a38" />
    <ellipse cx="112" cy="85" rx="52" ry="41" fill="#cf9550" />
    <g fill="none" stroke="#f3dfb8" strokeWidth="6" strokeLinecap="round">
      <path d="M74 72c22-14 54-14 76 0M70 90c26-12 58-12 84 0M76 108c22-10 50-10 72 0" />
    </g>
    <Flecks count={36} radius={46} color="#f7ecd6" size={1.1} />
    <At x={190} y={116} turn={16}>
      <path d="M-17 20V-6C-24-22 24-22 17-6V20Z" fill="#b97a38" />
      <path d="M-12 16V-4C-18-15 18-15 12-4V16Z" fill="#f4dfb4" />
    </At>
  </Board>
);

const RiceBowl = () => (
  <Bowl color="#c9b8a4" fill="#fbf8f0">
    <g fill="#efe8d8">
      {scatter(60, 60).map(({ x, y, turn }) => (
        <ellipse key={turn + x} cx={x} cy={y} rx="4" ry="1.8" transform={`rotate(${turn} ${x} ${y})`} />
      ))}
    </g>
    <At x={104} y={76} turn={-24}>
      <rect x="-38" y="-19" width="76" height="38" rx="13" fill="#e9795b" />
      <path d="M-26-14l7 28M-10-17l7 33M6-17l7 33M22-15l6 28" stroke="#f7b49c" strokeWidth="3" strokeLinecap="round" />
      <path d="M-36-8C-20-20 20-20 36-8" fill="none" stroke="#9c3f22" strokeWidth="5" strokeLinecap="round" />
    </At>
    {[0, 1, 2, 3, 4].map((i) => (
      <At key={i} x={96 + i * 13} y={134 - i * 5}>
        <Cucumber />
      </At>
    ))}
    {[0, 1, 2, 3].map((i) => (
      <At key={i} x={158 - i * 3} y={66 + i * 11} turn={-12}>
        <path d="M-17 4C-15-8 15-8 17 4 10 1-10 1-17 4Z" fill="#a9c95f" stroke="#5f8a37" strokeWidth="1.6" />
      </At>
    ))}
    <Flecks count={26} radius={36} color="#3b3326" size={1} />
    <Flecks count={14} radius={54} color="#4f9a4f" size={2} start={5} />
  </Bowl>
);

/** The pictures that a recipe can have, by the name that is kept with it. */
export const DISHES: Record<string, Dish> = {
  soup: { label: "Soup", table: "#f2c9a8", draw: Soup },
  pasta: { label: "Pasta", table: "#a9c3b4", draw: Pasta },
  curry: { label: "Curry", table: "#f0d9a8", draw: Curry },
  tray: { label: "Traybake", table: "#e8d6b8", draw: Tray },
  eggs: { label: "Eggs", table: "#f3d3a2", draw: Eggs },
  risotto: { label: "Risotto", table: "#d9c7ae", draw: Risotto },
  salad: { label: "Salad", table: "#cfe0c3", draw: Salad },
  pancakes: { label: "Pancakes", table: "#b9cfe4", draw: Pancakes },
  loaf: { label: "Cake", table: "#f0dfb9", draw: Loaf },
  cookies: { label: "Cookies", table: "#d8b9b0", draw: Cookies },
  bread: { label: "Bread", table: "#c6cfd6", draw: Bread },
  bowl: { label: "Bowl", table: "#f2c4b6", draw: RiceBowl },
  ...DRINKS,
};
