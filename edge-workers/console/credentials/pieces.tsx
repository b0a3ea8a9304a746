// Small things that the pages about credentials share.
import type { CredentialConfigurationView } from '../../../schemas/credential.ts'

const TONE: Record<string, string> = {
  ...{ valid: 'good', suspended: 'warn', invalid: 'bad', active: 'good', withdrawn: '' },
  ...{ issued: 'good', accepted: 'good', failed: 'bad', denied: 'warn', expired: 'warn' },
  ...{ verified: 'good', rejected: 'bad', deferred: 'warn', current: 'good', retired: '' },
}
/** What people say for it, where that is another word. */
const WORD: Record<string, string> = {
  invalid: 'revoked',
  created: 'waiting',
  pending: 'waiting',
  retrieved: 'scanned',
}

export const State = ({ state }: { state: string }) => (
  <span class={`badge ${TONE[state] ?? ''}`}>{WORD[state] ?? state}</span>
)

/** Why a form is refused before it is asked for. */
export const unfit = (detail: string) => ({ problem: 'invalid-parameters' as const, detail })

export const titleOf = ({ display, name }: CredentialConfigurationView): string =>
  display[0]?.name ?? name

/** A button by itself. */
export const Act = ({
  action,
  name,
  tone = 'quiet',
  fields = {},
}: {
  action: string
  name: string
  tone?: string
  fields?: Record<string, string>
}) => (
  <form method="post" action={action}>
    {Object.entries(fields).map(([field, value]) => (
      <input type="hidden" name={field} value={value} />
    ))}
    <button type="submit" class={tone}>
      {name}
    </button>
  </form>
)

export const Key = ({ value }: { value: string }) => (
  <input type="hidden" name="key" value={value} />
)

const SECONDS: readonly (readonly [number, string])[] = [
  [300, '5 minutes'],
  [900, '15 minutes'],
  [3_600, '1 hour'],
  [86_400, '1 day'],
  [604_800, '7 days'],
]

/** Nothing where the form does not ask for it. */
export const secondsOf = (form: URLSearchParams): { expiresInSeconds?: number } => {
  const seconds = form.get('seconds')
  return seconds === null ? {} : { expiresInSeconds: Number(seconds) }
}

export const Duration = ({ most, chosen }: { most: number; chosen: number }) => (
  <p>
    <label for="seconds">Can be used for</label>
    <select id="seconds" name="seconds">
      {SECONDS.filter(([seconds]) => seconds <= most).map(([seconds, name]) => (
        <option value={String(seconds)} selected={seconds === chosen}>
          {name}
        </option>
      ))}
    </select>
  </p>
)

/** How wallets show a configuration, where it is made and where it is changed. */
export const ShownFields = ({ value }: { value: (field: string) => string }) => (
  <>
    <p>
      <label for="title">Shown in wallets as</label>
      <input id="title" name="title" value={value('title')} required maxlength={100} size={40} />
    </p>
    <p>
      <label for="description">In one line</label>
      <input
        id="description"
        name="description"
        value={value('description')}
        maxlength={300}
        size={60}
      />
    </p>
  </>
)
