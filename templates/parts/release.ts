// A release that a machine downloads: exactly the file whose SHA-256 was reviewed, or nothing.
// It is put below /opt/<name>/<name>-<version>, and /opt/<name>/current leads there.
import { lines, word } from './shell.ts'

export interface Release {
  /** As a file name. */
  name: string
  /** As people write it. */
  title: string
  /** Shell text; $VERSION stands for the version. */
  url: string
  /** What must be there once it is installed, below its directory. */
  program: string
  /** Shell lines that put $archive into $directory. */
  unpack: readonly string[]
}

export interface Pinned {
  version: string
  sha256?: string | undefined
}

export const releasePath = ({ name }: Release): string => `/etc/phoenix/${name}-release`
export const installerPath = ({ name }: Release): string =>
  `/usr/local/sbin/phoenix-install-${name}`
export const installerName = ({ name }: Release): string => `${name}-install.service`
export const programPath = ({ name, program }: Release): string => `/opt/${name}/current/${program}`

/** What the install script reads; a shell fragment. */
export const releaseFile = ({ version, sha256 = '' }: Pinned): string =>
  lines(`VERSION=${word(version)}`, `SHA256=${word(sha256)}`)

export const installScript = (release: Release): string => {
  const { name, title, url, program, unpack } = release
  return lines(
    '#!/bin/sh',
    `# Installs the ${title} release named in ${releasePath(release)}, if its SHA-256 is known and right.`,
    'set -eu',
    `. ${releasePath(release)}`,
    `directory=/opt/${name}/${name}-$VERSION`,
    `if [ ! -x "$directory/${program}" ]; then`,
    '  if [ -z "$SHA256" ]; then',
    `    echo "no SHA-256 was given for ${title} $VERSION: not installing what cannot be checked" >&2`,
    '    exit 1',
    '  fi',
    '  archive=$(mktemp)',
    '  trap \'rm -f "$archive"\' EXIT',
    '  until curl -sSfL --proto \'=https\' -o "$archive" \\',
    `    "${url}"`,
    '  do',
    '    sleep 30',
    '  done',
    '  if ! echo "$SHA256  $archive" | sha256sum --check --status; then',
    `    echo "the archive of ${title} $VERSION does not have the SHA-256 that was reviewed" >&2`,
    '    exit 1',
    '  fi',
    `  install -d -m 0755 /opt/${name}`,
    ...unpack.map((line) => `  ${line}`),
    'fi',
    `ln -sfn "$directory" /opt/${name}/current`,
  )
}

export const installUnit = (release: Release): string =>
  lines(
    '[Unit]',
    `Description=Install ${release.title}`,
    'Wants=network-online.target',
    'After=network-online.target',
    '',
    '[Service]',
    'Type=oneshot',
    'RemainAfterExit=yes',
    'TimeoutStartSec=infinity',
    `ExecStart=${installerPath(release)}`,
  )
