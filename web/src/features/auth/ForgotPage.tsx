import { useQuery } from '@tanstack/react-query'
import { useState, type SubmitEvent } from 'react'
import { Link } from 'react-router'

import { instanceQuery } from '@/api/auth'
import { messageOf } from '@/api/error'
import { useForgotPassword } from '@/api/signUp'
import { paths } from '@/components/paths'
import { Button } from '@/ui/Button'
import { Field } from '@/ui/Field'
import { Input } from '@/ui/Input'
import { Notice } from '@/ui/Notice'
import { Spinner } from '@/ui/Spinner'
import { usePageTitle } from '@/ui/usePageTitle'

import { AuthFrame } from './AuthFrame'
import { NotRead } from './NotRead'

const back = (
  <Link to={paths.login()} className="text-accent-text hover:underline">
    Back to sign in
  </Link>
)

/** Asks for a link to set a new password; says who else can make one where the server sends no mail. */
export function ForgotPage() {
  usePageTitle('Forgot your password')
  const instance = useQuery(instanceQuery())
  const [email, setEmail] = useState('')
  const forgot = useForgotPassword()

  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (email.trim() !== '' && !forgot.isPending) forgot.mutate({ email: email.trim() })
  }

  if (instance.isPending) {
    return (
      <AuthFrame title="Forgot your password?">
        <Spinner>Asking this server</Spinner>
      </AuthFrame>
    )
  }
  if (instance.data === undefined)
    return <NotRead title="This server did not say whether it sends mail" query={instance} />
  if (!instance.data.reset_by_mail) {
    return (
      <AuthFrame
        title="Ask whoever runs this server"
        lead={
          <>
            It sends no mail. They can print a link for you that sets a new password, with{' '}
            <code className="font-mono text-sm">quickvibe admin reset-link</code> and your address.
          </>
        }
        note={back}
      />
    )
  }
  if (forgot.isSuccess) {
    return (
      <AuthFrame
        title="Look into your mail"
        lead={
          <>
            If somebody signs in with <span className="wrap-anywhere text-ink">{forgot.variables.email}</span>
            , a link is on its way there. It works once, for an hour.
          </>
        }
        note={back}
      />
    )
  }
  return (
    <AuthFrame
      title="Forgot your password?"
      lead="Give your address: a link comes by mail that sets a new one."
      note={back}
    >
      <form noValidate onSubmit={submit} className="flex flex-col gap-4">
        {forgot.error && (
          <Notice tone="danger" title="Nothing was sent">
            {messageOf(forgot.error)}
          </Notice>
        )}
        <Field label="E-mail">
          {(aria) => (
            <Input
              {...aria}
              type="email"
              name="email"
              autoComplete="username"
              // The one thing to do on this page.
              // eslint-disable-next-line jsx-a11y/no-autofocus
              autoFocus
              value={email}
              onChange={(event) => setEmail(event.target.value)}
              className="h-10!"
            />
          )}
        </Field>
        <Button
          type="submit"
          variant="primary"
          size="lg"
          disabled={email.trim() === ''}
          busy={forgot.isPending}
        >
          {forgot.isPending ? 'Asking for it' : 'Send me a link'}
        </Button>
      </form>
    </AuthFrame>
  )
}
