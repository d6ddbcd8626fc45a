import { useCallback, useEffect, useRef, useState } from 'react'

const NEAR_PX = 64

/**
 * Keeps a list at its end while it grows, unless the person has scrolled up: then it stays put until they
 * come back or press the button.
 */
export function useStickToEnd() {
  const box = useRef<HTMLDivElement>(null)
  const content = useRef<HTMLDivElement>(null)
  const stuck = useRef(true)
  const [away, setAway] = useState(false)

  const toEnd = useCallback(() => {
    stuck.current = true
    setAway(false)
    const el = box.current
    if (el) el.scrollTop = el.scrollHeight
  }, [])

  const onScroll = useCallback(() => {
    const el = box.current
    if (!el || el.clientHeight === 0) return
    const near = el.scrollHeight - el.scrollTop - el.clientHeight < NEAR_PX
    stuck.current = near
    setAway(!near)
  }, [])

  useEffect(() => {
    const observer = new ResizeObserver(() => {
      const el = box.current
      if (el && stuck.current) el.scrollTop = el.scrollHeight
      // What folds may bring the end near, and nothing scrolls.
      else onScroll()
    })
    if (content.current) observer.observe(content.current)
    if (box.current) observer.observe(box.current)
    return () => observer.disconnect()
  }, [onScroll])

  return { box, content, away, toEnd, onScroll }
}
