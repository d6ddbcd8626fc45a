import { useQuery } from '@tanstack/react-query'
import { Activity, CircleAlert, Cpu, ScrollText, Server, ShieldX, Users, Wallet } from 'lucide-react'
import { Link } from 'react-router'

import { sessionQuery } from '@/api/auth'
import { paths } from '@/components/paths'
import { SectionsLayout, type Section } from '@/components/SectionsLayout'
import { Button } from '@/ui/Button'
import { EmptyState } from '@/ui/EmptyState'

/** The pages of the administration, in their order. */
const SECTIONS: readonly Section[] = [
  { to: paths.admin('health'), label: 'Health', icon: Activity },
  { to: paths.admin('people'), label: 'People', icon: Users },
  { to: paths.admin('limits'), label: 'Limits', icon: Wallet },
  { to: paths.admin('sandboxes'), label: 'Sandboxes', icon: Server },
  { to: paths.admin('prices'), label: 'Prices', icon: Cpu },
  { to: paths.admin('failed-turns'), label: 'Failed turns', icon: CircleAlert },
  { to: paths.admin('audit'), label: 'Audit log', icon: ScrollText },
]

/** What administrators see and set; the server asks for it once more with each request. */
export function AdminLayout() {
  const session = useQuery(sessionQuery())
  if (session.data?.permissions.includes('administer') === true) {
    return <SectionsLayout title="Administration" sections={SECTIONS} />
  }
  return (
    <EmptyState
      icon={<ShieldX />}
      title="This is for administrators"
      action={
        <Button asChild>
          <Link to={paths.projects()}>Go to the projects</Link>
        </Button>
      }
    >
      Ask whoever runs this server.
    </EmptyState>
  )
}
