// The claims of a configuration as rows of a form, and what was typed into them as the API takes it.
import type { CredentialClaim } from '../../../schemas/credential.ts'

/** Rows of the form of a new configuration; the API takes more. */
export const CLAIM_ROWS = 8

const ClaimRow = ({ at, value }: { at: number; value: (field: string) => string }) => (
  <tr>
    <td>
      <input
        name={`claim-${at}`}
        value={value(`claim-${at}`)}
        maxlength={255}
        size={20}
        aria-label={`Claim ${at + 1}`}
        placeholder={at === 0 ? 'given_name' : at === 1 ? 'address.city' : ''}
      />
    </td>
    <td>
      <input
        name={`label-${at}`}
        value={value(`label-${at}`)}
        maxlength={100}
        size={20}
        aria-label={`Claim ${at + 1}, shown as`}
        placeholder={at === 0 ? 'Given name' : ''}
      />
    </td>
    <td>
      <label class="choice">
        <input
          type="checkbox"
          name={`mandatory-${at}`}
          value="on"
          checked={value(`mandatory-${at}`) === 'on'}
        />{' '}
        needed
      </label>
    </td>
    <td>
      <label class="choice">
        <input
          type="checkbox"
          name={`always-${at}`}
          value="on"
          checked={value(`always-${at}`) === 'on'}
        />{' '}
        always disclosed
      </label>
    </td>
  </tr>
)

/** `value`: of a field by its name. */
export const ClaimRows = ({ rows, value }: { rows: number; value: (field: string) => string }) => (
  <fieldset>
    <legend>Claims: what it says of its holder</legend>
    <div class="scroll">
      <table class="claim-rows">
        <thead>
          <tr>
            <th>Claim</th>
            <th>Shown as</th>
            <th />
            <th />
          </tr>
        </thead>
        <tbody>
          {Array.from({ length: rows }, (_, at) => (
            <ClaimRow at={at} value={value} />
          ))}
        </tbody>
      </table>
    </div>
    <p class="small soft">A dot leads into an object: address.city. Empty rows are left out.</p>
  </fieldset>
)

const nameOf = ({ path }: Pick<CredentialClaim, 'path'>): string => path.join('.')

/** Claims as the fields of such rows. */
export const fieldsOfClaims = (claims: readonly CredentialClaim[]): Record<string, string> =>
  Object.fromEntries(
    claims.flatMap((claim, at) => [
      ...[
        [`claim-${at}`, nameOf(claim)],
        [`label-${at}`, claim.display?.[0]?.name ?? ''],
      ],
      ...(claim.mandatory ? [[`mandatory-${at}`, 'on']] : []),
      ...(claim.always ? [[`always-${at}`, 'on']] : []),
    ]),
  )

/** The first name is what the form shows; those in other languages stay with their claim. */
const labelled = (label: string, before: CredentialClaim | undefined) => {
  const [first, ...others] = before?.display ?? []
  if (label === '') return others.length === 0 ? {} : { display: others }
  return { display: [{ ...first, name: label }, ...others] }
}

/** As they were typed, of so many rows. `before`: the claims that there are already. */
export const claimsOf = (
  form: URLSearchParams,
  rows: number,
  before: readonly CredentialClaim[] = [],
) =>
  Array.from({ length: rows }, (_, at) => {
    const said = (field: string) => form.get(`${field}-${at}`)?.trim() ?? ''
    if (said('claim') === '') return null
    const earlier = before.find((claim) => nameOf(claim) === said('claim'))
    return {
      path: said('claim').split('.'),
      ...(said('mandatory') === 'on' ? { mandatory: true } : {}),
      ...(said('always') === 'on' ? { always: true } : {}),
      ...labelled(said('label'), earlier),
    }
  }).filter((claim) => claim !== null)
