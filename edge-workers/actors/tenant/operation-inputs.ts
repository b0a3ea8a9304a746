// What operations of every concern take.

/** Of a POST that creates: a repeat with the same key and body gives the same result. */
export interface Keyed<Body> {
  key: string
  fingerprint: string
  body: Body
}
export interface Conditional<Body> {
  id: string
  ifVersion: number | '*'
  body: Body
}
