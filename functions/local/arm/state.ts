// What the stand-in of Azure Resource Manager remembers: resources in a file of its own, so that a laptop that starts again finds
// them; operations only in memory, because they last seconds.
import { readFileSync, renameSync, writeFileSync } from 'node:fs'

export interface Resource {
  /** Full path, in the letters in which it was made. */
  id: string
  name: string
  type: string
  location?: string
  tags?: Record<string, string>
  identity?: Record<string, unknown>
  properties: Record<string, unknown>
}

export interface Operation {
  id: string
  /** How often it is still told that it goes on. */
  looks: number
  /** What it comes to. Absent: it does what it was asked for. */
  fails?: { code: string; message: string }
  /** Done when it ends well. */
  finish: () => void
  ended: boolean
}

export interface State {
  /** By the lower-case path. */
  resources: Map<string, Resource>
  operations: Map<string, Operation>
  save: () => void
}

/** `path`: null keeps everything in memory. */
export const openState = (path: string | null): State => {
  const read = (): Resource[] => {
    try {
      return JSON.parse(readFileSync(path ?? '', 'utf8'))
    } catch {
      return []
    }
  }
  const resources = new Map(read().map((one) => [one.id.toLowerCase(), one]))
  return {
    ...{ resources, operations: new Map() },
    save() {
      if (path === null) return
      writeFileSync(`${path}.new`, JSON.stringify([...resources.values()]), { mode: 0o600 })
      renameSync(`${path}.new`, path)
    },
  }
}
