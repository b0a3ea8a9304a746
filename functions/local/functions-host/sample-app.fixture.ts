// A small app with one function per thing that the host must do. Built and loaded by host.test.ts.
import { app, type HttpRequest } from '@azure/functions'

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
