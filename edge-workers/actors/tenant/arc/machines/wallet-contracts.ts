// Calls of whoever has the secret of a link to something that is given out once: one row each, its input and its output.

/** As a script, or as user data of cloud-init that runs it. */
export type ScriptFormat = 'script' | 'cloud-init'

export interface ArcMachineWalletCalls {
  /** Whether the link is good. Uses nothing up. */
  'arc-machines.look': {
    input: { linkDigest: string }
    output: { name: string; expiresAt: string; simulated: boolean }
  }
  /** The one download. Its text holds a token: it is answered, and kept nowhere. */
  'arc-machines.claim': {
    input: { linkDigest: string; format: ScriptFormat }
    output: { text: string }
  }
}
