import { Braces, File, FileCode, FileImage, FileText, Hash, type LucideIcon } from 'lucide-react'

const GLYPHS: [RegExp, LucideIcon][] = [
  [/\.(tsx?|jsx?|mjs|cjs|vue|svelte)$/, FileCode],
  [/\.(json|ya?ml|toml)$/, Braces],
  [/\.(css|scss|less)$/, Hash],
  [/\.(html?|md|txt)$/, FileText],
  [/\.(png|jpe?g|gif|webp|avif|svg|ico)$/, FileImage],
]

/** A small sign for a file's kind. */
export function FileGlyph({ path }: { path: string }) {
  const Glyph = GLYPHS.find(([test]) => test.test(path))?.[1] ?? File
  return <Glyph aria-hidden className="size-3.5 shrink-0 text-ink-faint" />
}
