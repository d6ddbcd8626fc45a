import { Download, Ellipsis, Globe, Pencil, SquareArrowOutUpRight, Trash2 } from 'lucide-react'
import { useRef, useState } from 'react'
import { Link } from 'react-router'

import { type Project } from '@/api/generated/wire'
import { exportUrl, useUpdateProject } from '@/api/projects'
import { paths } from '@/components/paths'
import { PROJECT_TYPES } from '@/components/projectTypes'
import { BuildBadge } from '@/components/VerifiedBadge'
import { Badge } from '@/ui/Badge'
import { DropdownMenu, MenuItem, MenuSeparator } from '@/ui/DropdownMenu'
import { formatBytes, plural } from '@/ui/format'
import { IconButton } from '@/ui/IconButton'
import { InlineEdit } from '@/ui/InlineEdit'
import { RelativeTime } from '@/ui/RelativeTime'
import { notifyError } from '@/ui/toast'

interface ProjectRowProps {
  project: Project
  onDelete: () => void
}

const NAME_CHARS = 80
const cell = 'px-3 text-right text-ink-muted tnum'

/** A project: the whole row opens it. */
export function ProjectRow({ project, onDelete }: ProjectRowProps) {
  const [renaming, setRenaming] = useState(false)
  const update = useUpdateProject(project.id)
  const menu = useRef<HTMLButtonElement>(null)
  const { label, icon: Icon } = PROJECT_TYPES[project.project_type]
  const name = update.isPending ? (update.variables.name ?? project.name) : project.name
  const version = project.head_version === null ? null : `v${project.head_version}`
  const files = plural(project.file_count, 'file')

  const stopRenaming = () => {
    setRenaming(false)
    requestAnimationFrame(() => menu.current?.focus())
  }

  return (
    <tr className="group relative transition-colors focus-within:bg-hover hover:bg-hover">
      <td className="w-full max-w-0 py-2.5 pl-3 md:w-auto md:max-w-none">
        <div className="flex min-w-0 items-center gap-3">
          <span
            aria-hidden
            className="grid size-9 shrink-0 place-items-center rounded-control border bg-canvas text-ink-muted [&_svg]:size-4"
          >
            <Icon />
          </span>
          <div className="min-w-0 flex-1">
            {renaming ? (
              <InlineEdit
                label="Name of the project"
                value={project.name}
                maxLength={NAME_CHARS}
                className="relative z-10 -my-1 max-w-96"
                onCancel={stopRenaming}
                onSave={(next) => {
                  stopRenaming()
                  update.mutate(
                    { name: next },
                    { onError: (error) => notifyError('The project was not renamed', error) },
                  )
                }}
              />
            ) : (
              <Link
                to={paths.project(project.id)}
                title={name}
                className="block truncate text-md font-medium outline-none before:absolute before:inset-0 focus-visible:before:outline-2 focus-visible:before:-outline-offset-2 focus-visible:before:outline-accent md:text-base"
              >
                {name}
              </Link>
            )}
            <p className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1 text-sm text-ink-muted tnum">
              <span>{label}</span>
              {project.visibility === 'public' && (
                <Badge icon={<Globe aria-hidden />} title="Anyone with the link sees it">
                  public
                </Badge>
              )}
              <span className="contents md:hidden">
                {version !== null && <span>{version}</span>}
                <RelativeTime at={project.updated_at} />
                <span className="max-[22rem]:hidden">{files}</span>
                <span className="max-[22rem]:hidden">{formatBytes(project.size_bytes)}</span>
                <BuildBadge status={project.build_status} />
              </span>
              <span className="hidden md:contents lg:hidden">
                <span>{files}</span>
                <span>{formatBytes(project.size_bytes)}</span>
              </span>
            </p>
          </div>
        </div>
      </td>
      <td className="px-3 max-md:hidden">
        {project.build_status === 'none' ? (
          <span className="text-sm text-ink-muted">not built yet</span>
        ) : (
          <BuildBadge status={project.build_status} />
        )}
      </td>
      <td className={`${cell} max-md:hidden`}>{version ?? 'none'}</td>
      <td className={`${cell} max-lg:hidden`}>{project.file_count.toLocaleString('en-US')}</td>
      <td className={`${cell} max-lg:hidden`}>{formatBytes(project.size_bytes)}</td>
      <td className={`${cell} max-md:hidden`}>
        <RelativeTime at={project.updated_at} />
      </td>
      <td className="w-14 pr-2 text-right">
        <div className="relative z-10 inline-flex">
          <DropdownMenu trigger={<IconButton ref={menu} label={`Actions for ${name}`} icon={<Ellipsis />} />}>
            <MenuItem asChild>
              <Link to={paths.project(project.id)}>
                <SquareArrowOutUpRight aria-hidden />
                Open
              </Link>
            </MenuItem>
            {project.role !== 'viewer' && (
              // Here and below: after the menu has given the focus back, so that what opens knows where it was.
              <MenuItem icon={<Pencil />} onSelect={() => setTimeout(() => setRenaming(true))}>
                Rename
              </MenuItem>
            )}
            <MenuItem asChild>
              <a href={exportUrl(project.id)} download>
                <Download aria-hidden />
                Download as zip
              </a>
            </MenuItem>
            {project.role === 'owner' && (
              <>
                <MenuSeparator />
                <MenuItem icon={<Trash2 />} danger onSelect={() => setTimeout(onDelete)}>
                  Delete
                </MenuItem>
              </>
            )}
          </DropdownMenu>
        </div>
      </td>
    </tr>
  )
}
