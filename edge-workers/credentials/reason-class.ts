// Why a credential's status was changed, in the one word of it that its holder may see. What an administrator writes beside it is
// for the tenant: `device-lost: reported by telephone`.

/** What a reason may begin with, in the order in which forms offer them. */
export const REASON_CODES = [
  'device-lost',
  'data-changed',
  'not-entitled',
  'issued-in-error',
] as const
export type ReasonClass =
  | (typeof REASON_CODES)[number]
  | 'wallet-gave-up'
  | 'membership-ended'
  | 'other'

const CODE = /^([a-z-]+)(?::|$)/

/** `changedBy`: the pseudonym of who changed it; `wallet` for the wallet itself. */
export const reasonClassOf = (reason: string, changedBy: string | null): ReasonClass => {
  if (changedBy === 'wallet') return 'wallet-gave-up'
  if (reason === 'the membership has ended') return 'membership-ended'
  const [, code] = CODE.exec(reason) ?? []
  return REASON_CODES.find((known) => known === code) ?? 'other'
}

/** What the row keeps, of a code and a note. */
export const reasonText = (code: string, note: string): string =>
  note === '' ? code : code === 'other' ? note : `${code}: ${note}`
