// A word with the colour of its meaning.

export const TONE: Record<string, string> = {
  applied: 'good',
  healthy: 'good',
  green: 'good',
  done: 'good',
  met: 'good',
  running: '',
  failed: 'bad',
  degraded: 'bad',
  rejected: 'bad',
  merged_unauthorised: 'bad',
  red: 'warn',
  due: 'warn',
  acting: 'warn',
  missing: 'warn',
  paused: 'warn',
  aborted: 'bad',
  block: 'bad',
  warn: 'warn',
}

export const Badge = ({ text }: { text: string }) => (
  <span class={`badge ${TONE[text] ?? ''}`}>{text.replaceAll('_', ' ')}</span>
)
