// The stand-alone verifiers of the log, byte by byte as they are in functions/cli: builds define them as text.
import { sha256Hex } from './digest.ts'

declare const PHOENIX_VERIFIERS: Record<string, string> | undefined

export interface Verifier {
  name: string
  text: string
  /** SHA-256 of its bytes, in hexadecimal. */
  digest: string
  /** Where this installation hands it out. */
  href: string
}

const texts = typeof PHOENIX_VERIFIERS === 'object' ? PHOENIX_VERIFIERS : {}

/** The first is the one that checks bundles. Empty where nothing was built. */
export const verifiers: readonly Verifier[] = Object.entries(texts).map(([name, text]) => ({
  ...{ name, text, digest: sha256Hex(text), href: `/log/${name}` },
}))
