/** `+28 -3` in words for screen readers. */
export function LineCounts({ added, removed }: { added: number; removed: number }) {
  return (
    <span className="shrink-0 text-xs tnum">
      <span className="sr-only">
        {added} lines added, {removed} removed
      </span>
      <span aria-hidden className="inline-flex gap-1.5">
        {(added > 0 || removed === 0) && <span className="text-ok">+{added}</span>}
        {removed > 0 && <span className="text-danger">−{removed}</span>}
      </span>
    </span>
  )
}
