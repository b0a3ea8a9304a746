// The pages of the simulated identity provider: who signs in, and what went wrong. Each says that it is a simulation. No script,
// nothing from elsewhere.
import { DEMO_PEOPLE, type DemoPerson } from './people.ts'

const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)

const STYLE = `
:root { color-scheme: light dark; }
body { margin: 0; font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; background: Canvas; color: CanvasText; }
main { max-width: 30rem; margin: 8vh auto; padding: 0 1.2rem; }
h1 { font-size: 1.5rem; margin: 0.8rem 0 0.4rem; }
.banner { margin: 0; padding: 0.6rem 1rem; background: #fdf1dc; color: #5c3b00; text-align: center; }
@media (prefers-color-scheme: dark) { .banner { background: #33270f; color: #f2cc85; } }
form { margin: 1.2rem 0; display: grid; gap: 0.6rem; }
button { font: inherit; text-align: left; padding: 0.7rem 1rem; border-radius: 8px; border: 1px solid GrayText; background: Field; color: FieldText; cursor: pointer; }
button:hover, button:focus-visible { outline: 2px solid Highlight; }
small { display: block; opacity: 0.75; }
`

/** Style is inline, so the policy names no other source. The last redirect goes to the product: forms may lead anywhere. */
export const PROVIDER_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; frame-ancestors 'none'"

const page = (title: string, body: string): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title><link rel="icon" href="data:,"><style>${STYLE}</style></head>
<body><p class="banner"><strong>Simulated identity provider:</strong> demo people, no passwords.</p><main>${body}</main></body></html>`

const button = ({ subject, name, does }: DemoPerson): string =>
  `<button name="subject" value="${escaped(subject)}"><strong>${escaped(name)}</strong><small>${escaped(does)}</small></button>`

/** `client`: what the application that asks is called. */
export const choosePage = (client: string, action: string): string =>
  page(
    'Who are you?',
    `<h1>Who are you?</h1><p>${escaped(client)} wants to know. Choose one of the people of this laptop.</p>
<form method="post" action="${escaped(action)}">${DEMO_PEOPLE.map(button).join('')}</form>`,
  )

export const errorPage = (error: string): string =>
  page(
    'This did not work',
    `<h1>This did not work</h1><p>The request was not one that this provider takes (<code>${escaped(error)}</code>). Go back to the product and begin again.</p>`,
  )
