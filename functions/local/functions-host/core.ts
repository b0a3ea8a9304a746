// The module `@azure/functions-core` as Microsoft's worker gives it to a bundle: registration of functions and hooks.
// Keeps what was registered; runs nothing. HTTP and timer triggers only, anything else is refused when it registers.

export type LogLevel = 'trace' | 'debug' | 'information' | 'warning' | 'error' | 'critical' | 'none'
export type LogCategory = 'user' | 'system' | 'customMetric'
export type FunctionCallback = (...inputs: never[]) => unknown

export interface Binding {
  type: string
  direction: 'in' | 'out'
  [option: string]: unknown
}

export interface FunctionMetadata {
  name: string
  bindings: Record<string, Binding>
}

/** A value on its way between host and worker, named after its encoding. */
export interface RpcValue {
  string?: string
  json?: string
  bytes?: Uint8Array
  http?: unknown
}

export interface CoreContext {
  invocationId: string
  request: {
    invocationId: string
    inputData: { name: string; data: RpcValue }[]
    triggerMetadata: Record<string, RpcValue>
  }
  metadata: FunctionMetadata
  state: 'preInvocationHooks' | 'invocation' | 'postInvocationHooks' | undefined
  log: (level: LogLevel, category: LogCategory, message: string) => void
}

export interface InvocationModel {
  getArguments(): Promise<{ context: unknown; inputs: unknown[] }>
  invokeFunction(context: unknown, inputs: unknown[], callback: FunctionCallback): Promise<unknown>
  getResponse(context: unknown, result: unknown): Promise<{ returnValue?: RpcValue | null }>
}

export interface ProgrammingModel {
  name: string
  version: string
  getCapabilities(given: Record<string, string>): Promise<Record<string, string>>
  getInvocationModel(context: CoreContext): InvocationModel
}

export interface RegisteredFunction {
  metadata: FunctionMetadata
  trigger: { name: string; binding: Binding; type: 'http' | 'timer' }
  callback: FunctionCallback
}

const HOOKS = ['appStart', 'appTerminate', 'preInvocation', 'postInvocation', 'log'] as const
export type HookName = (typeof HOOKS)[number]
type HookCallback = (context: unknown) => unknown

const TRIGGERS: Record<string, 'http' | 'timer'> = { httptrigger: 'http', timertrigger: 'timer' }

const systemError = <E extends Error>(error: E): E =>
  Object.assign(error, { isAzureFunctionsSystemError: true })

/** Finds the trigger, and refuses whatever this host would otherwise have to ignore in silence. */
const triggerOf = (metadata: FunctionMetadata): RegisteredFunction['trigger'] => {
  let trigger: RegisteredFunction['trigger'] | undefined
  for (const [name, binding] of Object.entries(metadata.bindings)) {
    const type = TRIGGERS[binding.type.toLowerCase()]
    if (type) trigger = { name, binding, type }
    else if (binding.direction === 'in' || binding.type.toLowerCase() !== 'http') {
      throw new Error(
        `${metadata.name}: not supported by the local host yet: ${binding.type} (${binding.direction})`,
      )
    }
  }
  if (!trigger) throw new Error(`${metadata.name}: has no trigger`)
  return trigger
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
      functions.set(name, { metadata, trigger: triggerOf(metadata), callback })
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
