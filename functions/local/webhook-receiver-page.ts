// The receiver's one page: what arrived last, whether its signature verifies, and a field for more secrets.
import { html, raw } from 'hono/html'
import { STYLE } from '../../edge-workers/console/style.ts'
import type { Received } from './webhook-receiver.ts'

const row = ({ id, at, times, verified, event }: Received) => html`<tr>
  <td data-label="Signature"><span class="badge ${verified ? 'good' : 'bad'}">${verified ? 'verified' : 'not verified'}</span></td>
  <td data-label="Type" class="small"><details class="plain"><summary>${event?.type ?? 'not an event'}${
    times > 1 ? html` <span class="soft small">${times} times</span>` : ''
  }</summary><pre>${event ? JSON.stringify(event, null, 2) : ''}</pre></details></td>
  <td data-label="Subject" class="whole-line">${event?.data.change?.name ?? event?.data.rollout?.name ?? ''}<br>
    <span class="mono soft small">${event?.subject ?? ''}</span></td>
  <td data-label="webhook-id" class="mono small whole-line">${id}</td>
  <td data-label="Arrived" class="small whole-line">${at.slice(0, 19).replace('T', ' ')} UTC</td>
</tr>`

export const receiverPage = ({ url, received }: { url: string; received: Received[] }) =>
  html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Webhook receiver · simulated</title>
<link rel="icon" href="data:,">
<style>${raw(STYLE)}</style>
</head>
<body>
<p class="banner"><strong>Simulated:</strong> a stand-in for a tenant’s own receiver, on this machine only.</p>
<main>
<h1>What arrived</h1>
<p>Webhooks sent to <code>${url}</code>. Signatures are verified with the public library of Standard Webhooks;
what does not verify is answered with 401, as a receiver should. The last 50 since the start.</p>
${
  received.length === 0
    ? html`<p>Nothing yet. Ask for a change, then load this page again.</p>`
    : html`<div class="scroll"><table class="stack">
<thead><tr><th>Signature</th><th>Type</th><th>Subject</th><th>webhook-id</th><th>Arrived</th></tr></thead>
<tbody>${received.map(row)}</tbody>
</table></div>`
}
<h2>Another webhook</h2>
<p>Make one with this address, then let the receiver know its secret. It is kept in the folder of this installation.</p>
<form method="post" action="/secrets" class="form">
<p><label for="secret">Signing secret</label>
<input id="secret" name="secret" type="password" autocomplete="off" required size="60" placeholder="whsec_…"></p>
<button type="submit">Verify with it too</button>
</form>
</main>
</body>
</html>`
