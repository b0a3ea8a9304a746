// What is open to anyone as a page and as JSON under one address: browsers get the page.
import type { Child } from 'hono/jsx'
import { answerPageHtml } from '../console/layout.tsx'
import { answerJson } from '../http/answer.ts'
import type { AppContext } from '../http/context.ts'

export const CACHE = 'public, max-age=300'

/** Browsers ask for text/html first; who asks for JSON and not for HTML gets JSON. */
const wantsJson = (c: AppContext): boolean => {
  const accept = c.req.header('accept') ?? ''
  return /\bjson\b/i.test(accept) && !/\btext\/html\b/i.test(accept)
}

export const show = (
  c: AppContext,
  json: unknown,
  title: string,
  page: () => Child,
): Response | Promise<Response> => {
  const headers = { 'cache-control': CACHE, vary: 'accept' }
  return wantsJson(c)
    ? answerJson(c, json, { headers })
    : answerPageHtml(c, { title, headers }, page())
}
