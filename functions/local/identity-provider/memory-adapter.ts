// Where the simulated identity provider keeps what it has under way: in memory, bounded, gone with the process.
import type { Adapter, AdapterFactory, AdapterPayload } from 'oidc-provider'

const MAX_KEPT = 5_000

interface Kept {
  payload: AdapterPayload
  until: number
}

export const createMemoryAdapter = (): AdapterFactory => {
  const kept = new Map<string, Kept>()
  const read = (key: string): AdapterPayload | undefined => {
    const found = kept.get(key)
    if (found && found.until > Date.now()) return found.payload
    kept.delete(key)
    return undefined
  }
  return (model: string): Adapter => {
    const keyOf = (id: string) => `${model} ${id}`
    const findBy = (field: 'uid' | 'userCode', value: string) =>
      [...kept.keys()]
        .filter((key) => key.startsWith(`${model} `))
        .map(read)
        .find((payload) => payload?.[field] === value)
    return {
      upsert: async (id, payload, expiresIn) => {
        const [oldest] = kept.keys()
        if (kept.size >= MAX_KEPT && oldest !== undefined) kept.delete(oldest)
        kept.delete(keyOf(id))
        kept.set(keyOf(id), { payload, until: Date.now() + (expiresIn || 3600) * 1000 })
      },
      find: async (id) => read(keyOf(id)),
      findByUid: async (uid) => findBy('uid', uid),
      findByUserCode: async (userCode) => findBy('userCode', userCode),
      consume: async (id) => {
        const payload = read(keyOf(id))
        if (payload) payload.consumed = Math.floor(Date.now() / 1000)
      },
      destroy: async (id) => void kept.delete(keyOf(id)),
      revokeByGrantId: async (grantId) => {
        for (const [key, { payload }] of kept) if (payload.grantId === grantId) kept.delete(key)
      },
    }
  }
}
