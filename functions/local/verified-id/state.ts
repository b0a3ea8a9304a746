// What the stand-in remembers: authorities, contracts and credentials in a file of its own, so that a laptop that starts again
// finds them; requests only in memory, because they last minutes.

import type { JsonWebKey } from 'node:crypto'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import type { ContractText, IssuanceRequest, PresentationRequest } from './shapes.ts'

export interface Authority {
  id: string
  name: string
  did: string
  linkedDomainUrl: string
  kid: string
  /** Private, P-256: signs the proof that the domain is linked. */
  key: JsonWebKey
  /** Before the last rotation; of files of older releases there is none. */
  earlier?: { kid: string; key: JsonWebKey }[]
  outOfSync?: boolean
  linkedDomainsVerified?: boolean
}
export interface Contract extends ContractText {
  id: string
  name: string
  authorityId: string
}
export interface Held {
  /** `urn:pic:…` */
  id: string
  contractId: string
  status: 'valid' | 'issuerRevoked'
  issuedAt: string
  expiresAt: string
  indexHash: string | null
  /** What the simulated holder has in his wallet. */
  type: string
  issuer: string
  subject: string
  claims: Record<string, string>
}

interface Begun {
  id: string
  expiry: number
  state: 'created' | 'retrieved' | 'ended'
  wrongPins: number
}
export type Request =
  | (Begun & { kind: 'issuance'; asked: IssuanceRequest; contract: Contract })
  | (Begun & { kind: 'presentation'; asked: PresentationRequest })

export interface State {
  authorities: Authority[]
  contracts: Contract[]
  held: Held[]
  requests: Map<string, Request>
  save: () => void
}

/** `path`: null keeps everything in memory. */
export const openState = (path: string | null): State => {
  const read = (): Pick<State, 'authorities' | 'contracts' | 'held'> => {
    try {
      return JSON.parse(readFileSync(path ?? '', 'utf8'))
    } catch {
      return { authorities: [], contracts: [], held: [] }
    }
  }
  const kept = path === null ? { authorities: [], contracts: [], held: [] } : read()
  return {
    ...kept,
    requests: new Map(),
    save() {
      if (path === null) return
      const { authorities, contracts, held } = this
      writeFileSync(`${path}.new`, JSON.stringify({ authorities, contracts, held }), {
        mode: 0o600,
      })
      renameSync(`${path}.new`, path)
    },
  }
}
