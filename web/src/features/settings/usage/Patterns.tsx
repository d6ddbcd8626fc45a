import { type Series } from './series'

/** Bars differ by pattern too, for those who do not tell the colours apart. */
const MARKS = [
  null,
  <path key="1" d="M-1 1 L1 -1 M0 8 L8 0 M7 9 L9 7" strokeWidth="2" />,
  <circle key="2" cx="4" cy="4" r="1.6" strokeWidth="0" />,
  <path key="3" d="M0 2 H8 M0 6 H8" strokeWidth="1.6" />,
  <path key="4" d="M2 0 V8 M6 0 V8 M0 4 H8" strokeWidth="1" />,
]

export const colourOf = (place: number): string => `var(--chart-${(place % MARKS.length) + 1})`

/** The fill of the series in this place, once `Patterns` is in the drawing. */
export const fillOf = (id: string, place: number): string => `url(#${id}-${place})`

export function Patterns({ id, series }: { id: string; series: readonly Series[] }) {
  return (
    <defs>
      {series.map(({ key }, place) => (
        <pattern key={key} id={`${id}-${place}`} width="8" height="8" patternUnits="userSpaceOnUse">
          <rect width="8" height="8" fill={colourOf(place)} />
          <g stroke="var(--surface)" fill="var(--surface)" opacity="0.75">
            {MARKS[place % MARKS.length]}
          </g>
        </pattern>
      ))}
    </defs>
  )
}
