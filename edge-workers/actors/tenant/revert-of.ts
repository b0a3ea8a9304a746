// By what a revert is known as one: nothing else that follows a change has this fingerprint.
import { sha256Hex } from '../../digest.ts'
import type { ChangeRow } from './context.ts'

export const revertFingerprint = (id: string): string => sha256Hex(`revert\u0000${id}`)

/** The change that this one takes back; null: it takes none back. */
export const revertedBy = ({
  follows,
  fingerprint,
}: Pick<ChangeRow, 'follows' | 'fingerprint'>): string | null =>
  follows !== null && fingerprint === revertFingerprint(follows) ? follows : null
