import {
  Ban,
  Download,
  Folder,
  KeyRound,
  LogIn,
  RotateCcw,
  Server,
  ShieldAlert,
  UserRound,
  Wallet,
  type LucideIcon,
} from 'lucide-react'

import { type AuditAction, type AuditEntry } from '@/api/generated/wire'
import { formatMoney } from '@/ui/format'

interface Words {
  /** What stands after who did it. */
  did: string
  /** What it is called in a list of kinds. */
  name: string
  icon: LucideIcon
  group: string
}

const of = (group: string, icon: LucideIcon) => (name: string, did: string) => ({ name, did, icon, group })
const signIn = of('Signing in', LogIn)
const refused = of('Signing in', ShieldAlert)
const account = of('Accounts', UserRound)
const key = of('Keys and tokens', KeyRound)
const money = of('Limits and prices', Wallet)
const project = of('Projects', Folder)
const out = of('Exports', Download)
const turn = of('Failed turns', RotateCcw)
const instance = of('Server', Server)

/** Every act in words. */
export const AUDIT_WORDS: Record<AuditAction, Words> = {
  sign_in: signIn('Sign-in', 'signed in'),
  sign_in_failed: refused('Refused sign-in', 'was refused a sign-in'),
  sign_in_locked: refused('Locked sign-in', 'was locked out after wrong passwords'),
  sign_out: signIn('Sign-out', 'signed out'),
  session_revoked: signIn('Session ended', 'ended a session'),
  reauthenticated: signIn('Password shown again', 'gave the password again'),
  sign_up: account('Sign-up', 'made an account'),
  owner_made: account('Owner made', 'became the owner'),
  email_changed: account('E-mail changed', 'changed the e-mail address'),
  password_changed: account('Password changed', 'changed the password'),
  reset_link_made: account('Reset link made', 'made a link for a new password'),
  password_reset: account('Password reset', 'set a new password by a link'),
  second_factor_on: account('Second factor on', 'turned the second factor on'),
  second_factor_off: account('Second factor off', 'turned the second factor off'),
  recovery_codes_made: account('Recovery codes made', 'made recovery codes'),
  recovery_code_used: account('Recovery code used', 'used a recovery code'),
  plan_changed: account('Plan changed', 'changed the plan of'),
  role_changed: account('Role changed', 'changed the role of'),
  user_suspended: of('Accounts', Ban)('User suspended', 'suspended'),
  user_reinstated: account('User reinstated', 'reinstated'),
  invite_made: account('Invitation made', 'made an invitation'),
  invite_revoked: account('Invitation taken back', 'took an invitation back'),
  invite_used: account('Invitation used', 'came by an invitation'),
  key_set: key('Key saved', 'saved a key'),
  key_removed: key('Key removed', 'removed a key'),
  key_tested: key('Key tested', 'tested a key'),
  key_used: key('Key used', 'used a key (told once a day)'),
  master_key_rotated: key('Master key changed', 'changed the master key'),
  token_made: key('API token made', 'made an API token'),
  token_revoked: key('API token revoked', 'revoked an API token'),
  budget_changed: money('Budget changed', 'changed a budget'),
  price_set: money('Price set', 'set the price of'),
  price_removed: money('Price removed', 'went back to the list’s price of'),
  project_created: project('Project made', 'made a project'),
  project_deleted: project('Project removed', 'removed a project'),
  visibility_changed: project('Visibility changed', 'changed who may see'),
  project_exported: out('Project downloaded', 'downloaded'),
  sandbox_deleted: project('Machine deleted', 'deleted the machine of'),
  sandbox_stopped: project('Machine stopped', 'stopped the machine of'),
  usage_exported: out('Usage downloaded', 'downloaded usage'),
  audit_exported: out('Audit log downloaded', 'downloaded this log'),
  backup_made: instance('Backup made', 'made a backup'),
  breached_imported: instance('Passwords imported', 'imported passwords that are refused'),
  dead_letter_retried: turn('Turn tried again', 'tried a failed turn again'),
  dead_letter_discarded: turn('Turn left', 'left a failed turn'),
}

/** Who did it. */
export function auditWho(entry: AuditEntry): string {
  if (entry.actor_name !== null) return entry.actor_name
  switch (entry.actor) {
    case 'user':
      return 'A user who is gone'
    case 'stranger':
      return 'Somebody'
    case 'command':
      return 'An operator, at the server,'
    case 'system':
      return 'The server'
  }
}

/** To whom or what, where the words ask for it. */
export function auditWhat(entry: AuditEntry): string | null {
  if (entry.target === 'user' && entry.target_id !== entry.actor_id)
    return entry.target_name ?? 'somebody who is gone'
  if (entry.target === 'model') return entry.target_id
  return entry.project_name ?? entry.detail.name ?? null
}

const REASONS: Partial<Record<string, string>> = {
  bad_credentials: 'wrong address, password or link',
  invalid: 'wrong password',
  rate_limited: 'too many wrong passwords',
}

/** Whose limit it is, or what a token may do. */
const SCOPES: Partial<Record<string, string>> = {
  own: 'their own',
  admin: 'by an administrator',
  project: 'of a project',
  read: 'looks only',
  write: 'looks and changes',
}

/** What else is told, in words. */
export function auditDetail(entry: AuditEntry): string[] {
  return Object.entries(entry.detail).flatMap(([name, value]) => {
    switch (name) {
      case 'name':
        return []
      case 'limit_nanousd':
        return [value === 'none' ? 'no limit' : `${formatMoney(Number(value))} a month`]
      case 'scope':
        return [SCOPES[value] ?? value]
      case 'reason':
        return [REASONS[value] ?? value.replaceAll('_', ' ')]
      case 'browser':
        return value === 'none' ? [] : [value]
      case 'by_plan':
        return ['as the plan says']
      case 'more_than':
        return [`more than ${value} in an hour: no more are told one by one`]
      case 'input_microusd':
        return [`$${Number(value) / 1e6} in`]
      case 'output_microusd':
        return [`$${Number(value) / 1e6} out`]
      default:
        return [`${name.replaceAll('_', ' ')} ${value}`]
    }
  })
}
