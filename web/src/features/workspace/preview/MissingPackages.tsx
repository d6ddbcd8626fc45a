import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Package, RotateCw } from 'lucide-react'

import { fileQuery, useAddPackage } from '@/api/files'
import { type Diagnostic } from '@/api/generated/wire'
import { keys } from '@/api/keys'
import { Button } from '@/ui/Button'
import { notifyError } from '@/ui/toast'

import { useWorkspace } from '../context'
import { declares } from './dependencies'

const MANIFEST = 'package.json'

/** Packages that the app imports and does not have: adds them to package.json, or says why they cannot be had. */
export function MissingPackages({ diagnostics }: { diagnostics: readonly Diagnostic[] }) {
  const missing = new Map<string, Diagnostic>()
  for (const each of diagnostics) {
    if (each.kind === 'package' && each.package !== undefined && !missing.has(each.package)) {
      missing.set(each.package, each)
    }
  }
  if (missing.size === 0) return null
  return (
    <ul className="shrink-0 divide-y border-b bg-warn-soft">
      {[...missing].slice(0, 3).map(([name, found]) => (
        <Row key={name} name={name} found={found} />
      ))}
    </ul>
  )
}

function Row({ name, found }: { name: string; found: Diagnostic }) {
  const { project, canEdit } = useWorkspace()
  const client = useQueryClient()
  const manifest = useQuery({ ...fileQuery(project.id, MANIFEST), retry: false })
  const adding = useAddPackage(project.id)
  const text = manifest.data?.text.encoding === 'utf8' ? manifest.data.text.content : null
  const declared = text !== null && declares(text, name)
  const again = () => client.invalidateQueries({ queryKey: keys.preview(project.id) })

  const add = () =>
    adding.mutate(
      { name },
      {
        onSuccess: () => void again(),
        onError: (error) => notifyError(`${name} was not added`, error),
      },
    )
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 px-3 py-1.5 text-sm">
      <Package aria-hidden className="size-4 shrink-0 text-warn" />
      <p className="min-w-0 flex-1">
        {declared ? (
          found.message
        ) : (
          <>
            The app uses <span className="font-mono text-xs">{name}</span>, which is not in its packages.
          </>
        )}
      </p>
      {canEdit && !declared && (
        <Button size="sm" icon={<Package />} busy={adding.isPending} onClick={add}>
          Add {name}
        </Button>
      )}
      {declared && (
        <Button size="sm" icon={<RotateCw />} onClick={() => void again()}>
          Look again
        </Button>
      )}
    </li>
  )
}
