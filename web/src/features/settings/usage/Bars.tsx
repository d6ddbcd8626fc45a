import { Bar, BarChart, CartesianGrid, Tooltip, XAxis, YAxis } from 'recharts'

import { fillOf, Patterns } from './Patterns'
import { type ChartData } from './series'

interface BarsProps {
  data: ChartData
  /** For the drawing's own ids. */
  id: string
  wordsOf: (value: number) => string
}

/** Stacked bars, one a day. Its own file: the drawing library is loaded when there is something to draw. */
export function Bars({ data: { series, rows }, id, wordsOf }: BarsProps) {
  return (
    <BarChart
      responsive
      accessibilityLayer={false}
      data={rows}
      barCategoryGap="18%"
      margin={{ top: 4, right: 0, bottom: 0, left: 0 }}
      style={{ width: '100%', height: '100%' }}
    >
      <Patterns id={id} series={series} />
      <CartesianGrid vertical={false} stroke="var(--line)" />
      <XAxis
        dataKey="day"
        interval="preserveStartEnd"
        minTickGap={24}
        tickLine={false}
        axisLine={{ stroke: 'var(--line-strong)' }}
        tick={{ fill: 'var(--ink-muted)', fontSize: 12 }}
      />
      <YAxis
        width="auto"
        tickCount={4}
        tickLine={false}
        axisLine={false}
        tick={{ fill: 'var(--ink-muted)', fontSize: 12 }}
        tickFormatter={wordsOf}
      />
      <Tooltip
        isAnimationActive={false}
        cursor={{ fill: 'var(--hover)' }}
        content={({ active, payload }) => {
          const row = payload[0]?.payload as ChartData['rows'][number] | undefined
          if (!active || !row) return null
          return (
            <div className="rounded-card bg-surface px-3 py-2 text-sm tnum shadow-float">
              <p className="mb-1 flex justify-between gap-6 font-medium">
                <span>{row.day}</span>
                <span>{wordsOf(row.sum)}</span>
              </p>
              {series.map(({ key, name }) => {
                const value = Number(row[key] ?? 0)
                if (value === 0) return null
                return (
                  <p key={key} className="flex justify-between gap-6 text-ink-muted">
                    <span className="max-w-44 truncate">{name}</span>
                    <span>{wordsOf(value)}</span>
                  </p>
                )
              })}
            </div>
          )
        }}
      />
      {series.map(({ key, name }, place) => (
        <Bar
          key={key}
          dataKey={key}
          name={name}
          stackId="day"
          fill={fillOf(id, place)}
          maxBarSize={28}
          isAnimationActive={false}
        />
      ))}
    </BarChart>
  )
}
