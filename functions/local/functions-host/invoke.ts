// One invocation in the order of Microsoft's worker (azure-functions-nodejs-worker, InvocationHandler):
// arguments, preInvocation hooks, the function, postInvocation hooks, response. Knows neither HTTP nor timers.
import { randomUUID } from 'node:crypto'
import type { Core, CoreContext, FunctionCallback, RegisteredFunction, RpcValue } from './core.ts'

/** Runs a function with the value of its trigger. Rejects with what the function threw, unless a hook took the error. */
export const invoke = async (
  core: Core,
  { metadata, trigger, callback }: RegisteredFunction,
  input: RpcValue,
): Promise<RpcValue | null | undefined> => {
  const invocationId = randomUUID()
  let invocationContext: unknown
  const coreContext: CoreContext = {
    invocationId,
    metadata,
    state: undefined,
    request: {
      invocationId,
      inputData: [{ name: trigger.name, data: input }],
      triggerMetadata: {},
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
    after.result = await model.invokeFunction(context, before.inputs, before.functionCallback)
  } catch (error) {
    after.error = error ?? new Error(`${metadata.name} threw nothing`)
  }
  coreContext.state = 'postInvocationHooks'
  await core.runHooks('postInvocation', after)
  if (after.error !== null && after.error !== undefined) throw after.error

  const { returnValue } = await model.getResponse(context, after.result)
  return returnValue
}
