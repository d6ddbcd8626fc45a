import { useQuery } from '@tanstack/react-query'

import { sessionQuery } from '@/api/auth'
import { PageHead } from '@/components/Panel'
import { usePageTitle } from '@/ui/usePageTitle'

import { PasswordForm } from './PasswordForm'
import { ProfileForm } from './ProfileForm'
import { SecondFactor } from './SecondFactor'

/** Who one is here, and how one signs in. */
export function AccountPage() {
  usePageTitle('Account')
  const { data: session } = useQuery(sessionQuery())
  if (!session) return null
  return (
    <>
      <PageHead
        title="Account"
        lead={
          session.account.has_password
            ? 'Your name, and how you sign in.'
            : 'Set an e-mail address and a password to sign in from anywhere, without the printed link.'
        }
      />
      <ProfileForm account={session.account} />
      <PasswordForm account={session.account} />
      <SecondFactor account={session.account} />
    </>
  )
}
