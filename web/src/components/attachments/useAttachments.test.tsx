import { act, renderHook, waitFor } from '@testing-library/react'
import { toast } from 'sonner'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { carriesFiles, MOST_IMAGES } from './images'
import { useAttachments } from './useAttachments'

/** How large a picture was drawn. */
const drawn = vi.fn()

beforeEach(() => {
  vi.stubGlobal('createImageBitmap', (file: File) =>
    file.name.startsWith('broken')
      ? Promise.reject(new Error('no picture'))
      : Promise.resolve({ width: 4_000, height: 3_000, close: () => undefined }),
  )
  vi.stubGlobal(
    'OffscreenCanvas',
    class {
      constructor(width: number, height: number) {
        drawn(width, height)
      }
      getContext = () => ({ drawImage: () => undefined })
      // Browsers write no GIF.
      convertToBlob = ({ type }: { type: string }) =>
        Promise.resolve(new Blob(['x'], { type: type === 'image/gif' ? 'image/png' : type }))
    },
  )
  vi.spyOn(toast, 'error').mockReturnValue('')
})
afterEach(() => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

const file = (name: string, type = 'image/png') => new File(['x'], name, { type })
const files = (count: number, name = 'a') => Array.from({ length: count }, (_, i) => file(`${name}${i}.png`))

test('a picture is made small enough, and a GIF becomes a picture that models take', async () => {
  const { result } = renderHook(() => useAttachments())
  act(() => result.current.add([file('moves.gif', 'image/gif')]))
  expect(result.current.reading).toBe(true)
  await waitFor(() => expect(result.current.items).toHaveLength(1))
  expect(drawn).toHaveBeenLastCalledWith(1_568, 1_176)
  expect(result.current.items[0]).toMatchObject({ name: 'moves.gif', media_type: 'image/png', data: 'eA==' })
})

test('no more than a message takes, also when they come in two heaps at once', async () => {
  const { result } = renderHook(() => useAttachments())
  act(() => {
    result.current.add(files(4))
    result.current.add(files(4, 'b'))
  })
  await waitFor(() => expect(result.current.reading).toBe(false))
  await waitFor(() => expect(result.current.items).toHaveLength(MOST_IMAGES))
  expect(toast.error).toHaveBeenCalledExactlyOnceWith('Not every picture was attached', expect.anything())
})

test('what was removed or broken makes room', async () => {
  const { result } = renderHook(() => useAttachments())
  act(() => result.current.add([file('broken.png'), ...files(MOST_IMAGES - 1)]))
  await waitFor(() => expect(result.current.items).toHaveLength(MOST_IMAGES - 1))
  expect(toast.error).toHaveBeenCalledWith('The picture was not attached', expect.anything())
  act(() => result.current.remove(result.current.items[0]?.id ?? ''))
  act(() => result.current.add(files(2, 'b')))
  await waitFor(() => expect(result.current.items).toHaveLength(MOST_IMAGES))
  act(() => result.current.clear())
  act(() => result.current.add(files(MOST_IMAGES, 'c')))
  await waitFor(() => expect(result.current.items).toHaveLength(MOST_IMAGES))
})

test('words may be dragged as ever', () => {
  const drag = (types: string[]) => carriesFiles({ dataTransfer: { types } as unknown as DataTransfer })
  expect(drag(['text/plain'])).toBe(false)
  expect(drag(['text/html', 'Files'])).toBe(true)
})
