// Runs queue functions on their messages: a bounded number at once, a failed one again until host.json says that it is poison.
// https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-queue-trigger
import type { RegisteredFunction, RpcValue } from './core.ts'
import { queueOf } from './core.ts'
import { type Host, invoke } from './invoke.ts'
import type { Message } from './store.ts'

/** setTimeout takes 32 bits. */
const LONGEST_SLEEP_MS = 2 ** 31 - 1

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/** Null: it is not what host.json says that messages are. */
const decode = ({ settings }: Host, body: string): string | null => {
  if (settings.extensions.queues.messageEncoding === 'none') return body
  return BASE64.test(body) ? Buffer.from(body, 'base64').toString() : null
}

const metadataOf = (
  { id, popReceipt, dequeueCount, inserted, expires, visibleAt }: Message,
  text: string,
): Record<string, RpcValue> => {
  const json = (value: unknown): RpcValue => ({ json: JSON.stringify(value) })
  return {
    QueueTrigger: { string: text },
    Id: { string: id },
    PopReceipt: { string: popReceipt },
    DequeueCount: json(dequeueCount),
    InsertionTime: json(new Date(inserted)),
    ExpirationTime: json(new Date(expires)),
    NextVisibleTime: json(new Date(visibleAt)),
  }
}

/** Runs the function on one text as on a message. Rejects as `invoke` does. */
export const invokeOnMessage = (
  host: Host,
  registered: RegisteredFunction,
  message: Message,
  text: string,
) =>
  invoke(host, registered, {
    input: { string: text },
    triggerMetadata: metadataOf(message, text),
  })

const startQueue = (host: Host, registered: RegisteredFunction): (() => Promise<void>) => {
  const { core, store } = host
  const { batchSize, maxDequeueCount, visibilityTimeout } = host.settings.extensions.queues
  const queue = queueOf(registered.trigger.binding)
  const running = new Set<Promise<void>>()
  let stopped = false
  let wake: NodeJS.Timeout | undefined

  const handle = async (message: Message): Promise<void> => {
    const text = decode(host, message.body)
    // Whoever ended the process each time never came to the end of this.
    if (text === null || message.dequeueCount > maxDequeueCount) {
      core.log('error', 'system', `${registered.metadata.name}: a message is poison`)
      return store.poison(queue, message)
    }
    try {
      await invokeOnMessage(host, registered, message, text)
      store.remove(message)
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'threw no error'
      core.log('error', 'system', `${registered.metadata.name}: ${reason}`)
      if (message.dequeueCount >= maxDequeueCount) store.poison(queue, message)
      else store.giveBack(message, visibilityTimeout)
    }
  }
  const pump = (): void => {
    clearTimeout(wake)
    if (stopped || running.size >= batchSize) return
    for (const message of store.take(queue, batchSize - running.size)) {
      const run = handle(message).finally(() => {
        running.delete(run)
        pump()
      })
      running.add(run)
    }
    const next = store.nextVisible(queue)
    // Nobody else writes here: when the next one is to be seen is known.
    if (next !== null)
      wake = setTimeout(pump, Math.min(LONGEST_SLEEP_MS, Math.max(1, next - Date.now())))
  }
  store.watch(queue, () => setImmediate(pump))
  pump()
  return async () => {
    stopped = true
    clearTimeout(wake)
    await Promise.all(running)
  }
}

/** Starts every queue function of an app and gives the way to stop them, which waits for what is running. */
export const startQueues = (host: Host): (() => Promise<void>) => {
  const stops = [...host.core.functions.values()]
    .filter(({ trigger }) => trigger.type === 'queue')
    .map((registered) => startQueue(host, registered))
  return async () => {
    await Promise.all(stops.map((stop) => stop()))
  }
}
