// Issuers of this same installation, as other tenants of it may trust them: nobody has us call ourselves over the network, so what
// they publish is asked of their actors. It is what anybody can read at those addresses, and nothing else.
import { IssuerId } from '../../../../../schemas/credential.ts'
import type { Env } from '../../../../env.ts'
import { directoryStub, tenantStub } from '../../../stubs.ts'

const KEYS = '.well-known/jwt-vc-issuer/i/'
const PLACE = /^i\/([a-z2-7]{26})(?:\/status-lists\/(0|[1-9][0-9]{0,8}))?$/

/** Whether an address is an issuer's here: byte for byte as its `iss` has it. */
export const isNeighbour = ({ PUBLIC_URL }: Pick<Env, 'PUBLIC_URL'>, url: string): boolean =>
  url.startsWith(`${PUBLIC_URL}/i/`) && IssuerId.safeParse(url.slice(PUBLIC_URL.length + 3)).success

/** What stands at an address of this installation; null: nothing that is read here; undefined: it is somewhere else. */
export const readNeighbour = async (env: Env, url: string): Promise<string | null | undefined> => {
  const base = `${env.PUBLIC_URL}/`
  if (!url.startsWith(base)) return undefined
  const path = url.slice(base.length)
  const keys = path.startsWith(KEYS)
  const [, issuer, list] = PLACE.exec(keys ? `i/${path.slice(KEYS.length)}` : path) ?? []
  if (issuer === undefined || keys !== (list === undefined)) return null
  const entry = await directoryStub(env).resolveIssuer(issuer)
  const reached = entry && tenantStub(env, entry.jurisdiction, entry.id)
  if (!reached?.ok) return null
  const { stub } = reached.value
  const read = keys
    ? await stub.wallet('issuer.document', 'jwt-vc-issuer')
    : await stub.wallet('status.list', Number(list))
  return read.ok ? read.value : null
}
