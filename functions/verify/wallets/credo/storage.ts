// Records of Credo, in memory: as JSON, so that nobody changes what is stored by holding on to it. Found by their tags.
import {
  type BaseRecord,
  type BaseRecordConstructor,
  JsonTransformer,
  type Query,
  RecordDuplicateError,
  RecordNotFoundError,
  type StorageService,
  StorageVersionRecord,
} from '@credo-ts/core'

// biome-ignore lint/suspicious/noExplicitAny: Credo's own name for a record of any tags has it.
type AnyRecord = BaseRecord<any, any, any>
interface Kept {
  json: object
  tags: Record<string, unknown>
}

const isIn = (wanted: unknown, tag: unknown): boolean => {
  if (wanted === undefined) return true
  if (!Array.isArray(wanted)) return Array.isArray(tag) ? tag.includes(wanted) : tag === wanted
  return Array.isArray(tag) && wanted.every((one) => tag.includes(one))
}

const fits = (tags: Kept['tags'], query: Query<AnyRecord>): boolean => {
  const { $and, $or, $not, ...plain } = query as {
    $and?: Query<AnyRecord>[]
    $or?: Query<AnyRecord>[]
    $not?: Query<AnyRecord>
  }
  return (
    Object.entries(plain).every(([name, wanted]) => isIn(wanted, tags[name])) &&
    ($and ?? []).every((part) => fits(tags, part)) &&
    ($or === undefined || $or.some((part) => fits(tags, part))) &&
    ($not === undefined || !fits(tags, $not))
  )
}

export const createMemoryStorage = (): StorageService<AnyRecord> => {
  const kinds = new Map<string, Map<string, Kept>>()
  const of = (type: string): Map<string, Kept> => {
    const kind = kinds.get(type) ?? new Map<string, Kept>()
    kinds.set(type, kind)
    return kind
  }
  const missing = (recordType: string) =>
    new RecordNotFoundError('There is no such record.', { recordType })
  const keep = (record: AnyRecord): void => {
    record.updatedAt = new Date()
    const json = JsonTransformer.toJSON(record) as object
    of(record.type).set(record.id, { json, tags: { ...record.getTags(), id: record.id } })
  }
  const made = (type: BaseRecordConstructor<AnyRecord>, { json, tags }: Kept): AnyRecord => {
    const record = JsonTransformer.fromJSON(json, type)
    record.replaceTags(tags as never)
    return record
  }
  // New, and so of the newest form: nothing is there to be brought forward.
  keep(new StorageVersionRecord({ storageVersion: StorageVersionRecord.frameworkStorageVersion }))
  const drop = (type: string, id: string): void => {
    if (!of(type).delete(id)) throw missing(type)
  }
  return {
    supportsCursorPagination: false,
    save: async (_, record) => {
      const recordType = record.type
      if (of(recordType).has(record.id))
        throw new RecordDuplicateError('There is such a record.', { recordType })
      keep(record)
    },
    update: async (_, record) => {
      if (!of(record.type).has(record.id)) throw missing(record.type)
      keep(record)
    },
    delete: async (_, record) => drop(record.type, record.id),
    deleteById: async (_, type, id) => drop(type.type, id),
    getById: async (_, type, id) => {
      const kept = of(type.type).get(id)
      if (!kept) throw missing(type.type)
      return made(type, kept)
    },
    getAll: async (_, type) => [...of(type.type).values()].map((kept) => made(type, kept)),
    findByQuery: async (_, type, query, { limit, offset = 0 } = {}) =>
      [...of(type.type).values()]
        .filter(({ tags }) => fits(tags, query))
        .slice(offset, limit === undefined ? undefined : offset + limit)
        .map((kept) => made(type, kept)),
  }
}
