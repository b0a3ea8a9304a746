// BackupStore over a container of Azure blobs.
import { type ContainerOptions, createContainer } from '../azure/blobs.ts'
import { createStore, type ThinnedStore } from './store.ts'

/** All reject with AzureError where the service does not do it. */
export const createBlobStore = (options: ContainerOptions): ThinnedStore => {
  const blobs = createContainer(options)
  return createStore({
    now: options.now,
    read: async (name) => (await blobs.read(name))?.bytes ?? null,
    write: async (name, bytes) => ((await blobs.write(name, bytes, null)) ? 'written' : 'exists'),
    names: (owner, kind) => blobs.names(`${owner}/${kind}/`),
    remove: (name) => blobs.remove(name),
    changedAt: (name) => blobs.changedAt(name),
  })
}
