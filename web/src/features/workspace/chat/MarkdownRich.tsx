import { memo, useMemo, type ReactNode } from 'react'
import ReactMarkdown, { type Components, type Options } from 'react-markdown'
import rehypeSanitize, { defaultSchema } from 'rehype-sanitize'
import remarkGfm from 'remark-gfm'

import { linkFiles, type FileNames } from './mentions'

// What a model writes is hostile: no raw HTML, no pictures (loading one would tell a stranger that it was read).
const schema = { ...defaultSchema, tagNames: defaultSchema.tagNames?.filter((name) => name !== 'img') }

const components: Components = {
  a: ({ href, children }) => (
    <a href={href} target="_blank" rel="noreferrer noopener nofollow">
      {children}
    </a>
  ),
}

interface MarkdownRichProps {
  text: string
  names?: FileNames
  openFile?: (path: string, line?: number) => void
}

/** The same text is not read again, whatever goes on around it. */
export default memo(function MarkdownRich({ text, names, openFile }: MarkdownRichProps) {
  const rehype = useMemo(
    (): Options['rehypePlugins'] => [
      [rehypeSanitize, schema],
      ...(names && openFile ? [[linkFiles, { names }] as [typeof linkFiles, { names: FileNames }]] : []),
    ],
    [names, openFile],
  )
  const all = useMemo(
    () => ({
      ...components,
      'file-link': ({ path, line, children }: { path: string; line?: number; children: ReactNode }) => (
        <button
          type="button"
          className="file-link"
          title={`Open ${path}${line === undefined ? '' : ` at line ${line}`}`}
          onClick={() => openFile?.(path, line)}
        >
          {children}
        </button>
      ),
    }),
    [openFile],
  )
  return (
    <ReactMarkdown
      remarkPlugins={[remarkGfm]}
      rehypePlugins={rehype}
      components={all}
      disallowedElements={['img']}
    >
      {text}
    </ReactMarkdown>
  )
})
