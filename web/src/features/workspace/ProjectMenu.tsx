import { useQuery } from '@tanstack/react-query'
import { Download, Globe, Link2, Lock, Share2, Trash2, Wallet } from 'lucide-react'
import { useState } from 'react'
import { useNavigate } from 'react-router'

import { previewQuery } from '@/api/preview'
import { exportUrl, useDeleteProject, useUpdateProject } from '@/api/projects'
import { paths } from '@/components/paths'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { DropdownMenu, MenuItem, MenuSeparator } from '@/ui/DropdownMenu'
import { notify, notifyError } from '@/ui/toast'

import { BudgetDialog } from './BudgetDialog'
import { useWorkspace } from './context'

/** Export, share, budget and delete. */
export function ProjectMenu() {
  const { project, canEdit } = useWorkspace()
  const navigate = useNavigate()
  const update = useUpdateProject(project.id)
  const remove = useDeleteProject()
  const { data: address } = useQuery({ ...previewQuery(project.id), enabled: false })
  const [deleting, setDeleting] = useState(false)
  const [budget, setBudget] = useState(false)
  const isPublic = project.visibility === 'public'

  const copy = (text: string) =>
    void navigator.clipboard.writeText(text).then(
      () => notify('Link copied'),
      () => notifyError('The link was not copied', new Error(`Copy it by hand: ${text}`)),
    )

  return (
    <>
      <DropdownMenu
        trigger={
          <Button size="sm" icon={<Share2 />}>
            Share
          </Button>
        }
      >
        <MenuItem asChild>
          <a href={exportUrl(project.id)} download>
            <Download aria-hidden />
            Download as zip
          </a>
        </MenuItem>
        {address?.mode === 'origin' && address.engine === 'browser' && (
          <MenuItem icon={<Link2 />} onSelect={() => copy(address.url)}>
            Copy link to the preview
          </MenuItem>
        )}
        {project.role === 'owner' && (
          <>
            <MenuSeparator />
            <MenuItem
              icon={isPublic ? <Lock /> : <Globe />}
              onSelect={() =>
                update.mutate(
                  { visibility: isPublic ? 'private' : 'public' },
                  {
                    onSuccess: () =>
                      notify(isPublic ? 'Only members see it now' : 'Anyone with the link sees it now'),
                    onError: (error) => notifyError('Who sees it was not changed', error),
                  },
                )
              }
            >
              {isPublic ? 'Make private' : 'Make public'}
            </MenuItem>
            <MenuItem icon={<Wallet />} onSelect={() => setBudget(true)}>
              Budget
            </MenuItem>
            <MenuItem icon={<Trash2 />} danger onSelect={() => setDeleting(true)}>
              Delete project
            </MenuItem>
          </>
        )}
      </DropdownMenu>
      {budget && <BudgetDialog project={project} onClose={() => setBudget(false)} />}
      <Dialog
        open={deleting && canEdit}
        onOpenChange={setDeleting}
        title={`Delete ${project.name}?`}
        description="Its files, versions and chat are deleted for good. Download it first if you may want it again."
        footer={
          <>
            <Button asChild variant="ghost" className="mr-auto">
              <a href={exportUrl(project.id)} download>
                <Download aria-hidden />
                Download as zip
              </a>
            </Button>
            <Button onClick={() => setDeleting(false)}>Keep it</Button>
            <Button
              variant="danger"
              busy={remove.isPending}
              onClick={() =>
                remove.mutate(project.id, {
                  onSuccess: () => {
                    notify(`Deleted ${project.name}`)
                    void navigate(paths.home())
                  },
                  onError: (error) => notifyError('The project was not deleted', error),
                })
              }
            >
              Delete project
            </Button>
          </>
        }
      />
    </>
  )
}
