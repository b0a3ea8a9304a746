// An app that streams. Built and loaded by streaming.test.ts.
import { app } from '@azure/functions'

app.setup({ enableHttpStream: true })
app.hook.preInvocation((hook) => {
  if (hook.invocationContext.functionName === 'guarded')
    hook.functionHandler = () => ({ status: 401 })
})

/** Answers the first half at once and the second when it has read the word that was sent. */
app.http('halves', {
  methods: ['POST'],
  route: 'halves/{name}',
  handler: (request) => {
    const { name } = request.params
    const body = new ReadableStream({
      async start(controller) {
        controller.enqueue(new TextEncoder().encode(`first ${name};`))
        const word = await request.text()
        controller.enqueue(new TextEncoder().encode(`second ${word} ${request.url}`))
        controller.close()
      },
    })
    return { status: 206, headers: { 'x-more': 'yes' }, body }
  },
})
app.http('guarded', { handler: () => ({ body: 'must not run' }) })
app.http('nothing', { handler: async () => undefined as never })
app.http('throws', {
  handler: () => {
    throw new Error('a reason for the log only')
  },
})
