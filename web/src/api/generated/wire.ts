// Generated from crates/wire by `cargo xtask gen`. Do not edit.
/* eslint-disable */

export type UserId = string;

export type SessionId = string;

export type ProjectId = string;

export type MessageId = string;

export type GenerationId = string;

export type VersionId = string;

export type KeyId = string;

export type DeadLetterId = string;

export type ApiTokenId = string;

export type InviteId = string;

export type AuditId = string;

export type SandboxId = string;

export type QueuedId = string;

export type SuggestionId = string;

export type NodeId = string;

export type Timestamp = string;

export type FilePath = string;

export type Email = string;

export type ProjectType = "web_app" | "mobile_app" | "game" | "landing_page";

export type Visibility = "private" | "public";

export type BuildStatus = "none" | "building" | "verified" | "unverified" | "failed";

export type VersionOrigin = "starter" | "turn" | "edit" | "restore" | "import";

export type Role = "viewer" | "editor" | "owner";

export type Permission = "build" | "administer";

export type Plan = "free" | "pro" | "team";

export type AuditAction = "sign_in" | "sign_in_failed" | "sign_in_locked" | "sign_out" | "session_revoked" | "reauthenticated" | "sign_up" | "owner_made" | "email_changed" | "password_changed" | "reset_link_made" | "password_reset" | "breached_imported" | "second_factor_on" | "second_factor_off" | "recovery_codes_made" | "recovery_code_used" | "key_set" | "key_removed" | "key_tested" | "key_used" | "master_key_rotated" | "budget_changed" | "plan_changed" | "role_changed" | "price_set" | "price_removed" | "project_created" | "project_deleted" | "visibility_changed" | "project_exported" | "sandbox_deleted" | "sandbox_stopped" | "usage_exported" | "audit_exported" | "backup_made" | "dead_letter_retried" | "dead_letter_discarded" | "token_made" | "token_revoked" | "invite_made" | "invite_revoked" | "invite_used" | "user_suspended" | "user_reinstated";

export type AuditActor = "user" | "stranger" | "command" | "system";

export type AuditTarget = "user" | "session" | "project" | "key" | "model" | "dead_letter" | "token" | "invite" | "instance";

export type TurnMode = "build" | "ask" | "plan";

export type MessageRole = "user" | "assistant";

export type GenerationStatus = "queued" | "running" | "done" | "failed" | "cancelled";

export type DeadLetterState = "open" | "retried" | "discarded";

export type StepKind = "draft" | "continuation" | "repair" | "tool" | "plan" | "review" | "test";

export type AgentRole = "planner" | "builder" | "reviewer" | "tester";

export type EditOp = "write" | "replace" | "delete" | "rename";

export type ToolKind = "install" | "build" | "test" | "command";

export type ToolEnd = "exited" | "killed" | "timed_out" | "out_of_memory" | "lost" | "not_started";

export type EngineKind = "browser" | "local" | "daytona" | "webcontainer";

export type SandboxState = "starting" | "running" | "stopped" | "failed";

export type FileKind = "text" | "binary";

export type Limits = { 
/**
 * One file.
 */
file_bytes: number, 
/**
 * All files of one project.
 */
project_bytes: number, 
/**
 * One request body.
 */
upload_bytes: number, 
/**
 * Files in one project.
 */
project_files: number, 
/**
 * One message, in characters.
 */
message_chars: number, };

export type TokenUsage = { 
/**
 * Sent and priced in full.
 */
input: number, 
/**
 * Answered, reasoning included.
 */
output: number, 
/**
 * Sent and read from the provider's cache.
 */
cache_read: number, 
/**
 * Sent and written to the provider's cache.
 */
cache_write: number, 
/**
 * Whether the provider reported these; otherwise they are our own estimate, shown with "~".
 */
reported: boolean, };

export type ErrorCode = "invalid" | "unauthenticated" | "bad_credentials" | "suspended" | "sign_in_expired" | "forbidden" | "reauthenticate" | "cross_site" | "stale_page" | "not_found" | "method_not_allowed" | "conflict" | "busy" | "too_large" | "unsupported_media_type" | "rate_limited" | "internal" | "timeout" | "unavailable" | "overloaded" | "needs_model" | "budget_exceeded" | "provider_auth" | "provider_rate_limited" | "provider_overloaded" | "provider_unreachable" | "provider_timeout" | "provider_rejected" | "provider_quota" | "context_too_long" | "refused" | "truncated" | "empty_answer" | "edits_failed" | "interrupted";

export type Problem = { 
/**
 * The anchor of the code in the documentation, relative to the server.
 */
type: string, 
/**
 * [`ErrorCode::title`].
 */
title: string, 
/**
 * The HTTP status.
 */
status: number, 
/**
 * What happened and what to do, safe to show.
 */
detail: string, 
/**
 * The code.
 */
code: ErrorCode, 
/**
 * Whether the same request may succeed later.
 */
retryable: boolean, 
/**
 * Seconds to wait before that, when known.
 */
retry_after?: number, 
/**
 * Finds the details in the log.
 */
request_id?: string, 
/**
 * One entry for each wrong field.
 */
fields?: Array<FieldProblem>, };

export type FieldProblem = { 
/**
 * The field's name in the request, such as `email`.
 */
field: string, 
/**
 * What is wrong and the remedy.
 */
message: string, };

export type Page<T> = { 
/**
 * The rows, in the list's order.
 */
items: Array<T>, 
/**
 * Ask with `?cursor=` for the next page; `null` at the end.
 */
next_cursor: string | null, };

export type Instance = { 
/**
 * No owner exists yet: the printed link makes one.
 */
needs_setup: boolean, 
/**
 * Who may make an account for themselves.
 */
sign_up: SignUpMode, 
/**
 * Whether whoever forgot their password can have a link by mail.
 */
reset_by_mail: boolean, 
/**
 * How previews are reached from this address.
 */
preview_mode: PreviewMode, 
/**
 * Whether apps may be run by the vendor's WebContainer.
 */
webcontainer: boolean, 
/**
 * How large things may be.
 */
limits: Limits, };

export type SetupToken = { 
/**
 * What follows `#token=` in the link.
 */
token: string, };

export type Login = { 
/**
 * As given at sign-up.
 */
email: string, 
/**
 * The password.
 */
password: string, };

export type UpdateAccount = { 
/**
 * The name that others see; at most 80 characters.
 */
name?: string, 
/**
 * The address to sign in with.
 */
email?: string, };

export type PasswordChange = { 
/**
 * The present one; not needed when there is none.
 */
current?: string, 
/**
 * The new one: 15 characters of any kind, or 12 with small and capital letters, digits and signs; hard to guess.
 */
new: string, };

export type Reauthentication = { 
/**
 * The present password.
 */
password: string, };

export type Account = { 
/**
 * The user's id.
 */
id: UserId, 
/**
 * The name that others see.
 */
name: string, 
/**
 * The address to sign in with, when one was given.
 */
email: Email | null, 
/**
 * Whether a password is set; without one only a printed link signs in.
 */
has_password: boolean, 
/**
 * Whether they administer this instance.
 */
is_admin: boolean, 
/**
 * Their plan.
 */
plan: Plan, };

export type SessionInfo = { 
/**
 * The user.
 */
account: Account, 
/**
 * What they may do on this instance.
 */
permissions: Array<Permission>, 
/**
 * This session.
 */
session_id: SessionId, 
/**
 * When it ends.
 */
expires_at: Timestamp, 
/**
 * What every change that this session asks for must carry as `x-csrf-token`.
 */
csrf_token: string, };

export type SessionEntry = { 
/**
 * The session's id.
 */
id: SessionId, 
/**
 * Whether it is the one that asks.
 */
current: boolean, 
/**
 * The browser, as it called itself.
 */
user_agent: string, 
/**
 * Where it signed in from.
 */
address: string, 
/**
 * When it signed in.
 */
created_at: Timestamp, 
/**
 * When it was last used (to the minute).
 */
last_seen_at: Timestamp, };

export type SessionList = { 
/**
 * Newest first.
 */
items: Array<SessionEntry>, };

export type TokenScope = "read" | "write";

export type CreateApiToken = { 
/**
 * What it is called; 1 to 80 characters.
 */
name: string, 
/**
 * What it may be used for.
 */
scope: TokenScope, 
/**
 * How long it lasts: 1 to 365 days.
 */
expires_in_days: number, };

export type ApiToken = { 
/**
 * Its id.
 */
id: ApiTokenId, 
/**
 * What it is called.
 */
name: string, 
/**
 * Its last four characters, to tell it by.
 */
last4: string, 
/**
 * What it may be used for.
 */
scope: TokenScope, 
/**
 * When it was made.
 */
created_at: Timestamp, 
/**
 * When it ends.
 */
expires_at: Timestamp, 
/**
 * When it was last used (to the minute).
 */
last_used_at: Timestamp | null, };

export type ApiTokenCreated = { 
/**
 * The token: it is shown this once. Programs send it as `Authorization: Bearer`.
 */
token: string, 
/**
 * As it is listed.
 */
entry: ApiToken, };

export type ApiTokenList = { 
/**
 * Newest first.
 */
items: Array<ApiToken>, };

export type UserEntry = { 
/**
 * The user's id.
 */
id: UserId, 
/**
 * The name that others see.
 */
name: string, 
/**
 * The address that they sign in with, when they gave one.
 */
email: Email | null, 
/**
 * Their plan.
 */
plan: Plan, 
/**
 * Whether they administer this instance.
 */
is_admin: boolean, 
/**
 * Whether they have a password; without one only a printed link signs in.
 */
has_password: boolean, 
/**
 * When the account was made.
 */
created_at: Timestamp, 
/**
 * Since when it is suspended.
 */
suspended_at: Timestamp | null, };

export type UpdateUser = { 
/**
 * Suspend the account, or let it in again. Its sessions, API tokens and turns end.
 */
suspended?: boolean, 
/**
 * Whether they administer this instance.
 */
is_admin?: boolean, 
/**
 * Their plan.
 */
plan?: Plan, };

export type SignUpMode = "closed" | "invite" | "open";

export type SignUp = { 
/**
 * The address to sign in with.
 */
email: string, 
/**
 * The name that others see; at most 80 characters.
 */
name: string, 
/**
 * The password: 15 characters of any kind, or 12 with small and capital letters, digits and signs; hard to guess.
 */
password: string, 
/**
 * What follows `#token=` in the link of an invitation.
 */
invite?: string, };

export type InviteToken = { 
/**
 * What follows `#token=` in its link.
 */
token: string, };

export type InviteInfo = { 
/**
 * The address that the account gets, when it is said already.
 */
email: Email | null, 
/**
 * When it ends.
 */
expires_at: Timestamp, };

export type CreateInvite = { 
/**
 * The address that the account gets; whoever comes chooses when nothing is said.
 */
email?: string, 
/**
 * How long it lasts: 1 to 30 days, 7 unless said.
 */
expires_in_days?: number, };

export type Invite = { 
/**
 * Its id.
 */
id: InviteId, 
/**
 * The address that the account gets, when it is said already.
 */
email: Email | null, 
/**
 * When it was made.
 */
created_at: Timestamp, 
/**
 * When it ends.
 */
expires_at: Timestamp, };

export type InviteCreated = { 
/**
 * It is shown this once, and goes behind `/join#token=`.
 */
token: string, 
/**
 * As it is listed.
 */
entry: Invite, };

export type InviteList = { 
/**
 * Those that can still be used, the newest first.
 */
items: Array<Invite>, };

export type ForgotPassword = { 
/**
 * The address that the account signs in with.
 */
email: string, };

export type ResetPassword = { 
/**
 * What follows `#token=` in the link.
 */
token: string, 
/**
 * The new password, under the rules for any.
 */
password: string, };

export type CodeWanted = { 
/**
 * Until when `POST /api/auth/login/code` takes the code of this sign-in.
 */
code_wanted_until: Timestamp, };

export type SecondFactorCode = { 
/**
 * Six digits of an authenticator app; at sign-in also a recovery code.
 */
code: string, };

export type SecondFactorState = { 
/**
 * Since when a code is asked for at sign-in; `null` when none is.
 */
since: Timestamp | null, 
/**
 * How many recovery codes are left.
 */
recovery_codes: number, };

export type NewSecondFactor = { 
/**
 * To be typed: base32.
 */
secret: string, 
/**
 * To be shown as a picture: `otpauth://totp/…`.
 */
uri: string, };

export type RecoveryCodes = { 
/**
 * The codes.
 */
codes: Array<string>, };

export type Project = { 
/**
 * The project's id.
 */
id: ProjectId, 
/**
 * Its name.
 */
name: string, 
/**
 * What kind of app it is.
 */
project_type: ProjectType, 
/**
 * Who may see it.
 */
visibility: Visibility, 
/**
 * What the asker may do.
 */
role: Role, 
/**
 * The starter that it began from.
 */
starter: string | null, 
/**
 * The newest version's number.
 */
head_version: number | null, 
/**
 * How many files it has.
 */
file_count: number, 
/**
 * How many bytes they are.
 */
size_bytes: number, 
/**
 * How the last build went.
 */
build_status: BuildStatus, 
/**
 * When that was.
 */
last_build_at: Timestamp | null, 
/**
 * The generation that is queued or running now.
 */
active_generation: GenerationId | null, 
/**
 * When it was made.
 */
created_at: Timestamp, 
/**
 * When anything in it last changed.
 */
updated_at: Timestamp, };

export type CreateProject = { 
/**
 * What to build.
 */
prompt?: string, 
/**
 * A name; otherwise one is made from the prompt.
 */
name?: string, 
/**
 * The type; otherwise it is read from the prompt.
 */
project_type?: ProjectType, 
/**
 * A starter to begin from; otherwise one is chosen from the prompt.
 */
starter?: string, 
/**
 * A model's id from `GET /api/models`; otherwise the default one.
 */
model?: string, 
/**
 * Pictures for the first message.
 */
images?: Array<ImageUpload>, };

export type ProjectCreated = { 
/**
 * The new project.
 */
project: Project, 
/**
 * Its first turn, when there was a prompt.
 */
turn: TurnStarted | null, };

export type UpdateProject = { 
/**
 * A new name.
 */
name?: string, 
/**
 * Who may see it.
 */
visibility?: Visibility, };

export type FileEntry = { 
/**
 * Its path.
 */
path: FilePath, 
/**
 * Text or not.
 */
kind: FileKind, 
/**
 * Bytes.
 */
size: number, 
/**
 * The content's SHA-256 in hex.
 */
hash: string, 
/**
 * When it last changed.
 */
updated_at: Timestamp, };

export type FileList = { 
/**
 * The newest version's number.
 */
version: number | null, 
/**
 * By path.
 */
items: Array<FileEntry>, };

export type FileText = { "encoding": "utf8", 
/**
 * The text.
 */
content: string, } | { "encoding": "base64", 
/**
 * Standard base64 with padding.
 */
content: string, };

export type FileContent = { 
/**
 * The file.
 */
file: FileEntry, 
/**
 * Its content.
 */
text: FileText, };

export type SaveFile = { 
/**
 * The new content.
 */
text: FileText, 
/**
 * The hash that the edit began from. When the file has another by now nothing is written and the
 * answer is `conflict`. An empty string means "the file must not exist yet".
 */
base_hash?: string, };

export type AddPackage = { 
/**
 * Its name, such as `canvas-confetti`.
 */
name: string, };

export type FileSaved = { 
/**
 * The file as it is now; `null` when it was removed.
 */
file: FileEntry | null, 
/**
 * The version that this made; `null` when nothing changed.
 */
version: Version | null, };

export type Message = { 
/**
 * Its id.
 */
id: MessageId, 
/**
 * Its place in the chat, from 1.
 */
seq: number, 
/**
 * Who said it.
 */
role: MessageRole, 
/**
 * What the turn is for.
 */
mode: TurnMode, 
/**
 * The text, in Markdown.
 */
text: string, 
/**
 * Whether the chat went on from before it: it is told to no model any more.
 */
set_aside: boolean, 
/**
 * Addresses of its pictures.
 */
images: Array<string>, 
/**
 * The generation that carries out (user) or wrote (assistant) it.
 */
generation: Generation | null, 
/**
 * When it was said.
 */
created_at: Timestamp, };

export type ImageUpload = { 
/**
 * `image/png`, `image/jpeg`, `image/webp` or `image/gif`.
 */
media_type: string, 
/**
 * Standard base64 with padding.
 */
data: string, };

export type TurnContext = { 
/**
 * Files that are open in the editor, the one in front first; at most 20.
 */
open_files?: Array<FilePath>, 
/**
 * The element that was picked in the preview.
 */
picked?: PickedElement, };

export type PickedElement = { 
/**
 * The file that draws it.
 */
path: FilePath, 
/**
 * The line there, from 1, where it is known.
 */
line?: number, 
/**
 * The component that draws it, where it is known; at most 80 characters.
 */
component?: string, 
/**
 * What it says or is, as it is shown; at most 200 characters.
 */
text?: string, };

export type StartTurn = { 
/**
 * What the person says.
 */
message: string, 
/**
 * What the turn is for; `build` unless said.
 */
mode?: TurnMode, 
/**
 * A model's id; otherwise the default one.
 */
model?: string, 
/**
 * A plan that was made before, as the person left it: the turn carries it out.
 */
plan?: Array<string>, 
/**
 * Pictures.
 */
images?: Array<ImageUpload>, 
/**
 * What the person has before them: it helps to choose what the model is shown.
 */
context?: TurnContext, };

export type TurnStarted = { 
/**
 * The person's message.
 */
message: Message, 
/**
 * The generation; follow it at `/api/generations/{id}/events`.
 */
generation: Generation, };

export type Generation = { 
/**
 * Its id.
 */
id: GenerationId, 
/**
 * Whose.
 */
project_id: ProjectId, 
/**
 * The message that it answers.
 */
message_id: MessageId, 
/**
 * What the turn is for.
 */
mode: TurnMode, 
/**
 * The model's id; `null` when the starters answer.
 */
model: string | null, 
/**
 * Where it stands.
 */
status: GenerationStatus, 
/**
 * The newest event's number; 0 before the first.
 */
last_seq: number, 
/**
 * What it did, once it is final.
 */
summary: GenerationSummary | null, 
/**
 * When it was asked for.
 */
queued_at: Timestamp, 
/**
 * When a worker took it.
 */
started_at: Timestamp | null, 
/**
 * When it ended.
 */
finished_at: Timestamp | null, };

export type GenerationSummary = { 
/**
 * The plan, with what was done.
 */
plan: Array<PlanItem>, 
/**
 * The files that it touched.
 */
files: Array<TouchedFile>, 
/**
 * The version that it made.
 */
version: number | null, 
/**
 * Whether that was verified; `null` when no version was made.
 */
verified: boolean | null, 
/**
 * Repair rounds (never charged to the user's allowance).
 */
repairs: number, 
/**
 * Tokens of all steps; `null` when no model was called.
 */
usage: TokenUsage | null, 
/**
 * What that cost in billionths of a US dollar; `null` when the price is not known or nothing was called.
 */
cost_nanousd: number | null, 
/**
 * What sending every file would have taken, in input tokens.
 */
naive_input_tokens: number | null, 
/**
 * What answering whole files would have taken, in output tokens.
 */
naive_output_tokens: number | null, 
/**
 * What both would have cost at the same price without a cache, in billionths of a US dollar; `null` when the
 * price is not known.
 */
naive_cost_nanousd: number | null, 
/**
 * The same for each part that the agent played, in the order in which they began.
 */
roles: Array<RoleUsage>, 
/**
 * What the reviewer found; `null` when nobody reviewed.
 */
review: Array<ReviewFinding> | null, 
/**
 * What became of the project's smoke checks.
 */
smoke: Array<SmokeResult>, 
/**
 * What the agent wants to know.
 */
questions: Array<Question>, 
/**
 * The address of the last picture of the app.
 */
screenshot: string | null, 
/**
 * Why its changes were taken back.
 */
rolled_back: string | null, 
/**
 * From start to end, in milliseconds.
 */
duration_ms: number, 
/**
 * Why it failed.
 */
error: ErrorCode | null, 
/**
 * The same in words.
 */
error_message: string | null, };

export type AnswerPermission = { 
/**
 * The number of the run, from its `permission_asked`.
 */
run: number, 
/**
 * Whether it may run.
 */
allowed: boolean, };

export type RoleUsage = { 
/**
 * The part.
 */
role: AgentRole, 
/**
 * The model's id.
 */
model: string, 
/**
 * How many calls.
 */
calls: number, 
/**
 * Their tokens.
 */
usage: TokenUsage, 
/**
 * What they cost in billionths of a US dollar; `null` when the price is not known.
 */
cost_nanousd: number | null, };

export type SentFile = { 
/**
 * Its path.
 */
path: FilePath, 
/**
 * Its tokens, as it was sent.
 */
tokens: number, 
/**
 * Why it was chosen, in a word: `named`, `relevant`, `recent`, ...
 */
reason: string, 
/**
 * Whether all of it was sent, rather than the lines that seemed to matter.
 */
whole: boolean, };

export type TouchedFile = { 
/**
 * Its path (after a rename: the new one).
 */
path: FilePath, 
/**
 * What was done.
 */
op: EditOp, 
/**
 * Lines added.
 */
added: number, 
/**
 * Lines removed.
 */
removed: number, };

export type DeadLetter = { 
/**
 * Its id.
 */
id: DeadLetterId, 
/**
 * The generation that failed.
 */
generation_id: GenerationId, 
/**
 * In which project.
 */
project_id: ProjectId, 
/**
 * The project's name.
 */
project_name: string, 
/**
 * Who asked.
 */
user_id: UserId, 
/**
 * Their name.
 */
user_name: string, 
/**
 * Why.
 */
code: ErrorCode, 
/**
 * What happened and what to do.
 */
message: string, 
/**
 * How often the message was tried, this time included.
 */
attempts: number, 
/**
 * What was asked.
 */
payload: DeadLetterPayload, 
/**
 * What became of it.
 */
state: DeadLetterState, 
/**
 * When it failed.
 */
at: Timestamp, 
/**
 * When somebody decided about it.
 */
resolved_at: Timestamp | null, };

export type DeadLetterPayload = { 
/**
 * What the turn was for.
 */
mode: TurnMode, 
/**
 * The model's id; `null` when the starters were asked.
 */
model: string | null, 
/**
 * The first 500 characters of the message.
 */
prompt: string, 
/**
 * Whether the message goes on.
 */
cut: boolean, };

export type AuditEntry = { 
/**
 * Its id.
 */
id: AuditId, 
/**
 * When.
 */
at: Timestamp, 
/**
 * What was done.
 */
action: AuditAction, 
/**
 * What kind of doer.
 */
actor: AuditActor, 
/**
 * Which user did it.
 */
actor_id: UserId | null, 
/**
 * Their name; `null` when they are gone.
 */
actor_name: string | null, 
/**
 * To what kind of thing.
 */
target: AuditTarget | null, 
/**
 * To which: its id, or its name where it has none.
 */
target_id: string | null, 
/**
 * What people call it, where that is known.
 */
target_name: string | null, 
/**
 * In which project.
 */
project_id: ProjectId | null, 
/**
 * The project's name; `null` when it is gone.
 */
project_name: string | null, 
/**
 * From which address.
 */
address: string | null, 
/**
 * What else is worth telling, by name.
 */
detail: { [key in string]: string }, };

export type Health = { 
/**
 * QuickVibe's version.
 */
version: string, 
/**
 * Which server answered, among those that share a database.
 */
node_id: NodeId, 
/**
 * When it was started.
 */
started_at: Timestamp, 
/**
 * Why no new work is taken, if none is.
 */
not_ready: string | null, 
/**
 * The database.
 */
database: DatabaseHealth, 
/**
 * Turns.
 */
queue: QueueHealth, 
/**
 * The disk of the data folder; `null` where the system does not tell.
 */
disk: DiskHealth | null, 
/**
 * Starters that are built in.
 */
starters: number, 
/**
 * npm packages that are built in.
 */
packages: number, };

export type DatabaseHealth = { 
/**
 * Its name and version.
 */
version: string, 
/**
 * How large it is.
 */
bytes: number, };

export type QueueHealth = { 
/**
 * Turns that wait.
 */
queued: number, 
/**
 * Turns that run, on all nodes.
 */
running: number, 
/**
 * Turns that this node may run at once.
 */
most: number, 
/**
 * Turns that failed for good and about which nobody has decided.
 */
failed: number, };

export type DiskHealth = { 
/**
 * What is free to QuickVibe.
 */
free_bytes: number, 
/**
 * All of it.
 */
total_bytes: number, };

export type Event = { 
/**
 * From 1, without gaps.
 */
seq: number, 
/**
 * When it was written.
 */
at: Timestamp, } & ({ "type": "generation_started", 
/**
 * The generation.
 */
generation_id: GenerationId, 
/**
 * What it is for.
 */
mode: TurnMode, 
/**
 * Who answers; `null` when the starters do.
 */
model: string | null, } | { "type": "queue_position", 
/**
 * How many turns are before it; 0 when it is the next.
 */
position: number, } | { "type": "starter_chosen", 
/**
 * Its id.
 */
starter: string, 
/**
 * Its title.
 */
title: string, 
/**
 * Why, in words.
 */
reason: string, } | { "type": "role_changed", 
/**
 * The part.
 */
role: AgentRole, 
/**
 * What it does, in a few words.
 */
note: string, } | { "type": "step_started", 
/**
 * From 1 within the generation.
 */
step: number, 
/**
 * Why.
 */
kind: StepKind, 
/**
 * Files sent whole or in part.
 */
files_sent: number, 
/**
 * Files in the project.
 */
files_total: number, 
/**
 * Input tokens, estimated before sending.
 */
input_tokens: number, 
/**
 * Whose part of the work it is.
 */
role?: AgentRole, 
/**
 * Who answers, where it is not the turn's own model.
 */
model?: string, 
/**
 * The files of a turn's first call, each with why it was chosen.
 */
files?: Array<SentFile>, } | { "type": "retrying", 
/**
 * The step.
 */
step: number, 
/**
 * Which try comes next, from 2; there are at most 3.
 */
attempt: number, 
/**
 * How long it waits before that, in milliseconds.
 */
wait_ms: number, 
/**
 * Why, in words.
 */
reason: string, } | { "type": "plan", 
/**
 * The items.
 */
items: Array<PlanItem>, } | { "type": "thinking_delta", 
/**
 * The text.
 */
text: string, } | { "type": "text_delta", 
/**
 * The text.
 */
text: string, } | { "type": "file_opened", 
/**
 * Its path.
 */
path: FilePath, 
/**
 * What is done to it.
 */
op: EditOp, } | { "type": "file_delta", 
/**
 * Its path.
 */
path: FilePath, 
/**
 * The text.
 */
text: string, } | { "type": "file_closed", 
/**
 * Its path.
 */
path: FilePath, } | { "type": "edit_applied", 
/**
 * Its number within the step.
 */
index: number, 
/**
 * Its path.
 */
path: FilePath, 
/**
 * Where it came from, after a rename.
 */
from?: FilePath, 
/**
 * What was done.
 */
op: EditOp, 
/**
 * Lines added.
 */
added: number, 
/**
 * Lines removed.
 */
removed: number, } | { "type": "edit_failed", 
/**
 * Its path, as the model gave it.
 */
path: string, 
/**
 * Why, in words.
 */
reason: string, } | { "type": "check_started", 
/**
 * Which.
 */
check: CheckKind, } | { "type": "check_finished", 
/**
 * Which.
 */
check: CheckKind, 
/**
 * Whether nothing was found.
 */
ok: boolean, 
/**
 * What was found, at most 50.
 */
diagnostics: Array<Diagnostic>, } | { "type": "screenshot", 
/**
 * The picture's address.
 */
image: string, 
/**
 * From the newest files to the picture, in milliseconds.
 */
duration_ms: number, } | { "type": "smoke_finished", 
/**
 * Each check, by path.
 */
results: Array<SmokeResult>, } | { "type": "review_finished", 
/**
 * Whether nothing is missing or wrong.
 */
ok: boolean, 
/**
 * What is, at most 10.
 */
findings: Array<ReviewFinding>, } | { "type": "questions", 
/**
 * What it asks, at most 3.
 */
items: Array<Question>, } | { "type": "rolled_back", 
/**
 * Why, in words.
 */
reason: string, 
/**
 * The files that are as before.
 */
paths: Array<FilePath>, } | { "type": "suggested", 
/**
 * The file.
 */
path: FilePath, 
/**
 * Why it was not made, in words.
 */
reason: string, } | { "type": "repair_started", 
/**
 * From 1 within the turn.
 */
round: number, 
/**
 * Why, in words.
 */
reason: string, } | { "type": "tool_started", 
/**
 * From 1 within the turn.
 */
id: number, 
/**
 * What kind of run.
 */
tool: ToolKind, 
/**
 * As one would type it.
 */
command: string, } | { "type": "tool_output", 
/**
 * Which run.
 */
id: number, 
/**
 * The text.
 */
text: string, } | { "type": "tool_finished", 
/**
 * Which run.
 */
id: number, 
/**
 * Whether it did what it was to do.
 */
ok: boolean, 
/**
 * Its exit code; `null` when it did not end by itself.
 */
exit: number | null, 
/**
 * How it came to its end.
 */
end: ToolEnd, 
/**
 * How long it took, in milliseconds.
 */
duration_ms: number, 
/**
 * The last of its output.
 */
output: string, } | { "type": "permission_asked", 
/**
 * Which run.
 */
id: number, 
/**
 * What would be run, as one would type it.
 */
command: string, 
/**
 * Why a person is asked, as a sentence.
 */
why: string, } | { "type": "permission_answered", 
/**
 * Which run.
 */
id: number, 
/**
 * Whether it is run.
 */
allowed: boolean, } | { "type": "usage", 
/**
 * The step.
 */
step: number, 
/**
 * Why it was called.
 */
kind: StepKind, 
/**
 * Its tokens.
 */
usage: TokenUsage, 
/**
 * Its price in billionths of a US dollar; `null` when not known.
 */
cost_nanousd: number | null, } | { "type": "budget_alert", 
/**
 * Which budget.
 */
purse: PurseKind, 
/**
 * Percent used: 50, 80 or 100.
 */
percent: number, 
/**
 * Spent of it, in billionths of a US dollar.
 */
spent_nanousd: number, 
/**
 * Its limit.
 */
limit_nanousd: number, } | { "type": "sandbox_decided", 
/**
 * The engine.
 */
engine: EngineKind, 
/**
 * Why, in words.
 */
reason: string, } | { "type": "preview_ready", } | { "type": "version_created", 
/**
 * Its number.
 */
version: number, 
/**
 * Whether all checks held.
 */
verified: boolean, } | { "type": "resumed", 
/**
 * Which attempt this is, from 2.
 */
attempt: number, } | { "type": "superseded", 
/**
 * The first void event.
 */
from_seq: number, } | { "type": "failed", 
/**
 * Why.
 */
code: ErrorCode, 
/**
 * What the person can do.
 */
message: string, 
/**
 * Whether "retry" can help.
 */
retryable: boolean, } | { "type": "cancelled", } | { "type": "done", 
/**
 * The version that it made, if any.
 */
version: number | null, 
/**
 * Whether that was verified.
 */
verified: boolean | null, });

export type EventData = { "type": "generation_started", 
/**
 * The generation.
 */
generation_id: GenerationId, 
/**
 * What it is for.
 */
mode: TurnMode, 
/**
 * Who answers; `null` when the starters do.
 */
model: string | null, } | { "type": "queue_position", 
/**
 * How many turns are before it; 0 when it is the next.
 */
position: number, } | { "type": "starter_chosen", 
/**
 * Its id.
 */
starter: string, 
/**
 * Its title.
 */
title: string, 
/**
 * Why, in words.
 */
reason: string, } | { "type": "role_changed", 
/**
 * The part.
 */
role: AgentRole, 
/**
 * What it does, in a few words.
 */
note: string, } | { "type": "step_started", 
/**
 * From 1 within the generation.
 */
step: number, 
/**
 * Why.
 */
kind: StepKind, 
/**
 * Files sent whole or in part.
 */
files_sent: number, 
/**
 * Files in the project.
 */
files_total: number, 
/**
 * Input tokens, estimated before sending.
 */
input_tokens: number, 
/**
 * Whose part of the work it is.
 */
role?: AgentRole, 
/**
 * Who answers, where it is not the turn's own model.
 */
model?: string, 
/**
 * The files of a turn's first call, each with why it was chosen.
 */
files?: Array<SentFile>, } | { "type": "retrying", 
/**
 * The step.
 */
step: number, 
/**
 * Which try comes next, from 2; there are at most 3.
 */
attempt: number, 
/**
 * How long it waits before that, in milliseconds.
 */
wait_ms: number, 
/**
 * Why, in words.
 */
reason: string, } | { "type": "plan", 
/**
 * The items.
 */
items: Array<PlanItem>, } | { "type": "thinking_delta", 
/**
 * The text.
 */
text: string, } | { "type": "text_delta", 
/**
 * The text.
 */
text: string, } | { "type": "file_opened", 
/**
 * Its path.
 */
path: FilePath, 
/**
 * What is done to it.
 */
op: EditOp, } | { "type": "file_delta", 
/**
 * Its path.
 */
path: FilePath, 
/**
 * The text.
 */
text: string, } | { "type": "file_closed", 
/**
 * Its path.
 */
path: FilePath, } | { "type": "edit_applied", 
/**
 * Its number within the step.
 */
index: number, 
/**
 * Its path.
 */
path: FilePath, 
/**
 * Where it came from, after a rename.
 */
from?: FilePath, 
/**
 * What was done.
 */
op: EditOp, 
/**
 * Lines added.
 */
added: number, 
/**
 * Lines removed.
 */
removed: number, } | { "type": "edit_failed", 
/**
 * Its path, as the model gave it.
 */
path: string, 
/**
 * Why, in words.
 */
reason: string, } | { "type": "check_started", 
/**
 * Which.
 */
check: CheckKind, } | { "type": "check_finished", 
/**
 * Which.
 */
check: CheckKind, 
/**
 * Whether nothing was found.
 */
ok: boolean, 
/**
 * What was found, at most 50.
 */
diagnostics: Array<Diagnostic>, } | { "type": "screenshot", 
/**
 * The picture's address.
 */
image: string, 
/**
 * From the newest files to the picture, in milliseconds.
 */
duration_ms: number, } | { "type": "smoke_finished", 
/**
 * Each check, by path.
 */
results: Array<SmokeResult>, } | { "type": "review_finished", 
/**
 * Whether nothing is missing or wrong.
 */
ok: boolean, 
/**
 * What is, at most 10.
 */
findings: Array<ReviewFinding>, } | { "type": "questions", 
/**
 * What it asks, at most 3.
 */
items: Array<Question>, } | { "type": "rolled_back", 
/**
 * Why, in words.
 */
reason: string, 
/**
 * The files that are as before.
 */
paths: Array<FilePath>, } | { "type": "suggested", 
/**
 * The file.
 */
path: FilePath, 
/**
 * Why it was not made, in words.
 */
reason: string, } | { "type": "repair_started", 
/**
 * From 1 within the turn.
 */
round: number, 
/**
 * Why, in words.
 */
reason: string, } | { "type": "tool_started", 
/**
 * From 1 within the turn.
 */
id: number, 
/**
 * What kind of run.
 */
tool: ToolKind, 
/**
 * As one would type it.
 */
command: string, } | { "type": "tool_output", 
/**
 * Which run.
 */
id: number, 
/**
 * The text.
 */
text: string, } | { "type": "tool_finished", 
/**
 * Which run.
 */
id: number, 
/**
 * Whether it did what it was to do.
 */
ok: boolean, 
/**
 * Its exit code; `null` when it did not end by itself.
 */
exit: number | null, 
/**
 * How it came to its end.
 */
end: ToolEnd, 
/**
 * How long it took, in milliseconds.
 */
duration_ms: number, 
/**
 * The last of its output.
 */
output: string, } | { "type": "permission_asked", 
/**
 * Which run.
 */
id: number, 
/**
 * What would be run, as one would type it.
 */
command: string, 
/**
 * Why a person is asked, as a sentence.
 */
why: string, } | { "type": "permission_answered", 
/**
 * Which run.
 */
id: number, 
/**
 * Whether it is run.
 */
allowed: boolean, } | { "type": "usage", 
/**
 * The step.
 */
step: number, 
/**
 * Why it was called.
 */
kind: StepKind, 
/**
 * Its tokens.
 */
usage: TokenUsage, 
/**
 * Its price in billionths of a US dollar; `null` when not known.
 */
cost_nanousd: number | null, } | { "type": "budget_alert", 
/**
 * Which budget.
 */
purse: PurseKind, 
/**
 * Percent used: 50, 80 or 100.
 */
percent: number, 
/**
 * Spent of it, in billionths of a US dollar.
 */
spent_nanousd: number, 
/**
 * Its limit.
 */
limit_nanousd: number, } | { "type": "sandbox_decided", 
/**
 * The engine.
 */
engine: EngineKind, 
/**
 * Why, in words.
 */
reason: string, } | { "type": "preview_ready", } | { "type": "version_created", 
/**
 * Its number.
 */
version: number, 
/**
 * Whether all checks held.
 */
verified: boolean, } | { "type": "resumed", 
/**
 * Which attempt this is, from 2.
 */
attempt: number, } | { "type": "superseded", 
/**
 * The first void event.
 */
from_seq: number, } | { "type": "failed", 
/**
 * Why.
 */
code: ErrorCode, 
/**
 * What the person can do.
 */
message: string, 
/**
 * Whether "retry" can help.
 */
retryable: boolean, } | { "type": "cancelled", } | { "type": "done", 
/**
 * The version that it made, if any.
 */
version: number | null, 
/**
 * Whether that was verified.
 */
verified: boolean | null, };

export type PlanItem = { 
/**
 * What.
 */
text: string, 
/**
 * Whether it is done.
 */
done: boolean, };

export type Question = { 
/**
 * The question.
 */
text: string, 
/**
 * Answers to choose from, at most 5; a person may say something else.
 */
choices: Array<string>, };

export type ReviewFinding = { 
/**
 * The file, when it names one.
 */
path: FilePath | null, 
/**
 * What is missing or wrong.
 */
message: string, };

export type SmokeResult = { 
/**
 * Its file.
 */
path: FilePath, 
/**
 * Its name.
 */
name: string, 
/**
 * Whether every step went well.
 */
ok: boolean, 
/**
 * Where it is known: whether it went well before this turn.
 */
ok_before: boolean | null, 
/**
 * The step that did not go well, and why; empty when all did.
 */
message: string, 
/**
 * How long it took, in milliseconds.
 */
duration_ms: number, };

export type CheckKind = "compile" | "lint" | "types" | "runtime" | "smoke";

export type Severity = "error" | "warning";

export type DiagnosticKind = "syntax" | "semantic" | "resolve" | "package" | "runtime" | "accessibility" | "asset" | "types" | "unused";

export type Diagnostic = { 
/**
 * Where it comes from.
 */
kind: DiagnosticKind, 
/**
 * How bad.
 */
severity: Severity, 
/**
 * The file, when known.
 */
path: FilePath | null, 
/**
 * From 1; 0 when not known.
 */
line: number, 
/**
 * From 1; 0 when not known.
 */
column: number, 
/**
 * What is wrong.
 */
message: string, 
/**
 * The package that is missing.
 */
package?: string, };

export type Version = { 
/**
 * Its id.
 */
id: VersionId, 
/**
 * From 1 within the project, without gaps.
 */
number: number, 
/**
 * What made it.
 */
origin: VersionOrigin, 
/**
 * The generation that made it.
 */
generation_id: GenerationId | null, 
/**
 * A name that a person gave, or what it changed in words.
 */
title: string, 
/**
 * What changed, in a few words; `null` where nobody said.
 */
summary: string | null, 
/**
 * Whether its checks held; `null` when none ran.
 */
verified: boolean | null, 
/**
 * Files in it.
 */
file_count: number, 
/**
 * Bytes in it.
 */
size_bytes: number, 
/**
 * Files added since the one before.
 */
files_added: number, 
/**
 * Files changed since the one before.
 */
files_changed: number, 
/**
 * Files removed since the one before.
 */
files_removed: number, 
/**
 * When it was made.
 */
created_at: Timestamp, };

export type VersionFiles = { 
/**
 * The version.
 */
version: Version, 
/**
 * Its files, by path.
 */
files: Array<FileEntry>, };

export type RenameVersion = { 
/**
 * The new name: 1 to 120 characters.
 */
title: string, };

export type RestoreVersion = { 
/**
 * Whether the chat goes back with the files: what was said after is set aside, and told to no model.
 */
chat?: boolean, };

export type VersionDiff = { 
/**
 * From.
 */
from: number, 
/**
 * To.
 */
to: number, 
/**
 * Files that differ, by path.
 */
files: Array<FileDiff>, };

export type FileDiff = { 
/**
 * Its path.
 */
path: FilePath, 
/**
 * `added`, `changed` or `removed`.
 */
change: string, 
/**
 * Lines added.
 */
added: number, 
/**
 * Lines removed.
 */
removed: number, 
/**
 * Whether it is not text (then there are no hunks).
 */
binary: boolean, 
/**
 * Whether hunks were left out because the file is too large to show.
 */
truncated: boolean, 
/**
 * The changes with three lines around each.
 */
hunks: Array<DiffHunk>, };

export type DiffHunk = { 
/**
 * First line in the old file, from 1.
 */
old_start: number, 
/**
 * First line in the new file, from 1.
 */
new_start: number, 
/**
 * The lines.
 */
lines: Array<DiffLine>, };

export type DiffLine = { 
/**
 * Same, added or removed.
 */
kind: DiffLineKind, 
/**
 * The line without its ending.
 */
text: string, };

export type DiffLineKind = "same" | "added" | "removed";

export type Model = { 
/**
 * `provider/name`, as turns name it.
 */
id: string, 
/**
 * The provider's id.
 */
provider: string, 
/**
 * What people call it.
 */
label: string, 
/**
 * Where it runs.
 */
source: ModelSource, 
/**
 * Tokens that fit, when known.
 */
context_window: number | null, 
/**
 * Whether it can see pictures.
 */
sees_images: boolean, 
/**
 * Price per million input tokens, in millionths of a US dollar; 0 for local ones, `null` when not known.
 */
input_price_microusd: number | null, 
/**
 * The same for output.
 */
output_price_microusd: number | null, };

export type ModelSource = "local" | "hosted";

export type ModelList = { 
/**
 * By provider, best first.
 */
items: Array<Model>, 
/**
 * The id that a turn uses when it names none; `null`: the starters answer.
 */
default: string | null, 
/**
 * Every provider that is known, connected or not.
 */
providers: Array<ProviderStatus>, 
/**
 * Whose prices the models have, where no administrator has set another.
 */
prices: PriceSource, };

export type SaveModelChoice = { 
/**
 * A model's id; `null` goes back to the automatic choice; `"starters"` never calls a model.
 */
model: string | null, };

export type ProviderStatus = { 
/**
 * Its id, such as `anthropic`.
 */
id: string, 
/**
 * Its name.
 */
label: string, 
/**
 * How it stands.
 */
state: ProviderState, 
/**
 * The same in words, with the remedy.
 */
note: string, 
/**
 * Whether it needs a key.
 */
needs_key: boolean, 
/**
 * The environment variable that a key is read from.
 */
env_var: string | null, 
/**
 * Where it is asked.
 */
base_url: string, };

export type ProviderState = "connected" | "not_connected" | "failing";

export type Key = { 
/**
 * Its id; `null` for one from the environment.
 */
id: KeyId | null, 
/**
 * Where it comes from. One's own goes before the system's, and that before the environment's.
 */
source: KeySource, 
/**
 * The provider's id.
 */
provider: string, 
/**
 * A name.
 */
label: string, 
/**
 * Another address than the provider's own.
 */
base_url: string | null, 
/**
 * The last four characters; empty when the key is shorter than twelve.
 */
last4: string, 
/**
 * When it was saved.
 */
created_at: Timestamp | null, 
/**
 * When it was last used.
 */
last_used_at: Timestamp | null, };

export type KeyList = { 
/**
 * By provider.
 */
items: Array<Key>, };

export type KeySource = "own" | "system" | "environment";

export type SaveKey = { 
/**
 * The secret. Never answered back. May be empty for a server that needs none.
 */
secret: string, 
/**
 * A name; the provider's otherwise.
 */
label?: string, 
/**
 * Needed for `custom`: where the OpenAI-compatible server is.
 */
base_url?: string, };

export type KeyTest = { 
/**
 * Whether the provider took it.
 */
ok: boolean, 
/**
 * What it said, in words.
 */
message: string, };

export type PreviewMode = "origin" | "opaque";

export type PreviewAddress = { 
/**
 * The engine.
 */
engine: EngineKind, 
/**
 * Why that one, in words.
 */
reason: string, 
/**
 * How it is kept apart.
 */
mode: PreviewMode, 
/**
 * Where the frame points; in `origin` mode it may also be opened in a tab. For an app with a machine of its own it
 * bears a ticket that is good for a minute, and the frame shows by itself how far the machine is.
 */
url: string, 
/**
 * The origin that its messages come from; `"null"` in `opaque` mode.
 */
origin: string, 
/**
 * What the server found when it compiled the app.
 */
diagnostics: Array<Diagnostic>, };

export type PassedEngine = { 
/**
 * Which.
 */
engine: EngineKind, 
/**
 * Why not, as a sentence.
 */
why: string, };

export type Sandbox = { 
/**
 * Where the app runs; `null` when nothing here can run it.
 */
engine: EngineKind | null, 
/**
 * Why there, or why nowhere, as a sentence.
 */
reason: string, 
/**
 * What a person has chosen; `null` leaves it to QuickVibe.
 */
chosen: EngineKind | null, 
/**
 * The engines that were passed over.
 */
passed: Array<PassedEngine>, 
/**
 * The machine of its own that it has, for its server or for commands; `null` when it has none.
 */
machine: Machine | null, };

export type Machine = { 
/**
 * Its id.
 */
id: SandboxId, 
/**
 * Where it is.
 */
engine: EngineKind, 
/**
 * How it is.
 */
state: SandboxState, 
/**
 * What is done to it now, such as "Installing packages"; or why it failed.
 */
step: string | null, 
/**
 * What serves the app in it, such as "Vite"; `null` when nothing does.
 */
server: string | null, 
/**
 * Whether the app's server takes connections.
 */
serving: boolean, 
/**
 * Memory now, in bytes.
 */
memory_bytes: number | null, 
/**
 * The most memory it may use, in bytes.
 */
memory_limit_bytes: number, 
/**
 * What it keeps on disk, in bytes.
 */
disk_bytes: number | null, 
/**
 * The most it may keep on disk, in bytes.
 */
disk_limit_bytes: number, 
/**
 * How long it ran this month, in seconds.
 */
seconds_this_month: number, 
/**
 * What that cost, in billionths of a US dollar.
 */
cost_nanousd: number, 
/**
 * When it was last used; it is stopped some time after.
 */
used_at: Timestamp, };

export type ChooseEngine = { 
/**
 * The engine; `null` leaves it to QuickVibe.
 */
engine: EngineKind | null, };

export type SandboxOutput = { 
/**
 * From 1, without gaps, as long as the server runs; old pieces are forgotten.
 */
seq: number, 
/**
 * When it was written.
 */
at: Timestamp, 
/**
 * What wrote it.
 */
source: OutputSource, 
/**
 * The text, with the terminal's colour codes.
 */
text: string, };

export type OutputSource = "quickvibe" | "server" | "install" | "agent";

export type TerminalRequest = { "type": "resize", 
/**
 * In characters, at most 500.
 */
columns: number, 
/**
 * In characters, at most 300.
 */
rows: number, } | { "type": "end", };

export type TerminalEvent = { "type": "preparing", 
/**
 * What is done now.
 */
step: string, } | { "type": "attached", 
/**
 * Comes back to this shell: `?terminal=<id>&after=<bytes received so far>`.
 */
terminal: string, 
/**
 * How many bytes the shell had written before the first that follows.
 */
offset: number, } | { "type": "ended", 
/**
 * How, as a sentence.
 */
reason: string, } | { "type": "failed", 
/**
 * As a sentence.
 */
message: string, };

export type SandboxOverview = { 
/**
 * The engines of this instance.
 */
engines: Array<EngineOverview>, 
/**
 * Sandboxes that run or are kept, those used last first; at most 200.
 */
sandboxes: Array<SandboxEntry>, };

export type EngineOverview = { 
/**
 * Which.
 */
engine: EngineKind, 
/**
 * Whether it can be had now.
 */
ready: boolean, 
/**
 * How it is, as a sentence: how it isolates, or why it cannot be had and what to do.
 */
note: string, 
/**
 * Sandboxes that run there.
 */
running: number, 
/**
 * The most that may run at once; `null` when the engine decides.
 */
most_running: number | null, 
/**
 * What the sandboxes that run may use of memory together, in bytes.
 */
memory_bytes: number, 
/**
 * The most that they may, in bytes; `null` when the engine decides.
 */
memory_limit_bytes: number | null, 
/**
 * How long sandboxes ran there this month, in seconds.
 */
seconds_this_month: number, 
/**
 * What that cost, in billionths of a US dollar.
 */
cost_nanousd: number, };

export type SandboxEntry = { 
/**
 * The project it belongs to.
 */
project_id: ProjectId, 
/**
 * Its name.
 */
project_name: string, 
/**
 * Its owner's address.
 */
owner: string, 
/**
 * The sandbox.
 */
machine: Machine, };

export type PreviewReports = { 
/**
 * At most 50.
 */
items: Array<PreviewReport>, };

export type PreviewReport = { 
/**
 * What.
 */
issue: RuntimeIssue, 
/**
 * The message, at most 4,000 characters.
 */
message: string, 
/**
 * The address of the script, when known.
 */
url?: string, 
/**
 * From 1.
 */
line?: number, 
/**
 * From 1.
 */
column?: number, };

export type RuntimeIssue = "error" | "unhandled_rejection" | "console_error" | "resource_error" | "painted";

export type Starter = { 
/**
 * Its id.
 */
id: string, 
/**
 * Its title.
 */
title: string, 
/**
 * What kind of app.
 */
project_type: ProjectType, 
/**
 * One sentence.
 */
summary: string, 
/**
 * Prompts that it answers well.
 */
examples: Array<string>, 
/**
 * The address of its picture.
 */
thumbnail: string, };

export type StarterList = { 
/**
 * In the gallery's order.
 */
items: Array<Starter>, };

export type PurseKind = "user" | "project" | "turn" | "repairs";

export type Month = string;

export type Budget = { 
/**
 * The most that may be spent; `null` when there is no limit.
 */
limit_nanousd: number | null, 
/**
 * What calls took.
 */
spent_nanousd: number, 
/**
 * What is set aside for calls under way.
 */
reserved_nanousd: number, 
/**
 * What is left; `null` when there is no limit.
 */
left_nanousd: number | null, 
/**
 * The highest share of the limit that was told: 0, 50, 80 or 100 percent.
 */
alerted: number, };

export type Budgets = { 
/**
 * The month that runs.
 */
month: Month, 
/**
 * When the next one begins.
 */
resets_at: Timestamp, 
/**
 * The asker's own.
 */
user: Budget, 
/**
 * The limit that they set for themself, if any.
 */
own_limit_nanousd: number | null, 
/**
 * The limit that their plan or an administrator sets, if any: their own counts up to it.
 */
ceiling_nanousd: number | null, 
/**
 * What the instance pays for mending the agent's own mistakes.
 */
repairs: Budget, 
/**
 * The most that one turn may spend.
 */
turn_nanousd: number | null, };

export type ProjectBudget = { 
/**
 * The month that runs.
 */
month: Month, 
/**
 * When the next one begins.
 */
resets_at: Timestamp, 
/**
 * The project's, over all who work on it.
 */
project: Budget, };

export type SaveBudget = { 
/**
 * The most for a month, in billionths of a US dollar; `null` for no limit.
 */
limit_nanousd: number | null, };

export type UserBudget = { 
/**
 * Whose.
 */
user_id: UserId, 
/**
 * What they may spend and have spent.
 */
budgets: Budgets, 
/**
 * Whether an administrator's limit stands in place of the plan's.
 */
overridden: boolean, };

export type AskEstimate = { 
/**
 * The message.
 */
message: string, 
/**
 * What it is for; build when left out.
 */
mode?: TurnMode, 
/**
 * Who shall answer; the default model when left out.
 */
model?: string, 
/**
 * The starter of a new project.
 */
starter?: string, 
/**
 * How many pictures go with it.
 */
images?: number, };

export type Estimate = { 
/**
 * Who would answer; `null` when the starters would.
 */
model: string | null, 
/**
 * Whether it costs nothing: the starters, or a model on this machine.
 */
free: boolean, 
/**
 * Tokens sent.
 */
input_tokens: number, 
/**
 * Files sent, whole or in part.
 */
files_sent: number, 
/**
 * Files in the project.
 */
files_total: number, 
/**
 * Whether the model's tokens are not counted by its own tokenizer.
 */
approximate: boolean, 
/**
 * Tokens of an answer like this model's last ones, or a usual one.
 */
typical_output_tokens: number, 
/**
 * What it usually costs; `null` when the price is not known.
 */
typical_nanousd: number | null, 
/**
 * What the first call costs at most; `null` when the price is not known.
 */
most_nanousd: number | null, 
/**
 * Why it would be refused, and the remedy.
 */
over_budget: string | null, };

export type UsageReport = { 
/**
 * The first day, `YYYY-MM-DD`, UTC.
 */
from: string, 
/**
 * The last day.
 */
until: string, 
/**
 * All of it.
 */
total: UsageTotals, 
/**
 * Of 1,000 tokens sent, how many were read from providers' caches.
 */
cache_read_permille: number, 
/**
 * By day, oldest first, days without use included.
 */
days: Array<UsageDay>, 
/**
 * By why a model was called: repairs stand apart, they are never charged to an allowance.
 */
kinds: Array<UsageOfKind>, 
/**
 * By project, the dearest first.
 */
projects: Array<UsageGroup>, 
/**
 * By model.
 */
models: Array<UsageGroup>, 
/**
 * By key.
 */
keys: Array<UsageGroup>, 
/**
 * By user; empty in a report about oneself.
 */
users: Array<UsageGroup>, 
/**
 * Whose prices these are.
 */
prices: PriceSource, };

export type UsageTotals = { 
/**
 * Model calls.
 */
steps: number, 
/**
 * Tokens sent and priced in full.
 */
input: number, 
/**
 * Tokens answered.
 */
output: number, 
/**
 * Tokens read from providers' caches.
 */
cache_read: number, 
/**
 * Tokens written to them.
 */
cache_write: number, 
/**
 * Billionths of a US dollar, over the steps whose price is known.
 */
cost_nanousd: number, 
/**
 * Steps whose price is not known.
 */
unpriced_steps: number, 
/**
 * What the naive way would have taken.
 */
naive: UsageNaive, };

export type UsageDay = { 
/**
 * `YYYY-MM-DD`, UTC.
 */
date: string, 
/**
 * That day's sums.
 */
totals: UsageTotals, 
/**
 * Which models they went to.
 */
models: Array<UsageShare>, };

export type UsageNaive = { 
/**
 * Steps for which its tokens are known.
 */
steps: number, 
/**
 * Tokens that these sent and answered.
 */
spent_tokens: number, 
/**
 * Tokens that they would have.
 */
tokens: number, 
/**
 * Steps for which its money is known, too.
 */
priced_steps: number, 
/**
 * Billionths of a US dollar that these cost.
 */
spent_nanousd: number, 
/**
 * What they would have cost.
 */
cost_nanousd: number, };

export type UsageShare = { 
/**
 * `provider/name`.
 */
model: string, 
/**
 * Tokens sent and answered.
 */
tokens: number, 
/**
 * Billionths of a US dollar, over the steps whose price is known.
 */
cost_nanousd: number, };

export type UsageOfKind = { 
/**
 * The kind.
 */
kind: StepKind, 
/**
 * Its sums.
 */
totals: UsageTotals, };

export type UsageGroup = { 
/**
 * What the query's `project`, `model` or `key` takes for it; `null` for all that are too many to list.
 */
id: string | null, 
/**
 * What people call it.
 */
name: string, 
/**
 * Its sums.
 */
totals: UsageTotals, };

export type PriceSource = { 
/**
 * Whose list, and its version.
 */
source: string, 
/**
 * When it was taken, `YYYY-MM-DD`.
 */
date: string, };

export type PriceList = { 
/**
 * By model.
 */
items: Array<ModelPrice>, 
/**
 * Where all other prices come from.
 */
prices: PriceSource, };

export type ModelPrice = { 
/**
 * `provider/name`.
 */
model: string, 
/**
 * Sent.
 */
input_microusd: number, 
/**
 * Answered.
 */
output_microusd: number, 
/**
 * Read from the provider's cache.
 */
cache_read_microusd: number, 
/**
 * Written to it.
 */
cache_write_microusd: number, 
/**
 * When it was set.
 */
updated_at: Timestamp, };

export type SavePrice = { 
/**
 * `provider/name`.
 */
model: string, 
/**
 * Sent.
 */
input_microusd: number, 
/**
 * Answered.
 */
output_microusd: number, 
/**
 * Read from the provider's cache; the price of what is sent, unless said.
 */
cache_read_microusd?: number, 
/**
 * Written to it; the same.
 */
cache_write_microusd?: number, };

export type QueuedMessage = { 
/**
 * Its id.
 */
id: QueuedId, 
/**
 * Its place, from 1: the first is sent next.
 */
position: number, 
/**
 * What will be said.
 */
text: string, 
/**
 * What the turn will be for.
 */
mode: TurnMode, 
/**
 * A model's id; `null` for the default one of then.
 */
model: string | null, 
/**
 * How many pictures go with it.
 */
images: number, 
/**
 * Whose it is.
 */
author: string, 
/**
 * Why it was not sent when its time came, with the remedy; the queue waits until it is changed or removed.
 */
held: string | null, 
/**
 * When it was written.
 */
created_at: Timestamp, };

export type MessageQueue = { 
/**
 * The messages.
 */
items: Array<QueuedMessage>, 
/**
 * The turn that is at work, or about to begin: follow its events. While there is none and the first message is not
 * held, it is about to be sent: ask again in a moment.
 */
active_generation: GenerationId | null, };

export type ChangeQueued = { 
/**
 * The new text.
 */
text?: string, 
/**
 * The new place, from 1.
 */
position?: number, };

export type SmokeChecks = { 
/**
 * The checks; at most 8 are carried out.
 */
items: Array<SmokeCheckState>, 
/**
 * Whether this server can open the app in a browser; a sentence with the remedy where it cannot.
 */
browser: string | null, 
/**
 * Why they are not carried out on this app, as a sentence; `null` where they are.
 */
left_out: string | null, };

export type SmokeCheckState = { 
/**
 * Its file, which is edited like any other.
 */
path: FilePath, 
/**
 * Its name; the file's where it cannot be read.
 */
name: string, 
/**
 * Its steps, each as its file has it.
 */
steps: Array<string>, 
/**
 * What is wrong with the file, with the line.
 */
fault: string | null, 
/**
 * What became of it when it was last carried out.
 */
last: SmokeResult | null, 
/**
 * When that was.
 */
last_at: Timestamp | null, };

export type CheckRun = { 
/**
 * What is wrong with the app.
 */
diagnostics: Array<Diagnostic>, 
/**
 * What became of its smoke checks.
 */
smoke: Array<SmokeResult>, 
/**
 * The address of a picture of it.
 */
screenshot: string | null, };

export type MeantChange = { 
/**
 * The check's file.
 */
path: FilePath, };

export type Findings = { 
/**
 * The worst first.
 */
items: Array<Finding>, 
/**
 * Whether a critical one stands in the way of publishing.
 */
blocks_publishing: boolean, };

export type Finding = { 
/**
 * The rule, such as `inner-html`.
 */
rule: string, 
/**
 * What it is about.
 */
topic: FindingTopic, 
/**
 * How much it matters.
 */
level: FindingLevel, 
/**
 * The file, when known.
 */
path: FilePath | null, 
/**
 * From 1; 0 when not known.
 */
line: number, 
/**
 * What was found. A secret is never in it.
 */
message: string, 
/**
 * What to do about it.
 */
remedy: string, };

export type FindingLevel = "critical" | "warning" | "note";

export type FindingTopic = "secret" | "package" | "security" | "accessibility";

export type RoleChoice = { "who": "nobody" } | { "who": "same" } | { "who": "model", 
/**
 * Its id.
 */
model: string, };

export type Roles = { 
/**
 * Plans large changes in a call of its own. `nobody`: the builder plans as it goes.
 */
planner: RoleChoice, 
/**
 * Reads large changes against the request.
 */
reviewer: RoleChoice, 
/**
 * Writes smoke checks for what works.
 */
tester: RoleChoice, };

export type EnhancePrompt = { 
/**
 * What the person has written.
 */
prompt: string, 
/**
 * A model's id; otherwise the default one.
 */
model?: string, };

export type EnhancedPrompt = { 
/**
 * The same wish in more useful words.
 */
prompt: string, 
/**
 * What it cost in billionths of a US dollar; `null` when the price is not known.
 */
cost_nanousd: number | null, };

export type Suggestions = { 
/**
 * The oldest first.
 */
items: Array<Suggestion>, };

export type Suggestion = { 
/**
 * Its id.
 */
id: SuggestionId, 
/**
 * The turn that wanted it.
 */
generation_id: GenerationId, 
/**
 * The file.
 */
path: FilePath, 
/**
 * What it would change in the file as it is now; empty when the place is gone.
 */
hunks: Array<DiffHunk>, 
/**
 * Whether it can still be made.
 */
fits: boolean, 
/**
 * When it was wanted.
 */
created_at: Timestamp, };
