// What the holder's pages share: the QR code and the link in their three forms, the time that is left, a moment in words.
import { raw } from 'hono/html'
import encodeQR from 'qr'
import type { Messages } from '../languages/en.ts'

/** By reference a link is short; this is what one QR code holds with the correction we ask for. */
const QR_AT_MOST = 2_300

/** ISO/IEC 18004, level M, with the quiet zone of four modules. Made here: it needs no script. */
const QrCode = ({ text, alt }: { text: string; alt: string }) => {
  const svg = encodeQR(text, 'svg', { ecc: 'medium', border: 4 })
  return (
    <div class="qr" role="img" aria-label={alt}>
      {raw(svg)}
    </div>
  )
}

/** The same link to scan, to tap and to copy. */
export const WalletLink = ({
  uri,
  alt,
  words,
}: {
  uri: string
  /** Of the QR code; null: the wallet is on this device. */
  alt: string | null
  words: Messages
}) => (
  <div class={alt === null ? 'wallet-link here' : 'wallet-link'}>
    {alt === null || uri.length > QR_AT_MOST ? null : (
      <figure>
        <QrCode text={uri} alt={alt} />
        <figcaption class="small soft">{words.scan}</figcaption>
      </figure>
    )}
    <div>
      <p>
        <a class="button" href={uri}>
          {words.open}
        </a>
      </p>
      <div class="form">
        <label for="link">{words.copyLabel}</label>
        <div class="row copy">
          <input id="link" type="text" value={uri} readonly dir="ltr" size={28} />
          <button type="button" class="quiet" hidden data-copy="link" data-copied={words.copied}>
            {words.copy}
          </button>
        </div>
      </div>
    </div>
  </div>
)

/** `2026-11-22 12:00 UTC`, in the reader's direction. */
export const Moment = ({ at }: { at: string }) => (
  <time datetime={at} dir="ltr">
    {at.slice(0, 16).replace('T', ' ')} UTC
  </time>
)

/** `14:59`, `2:00:00`. */
const clock = (seconds: number): string => {
  const two = (part: number) => String(part).padStart(2, '0')
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60]
  const rest = two(seconds % 60)
  return hours > 0 ? `${hours}:${two(minutes)}:${rest}` : `${minutes}:${rest}`
}

/** As the server's clock has it; the script counts on from there. */
export const TimeLeft = ({ at, now, words }: { at: string; now: Date; words: Messages }) => {
  const seconds = Math.max(0, Math.round((Date.parse(at) - now.getTime()) / 1_000))
  return (
    <p class="soft">
      {words.timeLeft}:{' '}
      <strong dir="ltr" data-left={String(seconds)}>
        {clock(seconds)}
      </strong>{' '}
      <span class="small">
        ({words.until} <Moment at={at} />)
      </span>
    </p>
  )
}

export const State = ({
  words: [title, text],
  tone,
}: {
  words: readonly [string, string]
  tone: string
}) => (
  <section class={`note ${tone}`} role="status">
    <p>
      <strong>{title}</strong>
      <br />
      {text}
    </p>
  </section>
)
