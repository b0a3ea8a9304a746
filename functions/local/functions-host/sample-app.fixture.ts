// A small app with one function per thing that the host must do. Built and loaded by host.test.ts.
import { app, type HttpRequest, output } from '@azure/functions'

const seen: string[] = []

app.hook.appStart(() => void seen.push('appStart'))
app.hook.preInvocation((hook) => {
  seen.push(`pre ${hook.invocationContext.functionName}`)
  hook.hookData.mark = 'kept'
  if (hook.invocationContext.functionName === 'guarded') {
    hook.functionHandler = () => ({ status: 401 })
  }
})
app.hook.postInvocation((hook) => {
  seen.push(`post ${hook.invocationContext.functionName} ${hook.hookData.mark}`)
  if (hook.invocationContext.functionName === 'rescued') {
    hook.error = null
    hook.result = { status: 218 }
  }
})
app.hook.log((hook) => {
  if (hook.message.includes('secret')) hook.message = 'redacted'
})

app.get('seen', async () => ({ jsonBody: seen }))
app.http('echo', {
  methods: ['POST', 'PUT'],
  route: 'echo/{id:int?}',
  handler: async (request, context) => {
    context.log('a secret line')
    return {
      status: 202,
      headers: { 'x-more': 'yes' },
      cookies: [{ name: 'c', value: 'a b', path: '/', httpOnly: true, sameSite: 'Lax' as const }],
      jsonBody: {
        id: request.params.id ?? null,
        url: request.url,
        query: Object.fromEntries(request.query),
        body: await request.text(),
        header: request.headers.get('x-given'),
      },
    }
  },
})
app.get('bytes', async () => ({ body: new Uint8Array([0, 255, 10]) }))
app.get('nothing', async () => undefined as never)
app.get('empty', async () => ({}))
app.get('throws', async () => {
  throw new Error('a reason for the log only')
})
app.get('rescued', async () => {
  throw new Error('a hook takes this')
})
app.get('guarded', async () => ({ body: 'must not run' }))
app.http('files', {
  route: 'files/{*path}',
  methods: ['GET'],
  handler: async (request: HttpRequest) => ({ body: request.params.path ?? '' }),
})
app.http('filesIndex', {
  route: 'files/index',
  methods: ['GET'],
  handler: () => ({ body: 'index' }),
})

app.timer('tick', {
  schedule: '0 0 0 1 1 *',
  runOnStartup: true,
  handler: (timer) => void seen.push(`tick ${timer.isPastDue} ${typeof timer.scheduleStatus.next}`),
})

const connection = 'AzureWebJobsStorage'
const orders = output.storageQueue({ queueName: 'orders', connection })
app.http('order', {
  methods: ['POST'],
  extraOutputs: [orders],
  handler: async (request, context) => {
    context.extraOutputs.set(orders, await request.json())
    return { status: 202 }
  },
})
/** Fails as often as its message says, and then gives a message for the next queue back. */
app.storageQueue('work', {
  queueName: 'orders',
  connection,
  return: output.storageQueue({ queueName: '%DONE_QUEUE%', connection }),
  handler: (message, { triggerMetadata }) => {
    const { name, fails } = message as { name: string; fails: number }
    const count = Number(triggerMetadata?.dequeueCount)
    seen.push(`work ${name} ${count} ${typeof triggerMetadata?.insertionTime}`)
    if (count <= fails) throw new Error(`${name} fails`)
    return `${name} is done`
  },
})
app.storageQueue('after', {
  queueName: '%DONE_QUEUE%',
  connection,
  handler: (message) => void seen.push(`after ${message}`),
})
app.storageQueue('buried', {
  queueName: 'orders-poison',
  connection,
  handler: (message) => void seen.push(`buried ${(message as { name: string }).name}`),
})
app.timer('unlucky', {
  schedule: '0 0 0 1 1 *',
  retry: { strategy: 'fixedDelay', maxRetryCount: 2, delayInterval: { seconds: 0 } },
  handler: (timer, { retryContext }) => {
    seen.push(`unlucky ${timer.isPastDue} ${retryContext?.retryCount ?? 0}`)
    throw new Error('always')
  },
})
app.http('keyed', { authLevel: 'function', handler: () => ({ body: 'opened' }) })
app.http('mastered', { authLevel: 'admin', handler: () => ({ body: 'opened' }) })
app.http('slow', { handler: () => new Promise(() => {}) })
