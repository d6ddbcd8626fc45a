import { Dialog } from '@/ui/Dialog'
import { Kbd } from '@/ui/Kbd'

const GROUPS: { title: string; rows: [keys: string, does: string][] }[] = [
  {
    title: 'Everywhere',
    rows: [
      ['mod+k', 'Search and commands'],
      ['?', 'This list'],
      ['escape', 'Close what is open'],
    ],
  },
  {
    title: 'Writing a prompt',
    rows: [
      ['enter', 'Send'],
      ['shift+enter', 'New line'],
    ],
  },
  {
    title: 'In a project',
    rows: [
      ['mod+i', 'Write to the agent'],
      ['alt+1', 'Preview'],
      ['alt+2', 'Code'],
      ['alt+3', 'Versions'],
      ['alt+4', 'Checks'],
      ['alt+5', 'Findings'],
      ['mod+s', 'Save the file'],
      ['mod+shift+r', 'Reload the preview'],
      ['mod+j', 'Console, checks, findings, log and terminal'],
    ],
  },
  {
    title: 'On a message that waits',
    rows: [
      ['enter', 'Edit it'],
      ['alt+↑', 'Move it up'],
      ['alt+↓', 'Move it down'],
      ['delete', 'Take it out of the queue'],
    ],
  },
]

/** Every shortcut, as this machine's keyboard prints it. */
export function ShortcutsDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog open onOpenChange={onClose} title="Keyboard shortcuts" wide>
      <div className="gap-8 pb-2 sm:columns-2">
        {GROUPS.map(({ title, rows }) => (
          <section key={title} className="mb-5 break-inside-avoid">
            <h3 className="mb-1 text-sm font-medium text-ink-muted">{title}</h3>
            <dl className="divide-y">
              {rows.map(([keys, does]) => (
                <div key={keys} className="flex items-center justify-between gap-4 py-1.5">
                  <dt>{does}</dt>
                  <dd>
                    <Kbd keys={keys} />
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  )
}
