// What a configuration may not say: each with a pointer to where it says it.
import type {
  CredentialClaim,
  CredentialDefinition,
  DriverAbilities,
} from '../../../../../schemas/credential.ts'
import { RESERVED_CLAIMS } from '../../../../../schemas/credential.ts'
import type { Refusal } from '../../../../../schemas/result.ts'

type Fault = NonNullable<Refusal['errors']>[number]

const localeFaults = (
  pointer: string,
  shown: readonly { locale?: string | undefined }[],
): Fault[] => {
  const seen = new Set<string>()
  return shown.flatMap(({ locale = '' }, at) => {
    const key = locale.toLowerCase()
    const again = seen.has(key)
    seen.add(key)
    const detail = 'Another entry is in this language: each language once (OpenID4VCI 1.0 §12.2.4).'
    return again ? [{ pointer: `${pointer}/${at}/locale`, detail }] : []
  })
}

const claimFaults = (claims: readonly CredentialClaim[]): Fault[] => {
  const seen = new Set<string>()
  return claims.flatMap(({ path, display = [] }, at) => {
    const pointer = `/claims/${at}`
    const key = path.join('\u0000')
    const faults = localeFaults(`${pointer}/display`, display)
    if (RESERVED_CLAIMS.has(path[0] ?? ''))
      faults.push({ pointer: `${pointer}/path/0`, detail: 'The issuer sets this claim itself.' })
    if (path.some((name) => name === '_sd' || name === '__proto__'))
      faults.push({ pointer: `${pointer}/path`, detail: 'No claim has this name.' })
    if (seen.has(key))
      faults.push({ pointer: `${pointer}/path`, detail: 'This claim is described twice.' })
    seen.add(key)
    return faults
  })
}

/** Of a definition as it would be kept. */
export const definitionFaults = (
  { display, claims, batchSize }: CredentialDefinition,
  { supports }: Pick<DriverAbilities, 'supports'>,
): Fault[] => [
  ...localeFaults('/display', display),
  ...claimFaults(claims),
  ...(batchSize > 1 && !supports.batch
    ? [{ pointer: '/batchSize', detail: 'This driver issues one at a time.' }]
    : []),
]

/**
 * Of what names the type. Addresses of this installation are given out by it alone: otherwise one could issue what looks like
 * another’s, or like the platform’s own.
 */
export const typeFaults = (
  { driver, vct, type }: { driver: string; vct?: string | undefined; type?: string | undefined },
  publicUrl: string,
): Fault[] => {
  const faults: Fault[] = []
  if (driver === 'entra') {
    if (vct !== undefined)
      faults.push({ pointer: '/vct', detail: 'Entra Verified ID has no vct: send type.' })
    if (type === undefined)
      faults.push({ pointer: '/type', detail: 'Entra Verified ID asks for it.' })
    return faults
  }
  if (type !== undefined)
    faults.push({ pointer: '/type', detail: 'Only Entra Verified ID has it: send vct.' })
  if (vct === undefined) return faults
  if (!/^[\x21-\x7e]+$/.test(vct))
    faults.push({ pointer: '/vct', detail: 'An address or a URN: printable ASCII without spaces.' })
  if (vct.toLowerCase().startsWith(new URL(publicUrl).origin.toLowerCase()))
    faults.push({
      pointer: '/vct',
      detail: 'Addresses of this installation are given out by it: leave vct out.',
    })
  return faults
}
