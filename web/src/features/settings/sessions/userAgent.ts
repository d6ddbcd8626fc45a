const BROWSERS: [pattern: RegExp, name: string][] = [
  [/\b(?:Edg|EdgA|EdgiOS)\/(\d+)/, 'Edge'],
  [/\b(?:OPR|OPT)\/(\d+)/, 'Opera'],
  [/\bSamsungBrowser\/(\d+)/, 'Samsung Internet'],
  [/\b(?:Firefox|FxiOS)\/(\d+)/, 'Firefox'],
  [/\b(?:HeadlessChrome|Chrome|CriOS|Chromium)\/(\d+)/, 'Chrome'],
  [/\bVersion\/(\d+).*Safari\//, 'Safari'],
  [/^curl\/(\d+)/, 'curl'],
]

const SYSTEMS: [pattern: RegExp, name: string, phone: boolean][] = [
  [/iPhone/, 'iPhone', true],
  [/iPad/, 'iPad', true],
  [/Android/, 'Android', true],
  [/Windows/, 'Windows', false],
  [/Mac OS X|Macintosh/, 'Mac', false],
  [/CrOS/, 'ChromeOS', false],
  [/Linux/, 'Linux', false],
]

export interface Agent {
  /** `Firefox 140 on Linux`, or the browser's own words when they are not known. */
  name: string
  phone: boolean
}

const LONGEST = 60

/** Names a browser from the line that it sends about itself. */
export function describeAgent(line: string): Agent {
  const system = SYSTEMS.find(([pattern]) => pattern.test(line))
  let browser: string | undefined
  for (const [pattern, name] of BROWSERS) {
    const match = pattern.exec(line)
    if (match) {
      browser = `${name} ${match[1] ?? ''}`.trim()
      break
    }
  }
  const phone = system?.[2] ?? false
  if (browser !== undefined) return { name: system ? `${browser} on ${system[1]}` : browser, phone }
  const words = line.trim()
  if (words === '') return { name: 'Unknown browser', phone }
  return { name: words.length > LONGEST ? `${words.slice(0, LONGEST)}…` : words, phone }
}
