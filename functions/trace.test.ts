// The Functions' span: only for what the lock let in and the edge follows, whatever the function does, and at nobody's cost.
import { expect, it, vi } from 'vitest'
import type { toOtlp } from '../schemas/otlp.ts'
import { traceInvocations } from './trace.ts'

const followedBy = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
const OTLP_ENDPOINT = 'https://collector.example/v1/traces'

/** What one invocation answered, and the spans that were told. */
const invoke = async (
  run: () => unknown,
  {
    traceparent = followedBy,
    isVerified = true,
    type = 'httpTrigger',
    settings = { OTLP_ENDPOINT },
    collector = async () => new Response('{}'),
  } = {},
) => {
  const told: string[] = []
  const hook = {
    invocationContext: {
      ...{ functionName: 'vault-set', options: { trigger: { type } } },
      extraInputs: { get: () => (isVerified ? {} : undefined) },
    },
    inputs: [{ headers: new Headers({ traceparent }) }],
    functionHandler: run,
  }
  traceInvocations(settings, async (_, init) => {
    told.push(String(init.body))
    return collector()
  })(hook as never)
  const answer = await Promise.resolve()
    .then(() => hook.functionHandler())
    .catch((error: Error) => error.message)
  const spans = told.flatMap(
    (text) =>
      (JSON.parse(text) as ReturnType<typeof toOtlp>).resourceSpans[0]?.scopeSpans[0]?.spans ?? [],
  )
  return { answer, spans }
}

it('is below the call of the edge, and says how it ended', async () => {
  const { answer, spans } = await invoke(() => ({ status: 201, body: 'secret' }))
  expect(answer).toEqual({ status: 201, body: 'secret' })
  expect(spans).toMatchObject([
    {
      ...{ traceId: '4bf92f3577b34da6a3ce929d0e0e4736', parentSpanId: '00f067aa0ba902b7' },
      ...{ name: 'vault-set', kind: 2, status: {} },
      attributes: [{ key: 'http.response.status_code', value: { intValue: '201' } }],
    },
  ])
  expect(JSON.stringify(spans)).not.toContain('secret')
  const failed = await invoke(() => Promise.reject(new Error('secret')))
  expect([failed.answer, failed.spans[0]?.status]).toEqual(['secret', { code: 2 }])
  expect(JSON.stringify(failed.spans)).not.toContain('secret')
})

it('is there for nobody who was refused, nor where nothing is followed', async () => {
  for (const more of [
    { isVerified: false },
    { traceparent: followedBy.replace(/1$/, '0') },
    { traceparent: 'x' },
    { type: 'timerTrigger' },
    { settings: { OTLP_ENDPOINT: '' } },
  ])
    expect(await invoke(() => 'answered', more)).toEqual({ answer: 'answered', spans: [] })
})

it('says a setting that cannot be used once, and by its name alone', async () => {
  const lines = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  const { spans } = await invoke(() => 'answered', { settings: { OTLP_ENDPOINT: 'ftp://secret/' } })
  expect([spans, lines.mock.calls]).toEqual([
    [],
    [[JSON.stringify({ level: 'error', event: 'settings', wrong: 'OTLP_ENDPOINT' })]],
  ])
  lines.mockRestore()
})

it('fails nothing where the collector does', async () => {
  for (const collector of [
    () => Promise.reject(new Error('away')),
    () => new Promise<Response>(() => undefined),
  ])
    expect((await invoke(() => 'answered', { collector })).answer).toBe('answered')
})
