// One invocation in the order of Microsoft's worker (azure-functions-nodejs-worker, InvocationHandler): arguments, preInvocation
// hooks, the function, postInvocation hooks, response; then what it wrote to queues. Knows neither HTTP nor timers.
import { randomUUID } from 'node:crypto'
import type {
  Core,
  CoreContext,
  FunctionCallback,
  InvocationResponse,
  RegisteredFunction,
  RetryContext,
  RpcValue,
} from './core.ts'
import type { HostJson } from './host-json.ts'
import type { Store } from './store.ts'

/** What everything in a running host works with. */
export interface Host {
  core: Core
  store: Store
  settings: HostJson
}

export interface Call {
  input: RpcValue
  triggerMetadata?: Record<string, RpcValue>
  retryContext?: RetryContext
  invocationId?: string
}

export interface Answer {
  returnValue: RpcValue | null | undefined
  /** False where the function, or the hook in its place, gave nothing back. */
  gave: boolean
}

/** What one value of an output is in a queue: a message, or a message for each item of an array. */
const messagesOf = (value: RpcValue): (string | Uint8Array)[] => {
  if (value.bytes) return [value.bytes]
  if (value.json === undefined) return [value.string ?? String(value.int ?? value.double)]
  const data: unknown = JSON.parse(value.json)
  const items = Array.isArray(data) ? data : [data]
  return items.map((item) => (typeof item === 'string' ? item : JSON.stringify(item)))
}

const enqueue = (
  { store, settings }: Host,
  { queueOutputs }: RegisteredFunction,
  { returnValue, outputData = [] }: InvocationResponse,
): void => {
  if (queueOutputs.size === 0) return
  const encoding = settings.extensions.queues.messageEncoding === 'base64' ? 'base64' : 'utf8'
  const outputs = [...outputData, ...(returnValue ? [{ name: '$return', data: returnValue }] : [])]
  store.put(
    outputs.flatMap(({ name, data }) => {
      const queue = queueOutputs.get(name)
      if (queue === undefined) return []
      return messagesOf(data).map((text) => ({ queue, body: Buffer.from(text).toString(encoding) }))
    }),
  )
}

/** Rejects when `work` takes longer than host.json allows. What it does meanwhile nobody can stop. */
const withinTime = async <T>(
  { settings: { functionTimeout } }: Host,
  name: string,
  work: Promise<T>,
): Promise<T> => {
  if (functionTimeout === null) return work
  const { promise, reject } = Promise.withResolvers<never>()
  const late = setTimeout(
    () => reject(new Error(`${name}: exceeded functionTimeout`)),
    functionTimeout,
  )
  return Promise.race([work, promise]).finally(() => clearTimeout(late))
}

/** Runs a function with the value of its trigger. Rejects with what the function threw, unless a hook took the error. */
export const invoke = async (
  host: Host,
  registered: RegisteredFunction,
  { input, triggerMetadata = {}, retryContext, invocationId = randomUUID() }: Call,
): Promise<Answer> => {
  const { core } = host
  const { metadata, trigger, callback } = registered
  let invocationContext: unknown
  const coreContext: CoreContext = {
    invocationId,
    metadata,
    state: undefined,
    request: {
      invocationId,
      inputData: [{ name: trigger.name, data: input }],
      triggerMetadata,
      ...(retryContext && { retryContext }),
    },
    log: (level, category, message) => core.log(level, category, message, invocationContext),
  }
  const model = core.model().getInvocationModel(coreContext)
  const { context, inputs } = await model.getArguments()
  invocationContext = context

  const hookData = {}
  const before = {
    hookData,
    invocationContext,
    inputs,
    functionCallback: callback as FunctionCallback,
  }
  coreContext.state = 'preInvocationHooks'
  await core.runHooks('preInvocation', before)

  const after = {
    hookData,
    invocationContext,
    inputs: before.inputs,
    result: null as unknown,
    error: null as unknown,
  }
  coreContext.state = 'invocation'
  try {
    const running = model.invokeFunction(context, before.inputs, before.functionCallback)
    after.result = await withinTime(host, metadata.name, running)
  } catch (error) {
    after.error = error ?? new Error(`${metadata.name} threw nothing`)
  }
  coreContext.state = 'postInvocationHooks'
  await core.runHooks('postInvocation', after)
  if (after.error !== null && after.error !== undefined) throw after.error

  const response = await model.getResponse(context, after.result)
  enqueue(host, registered, response)
  return {
    returnValue: response.returnValue,
    gave: after.result !== null && after.result !== undefined,
  }
}
