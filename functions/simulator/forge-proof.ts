// Proves accounts of the forge in memory the way people do: a key there, a challenge here, a signature.
import { createHash } from 'node:crypto'
import type { ForgeAccountView, ForgeChallenge } from '../../schemas/forge-account.ts'
import { type SshKey, sshKeyOf, sshSign } from '../local/ssh-sign.ts'
import type { TenantWorld } from './tenant-world.ts'

/** The key of whoever has this name: the same in every run. */
export const keyNamed = (name: string): SshKey =>
  sshKeyOf(createHash('sha256').update(`key of ${name}`).digest())

/** An account that shows this person's key. */
export const openAccount = ({ memory }: TenantWorld, login: string, owner = login): void => {
  memory.accountOf(login).keys.push(keyNamed(owner).publicLine)
}

interface Proof {
  token: string
  login: string
  /** Whose key signs; absent: the one named like the login. */
  key?: string
}

export const askChallenge = async (
  world: TenantWorld,
  { token, login }: Proof,
): Promise<ForgeChallenge & { status: number; type?: string }> => {
  const { status, body } = await world.send('POST', '/forge-accounts/challenges', {
    ...{ token, body: { login } },
  })
  return { ...(body as unknown as ForgeChallenge), status }
}

export const signChallenge = ({ text, namespace }: ForgeChallenge, key: string): string =>
  sshSign(keyNamed(key), { text, namespace })

type Proved = ForgeAccountView & { type?: string }

/** Asks, signs, links. */
export const prove = async (world: TenantWorld, proof: Proof) => {
  const challenge = await askChallenge(world, proof)
  if (challenge.status !== 201)
    return { status: challenge.status, body: challenge as unknown as Proved }
  const { status, body } = await world.send('POST', '/forge-accounts', {
    token: proof.token,
    body: {
      challenge: challenge.id,
      signature: signChallenge(challenge, proof.key ?? proof.login.toLowerCase()),
    },
  })
  return { status, body: body as unknown as Proved }
}
