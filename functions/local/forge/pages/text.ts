// Text that others wrote, made into HTML: Markdown without raw HTML or images, unified diffs, and files.
import { html, raw } from 'hono/html'
import MarkdownIt from 'markdown-it'
import type { FileChange } from '../git/history.ts'
import type { Html } from './layout.ts'

const DIFF_LINES_LIMIT = 2000
const FILES_SHOWN_LIMIT = 300
/** Files beyond this many begin closed, so that a large change still opens quickly. */
const FILES_OPEN = 8
const FILE_LIMIT_BYTES = 512 * 1024

// `html: false` escapes tags; markdown-it itself drops javascript: and data: links; images would be beacons.
const markdownIt = new MarkdownIt({ html: false, linkify: false }).disable('image')
const defaultLink =
  markdownIt.renderer.rules.link_open ??
  ((tokens, index, options, _env, self) => self.renderToken(tokens, index, options))
markdownIt.renderer.rules.link_open = (tokens, index, options, env, self) => {
  tokens[index]?.attrSet('rel', 'nofollow noopener noreferrer')
  return defaultLink(tokens, index, options, env, self)
}

export const markdown = (text: string): Html =>
  html`<div class="text">${raw(markdownIt.render(text))}</div>`

const CLASSES: Record<string, string> = { '+': 'a', '-': 'd', '@': 'h' }

const patchLines = (patch: string): Html => {
  const lines = patch.split('\n')
  const shown = lines.slice(0, DIFF_LINES_LIMIT)
  return html`<pre class="diff">${shown.map(
    (line) => html`<span class="${CLASSES[line.charAt(0)] ?? ''}">${line}</span>`,
  )}</pre>${
    lines.length > shown.length
      ? html`<p class="muted">${lines.length - shown.length} more lines: read them with git.</p>`
      : ''
  }`
}

const fileChange = (file: FileChange, open: boolean): Html =>
  html`<details class="file"${open ? raw(' open') : ''}>
    <summary>
      <span class="tag ${file.status}">${file.status}</span> <code>${file.path}</code>
      <span class="small"><span class="plus">+${file.additions}</span> <span class="minus">−${file.deletions}</span></span>
    </summary>
    ${
      file.patch === null
        ? html`<p class="muted">${file.binary ? 'Binary file.' : 'No change of content.'}</p>`
        : patchLines(file.patch)
    }
  </details>`

export const fileChanges = (files: FileChange[]): Html => {
  const sum = (key: 'additions' | 'deletions') => files.reduce((n, file) => n + file[key], 0)
  const hidden = files.length - FILES_SHOWN_LIMIT
  return html`<h2>
      Files changed (${files.length})
      <span class="small"><span class="plus">+${sum('additions')}</span> <span class="minus">−${sum('deletions')}</span></span>
    </h2>
    ${files.slice(0, FILES_SHOWN_LIMIT).map((file, index) => fileChange(file, index < FILES_OPEN))}
    ${hidden > 0 ? html`<p class="muted">${hidden} more files: read them with git.</p>` : ''}`
}

export const fileContent = (bytes: Buffer): Html => {
  if (bytes.length > FILE_LIMIT_BYTES) return html`<p class="muted">Too large to show.</p>`
  if (bytes.includes(0)) return html`<p class="muted">Binary file.</p>`
  const lines = bytes.toString('utf8').replace(/\n$/, '').split('\n')
  return html`<pre class="source">${lines.map((line) => html`<span>${line}</span>`)}</pre>`
}
