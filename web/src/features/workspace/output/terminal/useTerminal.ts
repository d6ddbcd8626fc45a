import { useCallback, useEffect, useEffectEvent, useRef, useState, type RefObject } from 'react'

import { terminalUrl } from '@/api/sandbox'
import { initialTerminal, openTerminal, type TerminalConnection } from '@/stream/terminal'
import { formatBytes } from '@/ui/format'
import { useTheme } from '@/ui/theme'

import { createScreen, type Screen } from './screen'
import { readShell, writeShell } from './shell'

/** More than this that is not shown yet, and reading rests. */
const MOST_UNSHOWN = 2_000_000
const FEW_UNSHOWN = 200_000

interface Options {
  host: RefObject<HTMLElement | null>
  shown: boolean
  readAloud: boolean
  onLeave: () => void
}

/** A screen and the shell behind it, for as long as the panel is there. */
export function useTerminal(projectId: string, { host, shown, readAloud, onLeave }: Options) {
  const [status, setStatus] = useState(initialTerminal)
  /** Rises with each new shell that a person asks for. */
  const [round, setRound] = useState(0)
  const [screen, setScreen] = useState<Screen | null>(null)
  const connection = useRef<TerminalConnection>(null)
  const leave = useEffectEvent(onLeave)
  const aloud = useEffectEvent(() => readAloud)

  useEffect(() => {
    const element = host.current
    if (!element) return
    let gone = false
    let made: Screen | null = null
    void createScreen(element, {
      readAloud: aloud(),
      onInput: (text) => connection.current?.type(text),
      onResize: (size) => connection.current?.resize(size),
      onLeave: () => leave(),
    }).then((created) => {
      made = created
      if (gone) created.dispose()
      else setScreen(created)
    })
    return () => {
      gone = true
      made?.dispose()
      setScreen(null)
    }
  }, [host])

  useEffect(() => {
    if (!screen) return
    let unshown = 0
    const opened = openTerminal({
      url: terminalUrl(projectId),
      terminal: round === 0 ? readShell(projectId) : null,
      size: screen.fit(),
      onBytes: (bytes) => {
        unshown += bytes.length
        if (unshown > MOST_UNSHOWN) opened.rest()
        screen.write(bytes, () => {
          unshown -= bytes.length
          if (unshown < FEW_UNSHOWN) opened.resume()
        })
      },
      onReset: () => screen.reset(),
      onMissing: (bytes) => screen.note(`${formatBytes(bytes)} of output are left out here.`),
      onShell: (terminal) => writeShell(projectId, terminal),
      onStatus: setStatus,
    })
    connection.current = opened
    return () => {
      connection.current = null
      opened.close()
    }
  }, [screen, projectId, round])

  // The screen is as large as its place.
  useEffect(() => {
    const element = host.current
    if (!screen || !element || !shown) return
    let frame = 0
    const fit = () => {
      cancelAnimationFrame(frame)
      frame = requestAnimationFrame(() => element.clientWidth > 0 && screen.fit())
    }
    fit()
    const observer = new ResizeObserver(fit)
    observer.observe(element)
    return () => {
      cancelAnimationFrame(frame)
      observer.disconnect()
    }
  }, [screen, host, shown])

  const theme = useTheme((state) => state.theme)
  useEffect(() => screen?.colour(), [screen, theme])
  useEffect(() => screen?.readAloud(readAloud), [screen, readAloud])
  useEffect(() => {
    // Whoever walks over the tabs by the keyboard is not pulled in.
    if (shown && document.activeElement?.matches(':focus-visible[role=tab]') !== true) screen?.focus()
  }, [screen, shown, round])

  return {
    status,
    end: useCallback(() => connection.current?.end(), []),
    tryNow: useCallback(() => connection.current?.tryNow(), []),
    /** Begins anew with an empty screen. */
    again: () => {
      screen?.reset()
      setStatus(initialTerminal)
      setRound((n) => n + 1)
    },
  }
}
