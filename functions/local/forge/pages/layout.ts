// The frame of every page: header with the note that all this is simulated, who is signed in, title, stylesheet.
// Everything goes through hono's `html` template, which escapes; no script is ever sent.
import { html } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'
import type { Account } from '../accounts.ts'
import type { ForgeContext, Repository } from '../context.ts'

export type Html = HtmlEscapedString | Promise<HtmlEscapedString>

export interface Frame {
  forge: ForgeContext
  viewer: Account | null
  /** Path of this page, to come back to after signing in. */
  path: string
}

const signInState = ({ viewer, path }: Frame): Html =>
  viewer === null
    ? html`<a href="/-/sign-in?return=${encodeURIComponent(path)}">Sign in</a>`
    : html`<form method="post" action="/-/sign-out" class="inline">
        <span class="muted">${viewer.displayName} (${viewer.login}, ${viewer.kind})</span>
        <button class="link">Sign out</button>
      </form>`

export const repositoryPath = ({ fullName }: Repository, rest = ''): string => `/${fullName}${rest}`

/** A path below a repository with every segment encoded. */
export const treePath = (repository: Repository, ref: string, path = ''): string =>
  repositoryPath(
    repository,
    `/tree/${encodeURIComponent(ref)}${path === '' ? '' : `/${path.split('/').map(encodeURIComponent).join('/')}`}`,
  )

export const breadcrumb = (repository: Repository): Html =>
  html`<p class="crumb">
    <a href="/">Repositories</a> / <a href="${repositoryPath(repository)}">${repository.fullName}</a>
    · <a href="${repositoryPath(repository, '/pulls')}">Pull requests</a>
  </p>`

export const page = (frame: Frame, title: string, body: Html): Html =>
  html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · simulated forge</title>
<link rel="stylesheet" href="/-/style.css">
</head>
<body>
<header>
<div class="bar">
<a class="brand" href="/">Forge <span class="tag warn">simulated</span></a>
<span class="note">${frame.forge.simulatedNote}</span>
<span class="who">${signInState(frame)}</span>
</div>
</header>
<main>
${body}
</main>
</body>
</html>`

/** `2026-11-21T10:00:00Z` as people read it. */
export const when = (stamp: string): Html =>
  html`<time datetime="${stamp}">${stamp.replace('T', ' ').replace(/:\d\dZ$/, ' UTC')}</time>`

export const shortSha = (repository: Repository, sha: string): Html =>
  html`<a class="sha" href="${repositoryPath(repository, `/commit/${sha}`)}">${sha.slice(0, 10)}</a>`

export const errorPage = (frame: Frame, title: string, detail: string): Html =>
  page(
    frame,
    title,
    html`<section class="card"><h1>${title}</h1><p>${detail}</p><p><a href="${frame.path}">Back</a></p></section>`,
  )
