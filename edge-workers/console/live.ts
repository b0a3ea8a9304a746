// The console's only script, at /live.js: when an event arrives it fetches the page again and puts the new main part in place.
// Without it the page is the same, only not by itself. Who is filling in a form is left alone.

export const LIVE = `
const followed = document.querySelector('[data-follow]')
if (followed) {
  const source = new EventSource(followed.dataset.follow)
  let waiting
  let seen = false
  const isBusy = () => [...document.querySelectorAll('main :is(input, textarea)')].some((field) => field.value !== field.defaultValue)
  const refresh = async () => {
    if (isBusy()) return
    const answer = await fetch(location.pathname, { credentials: 'same-origin' })
    if (!answer.ok) return
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
    if (isBusy()) return
    const open = [...document.querySelectorAll('main details')].map((details) => details.open)
    document.querySelector('main').replaceChildren(...page.querySelector('main').childNodes)
    document.querySelectorAll('main details').forEach((details, index) => { details.open = open[index] ?? false })
  }
  const later = () => { clearTimeout(waiting); waiting = setTimeout(refresh, 150) }
  source.addEventListener('open', () => { setTimeout(() => { seen = true }, 500) })
  for (const kind of ['state', 'note']) source.addEventListener(kind, () => { if (seen) later() })
  source.addEventListener('end', () => { source.close(); if (seen) later() })
}
`
