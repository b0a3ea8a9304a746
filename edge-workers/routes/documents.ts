// What belongs to a change and is read: its plan, the files it writes, their difference to what stands, its events.
import { createTwoFilesPatch } from 'diff'
import * as z from 'zod'
import { Plan } from '../../schemas/plan.ts'
import { answerDigested } from '../http/answer.ts'
import type { App, AppContext } from '../http/context.ts'
import { answerRefusal } from '../http/problem.ts'
import { addRoute } from '../http/route.ts'
import { changeDoor, ONE, TAG } from './change-door.ts'

const FileView = z.strictObject({ path: z.string(), content: z.string().nullable() })
const FileList = z.strictObject({ items: z.array(FileView) })
const PatchView = z.strictObject({
  path: z.string(),
  action: z.enum(['add', 'change', 'remove']),
  patch: z.string(),
})
const PatchList = z.strictObject({ items: z.array(PatchView) })

const wants = (c: AppContext, type: string): boolean =>
  (c.req.header('accept') ?? '').includes(type)

interface FileWithBefore {
  path: string
  content: string | null
  before: string | null
}

const patchOf = ({ path, content, before }: FileWithBefore): z.infer<typeof PatchView> => ({
  path,
  action: content === null ? 'remove' : before === null ? 'add' : 'change',
  patch: createTwoFilesPatch(
    before === null ? '/dev/null' : `a/${path}`,
    content === null ? '/dev/null' : `b/${path}`,
    before ?? '',
    content ?? '',
    undefined,
    undefined,
    { context: 3 },
  ),
})

export const registerDocumentRoutes = (app: App): void => {
  addRoute(
    app,
    {
      method: 'get',
      path: `${ONE}/plan`,
      summary: 'Read the plan',
      description: 'As JSON, or as the pull request’s body with `Accept: text/markdown`.',
      tag: TAG,
      action: 'changes.read',
      answers: { 200: { text: 'The plan of the present revision.', schema: Plan, name: 'Plan' } },
    },
    async (c) => {
      const found = await changeDoor(c)
      if (!found.ok) return answerRefusal(c, found.refusal)
      const { tenant, caller, id } = found.value
      const result = await tenant.readPlan(caller, id)
      if (!result.ok) return answerRefusal(c, result.refusal)
      return wants(c, 'text/markdown')
        ? answerDigested(c, result.value.body, 'text/markdown; charset=utf-8')
        : answerDigested(c, JSON.stringify(result.value.plan))
    },
  )

  addRoute(
    app,
    {
      method: 'get',
      path: `${ONE}/files`,
      summary: 'Read the rendered files',
      description: 'Exactly what the commit writes; `content` is null for a file it removes.',
      tag: TAG,
      action: 'changes.read',
      answers: { 200: { text: 'The files.', schema: FileList, name: 'FileList' } },
    },
    async (c) => {
      const found = await changeDoor(c)
      if (!found.ok) return answerRefusal(c, found.refusal)
      const { tenant, caller, id } = found.value
      const files = await tenant.readFiles(caller, id)
      if (!files.ok) return answerRefusal(c, files.refusal)
      const items = files.value.map(({ path, content }) => ({ path, content }))
      return answerDigested(c, JSON.stringify({ items }))
    },
  )

  addRoute(
    app,
    {
      method: 'get',
      path: `${ONE}/diff`,
      summary: 'Read the difference',
      description:
        'One unified patch per file as JSON, or all of them as text with `Accept: text/x-diff`.',
      tag: TAG,
      action: 'changes.read',
      answers: { 200: { text: 'The patches.', schema: PatchList, name: 'PatchList' } },
    },
    async (c) => {
      const found = await changeDoor(c)
      if (!found.ok) return answerRefusal(c, found.refusal)
      const { tenant, caller, id } = found.value
      const files = await tenant.readFiles(caller, id)
      if (!files.ok) return answerRefusal(c, files.refusal)
      const items = files.value.map(patchOf)
      return wants(c, 'text/x-diff')
        ? answerDigested(c, items.map(({ patch }) => patch).join(''), 'text/x-diff; charset=utf-8')
        : answerDigested(c, JSON.stringify({ items }))
    },
  )

  addRoute(
    app,
    {
      method: 'get',
      path: `${ONE}/events`,
      summary: 'Follow a change',
      description:
        'Server-Sent Events: `state` for each move, `note` for what happens in between, `end` when nothing can follow. Resume with `Last-Event-ID`.',
      tag: TAG,
      action: 'changes.read',
      answers: { 200: { text: 'The stream.', contentType: 'text/event-stream' } },
    },
    async (c) => {
      const found = await changeDoor(c)
      if (!found.ok) return answerRefusal(c, found.refusal)
      const { tenant, caller, id } = found.value
      const last = Number(c.req.header('last-event-id') ?? 0)
      const stream = await tenant.follow(
        caller,
        id,
        Number.isSafeInteger(last) && last > 0 ? last : 0,
      )
      if (!stream.ok) return answerRefusal(c, stream.refusal)
      return c.body(stream.value, 200, {
        'content-type': 'text/event-stream',
        'cache-control': 'no-store',
      })
    },
  )
}
