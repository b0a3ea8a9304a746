// The module `@azure/functions-core` as Microsoft's worker gives it to a bundle: registration of functions and hooks.
// Keeps what was registered; runs nothing. HTTP, timer and queue triggers, HTTP and queue outputs: anything else is refused when
// it registers.
import * as z from 'zod'
import { resolveSettings } from './settings.ts'

export type LogLevel = 'trace' | 'debug' | 'information' | 'warning' | 'error' | 'critical' | 'none'
export type LogCategory = 'user' | 'system' | 'customMetric'
export type FunctionCallback = (...inputs: never[]) => unknown

export interface Binding {
  type: string
  direction: 'in' | 'out'
  [option: string]: unknown
}

/** A google.protobuf.Duration. */
const Duration = z.object({ seconds: z.number().min(0), nanos: z.number().default(0) }).nullish()
const Retry = z.object({
  /** -1: for ever. */
  maxRetryCount: z.int().min(-1),
  retryStrategy: z.enum(['fixedDelay', 'exponentialBackoff']),
  delayInterval: Duration,
  minimumInterval: Duration,
  maximumInterval: Duration,
})
export type Retry = z.infer<typeof Retry>

export interface FunctionMetadata {
  name: string
  bindings: Record<string, Binding>
  retryOptions?: unknown
}

/** A value on its way between host and worker, named after its encoding. */
export interface RpcValue {
  string?: string
  json?: string
  bytes?: Uint8Array
  int?: number
  double?: number
  http?: unknown
}

export interface RetryContext {
  retryCount: number
  maxRetryCount: number
  exception: { message: string }
}

export interface InvocationResponse {
  returnValue?: RpcValue | null
  outputData?: { name: string; data: RpcValue }[]
}

export interface CoreContext {
  invocationId: string
  request: {
    invocationId: string
    inputData: { name: string; data: RpcValue }[]
    triggerMetadata: Record<string, RpcValue>
    retryContext?: RetryContext
  }
  metadata: FunctionMetadata
  state: 'preInvocationHooks' | 'invocation' | 'postInvocationHooks' | undefined
  log: (level: LogLevel, category: LogCategory, message: string) => void
}

export interface InvocationModel {
  getArguments(): Promise<{ context: unknown; inputs: unknown[] }>
  invokeFunction(context: unknown, inputs: unknown[], callback: FunctionCallback): Promise<unknown>
  getResponse(context: unknown, result: unknown): Promise<InvocationResponse>
}

export interface ProgrammingModel {
  name: string
  version: string
  getCapabilities(given: Record<string, string>): Promise<Record<string, string>>
  getInvocationModel(context: CoreContext): InvocationModel
}

type TriggerType = 'http' | 'timer' | 'queue'

export interface RegisteredFunction {
  metadata: FunctionMetadata
  trigger: { name: string; binding: Binding; type: TriggerType }
  /** Queue of each output, by the name of its binding. */
  queueOutputs: ReadonlyMap<string, string>
  retry: Retry | null
  callback: FunctionCallback
}

const HOOKS = ['appStart', 'appTerminate', 'preInvocation', 'postInvocation', 'log'] as const
export type HookName = (typeof HOOKS)[number]
type HookCallback = (context: unknown) => unknown

const TRIGGERS: Record<string, TriggerType> = {
  httptrigger: 'http',
  timertrigger: 'timer',
  queuetrigger: 'queue',
}

/** Naming Queues and Metadata, Azure Storage: 3 to 63 of these. */
const QueueName = z
  .string()
  .min(3)
  .max(63)
  .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/)
const QueueBinding = z.looseObject({
  queueName: z
    .string()
    .transform((text) => resolveSettings(text))
    .pipe(QueueName),
  /** Name of the app setting with the storage account. */
  connection: z.string().min(1).default('AzureWebJobsStorage'),
})

/** Account and name: two accounts may have queues of one name. Throws where a binding names none. */
export const queueOf = (binding: Binding): string => {
  const { connection, queueName } = QueueBinding.parse(binding)
  return `${connection}/${queueName}`
}

const systemError = <E extends Error>(error: E): E =>
  Object.assign(error, { isAzureFunctionsSystemError: true })

/** Finds the trigger and the outputs, and refuses whatever this host would otherwise have to ignore in silence. */
const registeredOf = (
  metadata: FunctionMetadata,
  callback: FunctionCallback,
): RegisteredFunction => {
  const { name, bindings, retryOptions } = metadata
  let trigger: RegisteredFunction['trigger'] | undefined
  const queueOutputs = new Map<string, string>()
  for (const [bindingName, binding] of Object.entries(bindings)) {
    const given = binding.type.toLowerCase()
    const type = TRIGGERS[given]
    if (type && trigger) throw new Error(`${name}: has two triggers`)
    if (type) trigger = { name: bindingName, binding, type }
    else if (binding.direction === 'out' && given === 'queue')
      queueOutputs.set(bindingName, queueOf(binding))
    else if (binding.direction === 'in' || given !== 'http')
      throw new Error(
        `${name}: not supported by the local host: ${binding.type} (${binding.direction})`,
      )
  }
  if (!trigger) throw new Error(`${name}: has no trigger`)
  if (trigger.type === 'queue') queueOf(trigger.binding)
  // In Azure too: messages come back by themselves, and whoever calls by HTTP may call again.
  if (retryOptions && trigger.type !== 'timer')
    throw new Error(`${name}: a retry policy is for timers, not for ${trigger.type}`)
  const retry = retryOptions ? Retry.parse(retryOptions) : null
  return { metadata, trigger, queueOutputs, retry, callback }
}

export type Core = ReturnType<typeof createCore>

/** One app's registrations. `write` gets each log line of the app. */
export const createCore = ({
  write,
}: {
  write: (level: LogLevel, category: LogCategory, message: string) => void
}) => {
  const functions = new Map<string, RegisteredFunction>()
  const hooks = new Map<HookName, HookCallback[]>(HOOKS.map((name) => [name, []]))
  let model: ProgrammingModel | undefined
  let started = false

  const hooksOf = (name: string): HookCallback[] => {
    const list = hooks.get(name as HookName)
    if (!list) throw systemError(new RangeError(`Unrecognized hook "${name}"`))
    return list
  }

  /** Log hooks may change level and message before the line is written (LogHookContext). */
  const log = (
    level: LogLevel,
    category: LogCategory,
    message: string,
    invocationContext?: unknown,
  ): void => {
    const line = { level, category, message, invocationContext, hookData: {} }
    for (const hook of hooksOf('log')) hook(line)
    write(line.level, line.category, line.message)
  }

  /** What `require('@azure/functions-core')` gives. */
  const api = {
    version: '0.0.0-local',
    hostVersion: '0.0.0-local',
    log,
    setProgrammingModel: (next: ProgrammingModel) => {
      model = next
    },
    getProgrammingModel: () => model,
    registerHook: (name: string, callback: HookCallback) => {
      const list = hooksOf(name)
      list.push(callback)
      return { dispose: () => void list.splice(list.indexOf(callback), 1) }
    },
    registerFunction: (metadata: FunctionMetadata, callback: FunctionCallback) => {
      const { name } = metadata
      if (started) {
        throw systemError(new Error('A function can only be registered during app startup.'))
      }
      if (functions.has(name)) throw systemError(new Error(`${name}: registered twice`))
      functions.set(name, registeredOf(metadata, callback))
      return { dispose: () => void functions.delete(name) }
    },
  }

  return {
    api,
    functions,
    log,
    model: (): ProgrammingModel => {
      if (!model) throw new Error('The bundle registered nothing with @azure/functions.')
      return model
    },
    /** Ends registration: from here on the app runs. */
    seal: () => {
      started = true
    },
    runHooks: async (name: HookName, context: unknown): Promise<void> => {
      for (const hook of hooksOf(name)) await hook(context)
    },
  }
}
