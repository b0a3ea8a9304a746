// The simulated holder as a page: paste the link of an offer or a request, type the code, press a button.
import { html } from 'hono/html'
import type { Seen } from './holder.ts'

const outcomes: Record<Seen['outcome'], string> = {
  scanned: 'Scanned. What it asks for is below.',
  'wrong-pin': 'That is not the code.',
  issued: 'The credential is in the simulated wallet.',
  presented: 'Presented.',
  'nothing-fits': 'Nothing in the simulated wallet fits, or it is revoked.',
  declined: 'Declined.',
  failed: 'Too many wrong codes: the wallet gave up.',
  unknown: 'There is no such request.',
  expired: 'The request has expired.',
  ended: 'The request has been answered.',
}

/** `held`: type and state of what is in the wallet; claims are not shown. */
export const holderPage = ({
  url,
  seen,
  held,
}: {
  url: string
  seen: Seen | null
  held: { type: string; status: string; issuedAt: string }[]
}) => html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width" />
    <title>Simulated holder</title>
    <style>
      body { font: 16px/1.5 system-ui, sans-serif; max-width: 44rem; margin: 3rem auto; padding: 0 1rem; color-scheme: light dark; }
      input { width: 100%; box-sizing: border-box; font: inherit; padding: 0.5rem; }
      button { font: inherit; padding: 0.4rem 0.9rem; margin: 0.8rem 0.4rem 0 0; }
      .note { border-left: 4px solid #b45309; padding-left: 1rem; }
    </style>
  </head>
  <body>
    <h1>Simulated holder</h1>
    <p class="note">
      Simulated: no Microsoft service and no phone is involved. It stands for somebody with Microsoft Authenticator.
    </p>
    ${
      seen
        ? html`<p role="status"><strong>${outcomes[seen.outcome]}</strong>${
            seen.request
              ? ` ${seen.request.from}: ${seen.request.type.join(', ')}${
                  seen.request.purpose ? ` (${seen.request.purpose})` : ''
                }${seen.request.pin ? ', with a code' : ''}.`
              : ''
          }</p>`
        : ''
    }
    <form method="post" action="/holder">
      <p><label>Link of an offer or a request<br /><input name="url" required value="${url}" /></label></p>
      <p><label>Code, where one is asked for<br /><input name="pin" inputmode="numeric" autocomplete="off" /></label></p>
      <button name="act" value="scan">Scan</button>
      <button name="act" value="accept">Accept the credential</button>
      <button name="act" value="present">Present</button>
      <button name="act" value="decline">Decline</button>
    </form>
    <h2>In the wallet</h2>
    ${
      held.length === 0
        ? html`<p>Nothing.</p>`
        : html`<ul>${held.map(
            ({ type, status, issuedAt }) => html`<li>${type}, ${status}, since ${issuedAt}</li>`,
          )}</ul>`
    }
  </body>
</html>`
