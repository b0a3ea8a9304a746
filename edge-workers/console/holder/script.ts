// The script of the holder's pages, at /holder.js: counts the time down, copies the link, and looks whether something has happened.
// Without it the page renews itself as a whole.

export const HOLDER_SCRIPT = `
const main = document.querySelector('main')
const two = (part) => String(part).padStart(2, '0')
const clock = (seconds) => {
  const hours = Math.floor(seconds / 3600)
  const rest = two(Math.floor(seconds / 60) % 60) + ':' + two(seconds % 60)
  return hours > 0 ? hours + ':' + rest : Math.floor(seconds / 60) + ':' + two(seconds % 60)
}
let began = performance.now()
let pause = 3000
const dress = () => {
  for (const button of main.querySelectorAll('[data-copy]')) {
    if (!navigator.clipboard) continue
    button.hidden = false
    button.addEventListener('click', async () => {
      const field = document.getElementById(button.dataset.copy)
      field.select()
      await navigator.clipboard.writeText(field.value)
      button.textContent = button.dataset.copied
    })
  }
}
const count = () => {
  for (const left of main.querySelectorAll('[data-left]')) {
    const seconds = Math.max(0, Number(left.dataset.left) - Math.round((performance.now() - began) / 1000))
    left.textContent = clock(seconds)
  }
}
const look = async () => {
  if (!document.hidden) {
    try {
      const answer = await fetch(location.href, { credentials: 'same-origin', cache: 'no-store' })
      if (!answer.ok && answer.status !== 404) throw new Error('later')
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
      const fresh = page.querySelector('main')
      if (fresh && fresh.dataset.version !== main.dataset.version) {
        main.replaceChildren(...fresh.childNodes)
        document.title = page.title
        main.dataset.version = fresh.dataset.version ?? ''
        began = performance.now()
        dress()
        if (!fresh.dataset.live) return
      }
      pause = 3000
    } catch {
      pause = Math.min(60000, pause * 2)
    }
  }
  setTimeout(look, pause)
}
if (main?.dataset.live) {
  dress()
  setInterval(count, 1000)
  setTimeout(look, pause)
}
`
