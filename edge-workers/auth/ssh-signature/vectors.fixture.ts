// Signatures that OpenSSH 9.2 made once of the message below, in the namespace `phoenix-forge-account`, with keys that nobody has kept.
export const MESSAGE = 'Phoenix test vector\n'

export const VECTORS: Record<string, { key: string; signature: string }> = {
  'Ed25519 with SHA-512': {
    key: `ssh-ed25519 ${[
      'AAAAC3NzaC1lZDI1NTE5AAAAIEwEfwd5Vam4z0EuwxczINkEII+cZVSdBCIamP4eGay8',
    ].join('')}`,
    signature: [
      '-----BEGIN SSH SIGNATURE-----',
      'U1NIU0lHAAAAAQAAADMAAAALc3NoLWVkMjU1MTkAAAAgTAR/B3lVqbjPQS7DFzMg2QQgj5',
      'xlVJ0EIhqY/h4ZrLwAAAAVcGhvZW5peC1mb3JnZS1hY2NvdW50AAAAAAAAAAZzaGE1MTIA',
      'AABTAAAAC3NzaC1lZDI1NTE5AAAAQCNqdf6RJq84nUbnbJ/oSpMU81hkS2GWXqx3yB2080',
      'Ay/Y2lb2AbA9EoF+EtXanjSghNth4l+A+12Hl/PdbhPAc=',
      '-----END SSH SIGNATURE-----',
    ].join('\n'),
  },
  'Ed25519 with SHA-256': {
    key: `ssh-ed25519 ${[
      'AAAAC3NzaC1lZDI1NTE5AAAAIEwEfwd5Vam4z0EuwxczINkEII+cZVSdBCIamP4eGay8',
    ].join('')}`,
    signature: [
      '-----BEGIN SSH SIGNATURE-----',
      'U1NIU0lHAAAAAQAAADMAAAALc3NoLWVkMjU1MTkAAAAgTAR/B3lVqbjPQS7DFzMg2QQgj5',
      'xlVJ0EIhqY/h4ZrLwAAAAVcGhvZW5peC1mb3JnZS1hY2NvdW50AAAAAAAAAAZzaGEyNTYA',
      'AABTAAAAC3NzaC1lZDI1NTE5AAAAQG/cdxdt4FWBZj8lnOqabToACNk+9YYMCyUnWkTVtc',
      'a4cfnWK0cIsmV+KE2g5mNMu/3ZX5AOBc0IuNqyB4FMCQg=',
      '-----END SSH SIGNATURE-----',
    ].join('\n'),
  },
  'ECDSA P-256': {
    key: `ecdsa-sha2-nistp256 ${[
      'AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBDO9C9nVHIU6BxBiZzdNTh2G7hI7DMFFl4s0',
      'wNq1pdD05ezS5zTyz8uG3Ijj1n6n0JYDsbil7gUhjlp0SnYqfjs=',
    ].join('')}`,
    signature: [
      '-----BEGIN SSH SIGNATURE-----',
      'U1NIU0lHAAAAAQAAAGgAAAATZWNkc2Etc2hhMi1uaXN0cDI1NgAAAAhuaXN0cDI1NgAAAE',
      'EEM70L2dUchToHEGJnN01OHYbuEjsMwUWXizTA2rWl0PTl7NLnNPLPy4bciOPWfqfQlgOx',
      'uKXuBSGOWnRKdip+OwAAABVwaG9lbml4LWZvcmdlLWFjY291bnQAAAAAAAAABnNoYTUxMg',
      'AAAGQAAAATZWNkc2Etc2hhMi1uaXN0cDI1NgAAAEkAAAAhAKaRGPvD3X1rWWtQ3woamlMM',
      'a65bDNHscSmxlCaJqPXgAAAAICoSen2IpXwAWX1nVEhW7J4zhRBQ0vyphSoDdQ9hmdLJ',
      '-----END SSH SIGNATURE-----',
    ].join('\n'),
  },
  'RSA 3072': {
    key: `ssh-rsa ${[
      'AAAAB3NzaC1yc2EAAAADAQABAAABgQDYHF7UKQtjcjhmW7MFlonToihXssKaP2K27QxBx3EI2qn25MAHpXTZ+kcx',
      'JQSyUIuCchvqpu4CDEJ0v3jaT34qlEcRNSZmPF+n6BkDJ7hp2PTYIVfg2GrljT6cukNeARfDevSvqv/yvo8Y6EFY',
      '0srXBJx4/rfi0J65yqJsBUm9ampQKVlS/pyFHQHunprJXsVjoVnSvB32CIlIzA/D7tLGAK6RvSUfU9EdfLK6eqjw',
      'TDgdYj817WOgtVwcG20TUJfskKnfcWhhKQDs45wyTF2Gu8p4BrC2zUu/dSE9f94DQ3cja08HHDLvbYy6mAKYwrL1',
      '4pZs7VPTPKKmwNIOaKpgvA2eccqDMhnvx9i1LqIWqMsysGT3KAeqR4LPcbWlSTldLt2ud5D+s7YM7CM5rQvuaTIG',
      'nRhhyq+UPwAzVyillrgWbja950YORLufKcLX7Lj77osKNQ+MMjKnuEP35tm68jquTZthZpopiA/Yk9H8IpNSvMXu',
      'UXLr9IcXiePl4ZM=',
    ].join('')}`,
    signature: [
      '-----BEGIN SSH SIGNATURE-----',
      'U1NIU0lHAAAAAQAAAZcAAAAHc3NoLXJzYQAAAAMBAAEAAAGBANgcXtQpC2NyOGZbswWWid',
      'OiKFeywpo/YrbtDEHHcQjaqfbkwAeldNn6RzElBLJQi4JyG+qm7gIMQnS/eNpPfiqURxE1',
      'JmY8X6foGQMnuGnY9NghV+DYauWNPpy6Q14BF8N69K+q//K+jxjoQVjSytcEnHj+t+LQnr',
      'nKomwFSb1qalApWVL+nIUdAe6emslexWOhWdK8HfYIiUjMD8Pu0sYArpG9JR9T0R18srp6',
      'qPBMOB1iPzXtY6C1XBwbbRNQl+yQqd9xaGEpAOzjnDJMXYa7yngGsLbNS791IT1/3gNDdy',
      'NrTwccMu9tjLqYApjCsvXilmztU9M8oqbA0g5oqmC8DZ5xyoMyGe/H2LUuohaoyzKwZPco',
      'B6pHgs9xtaVJOV0u3a53kP6ztgzsIzmtC+5pMgadGGHKr5Q/ADNXKKWWuBZuNr3nRg5Eu5',
      '8pwtfsuPvuiwo1D4wyMqe4Q/fm2bryOq5Nm2FmmimID9iT0fwik1K8xe5Rcuv0hxeJ4+Xh',
      'kwAAABVwaG9lbml4LWZvcmdlLWFjY291bnQAAAAAAAAABnNoYTUxMgAAAZQAAAAMcnNhLX',
      'NoYTItNTEyAAABgFOA8qE452ov8cnrOOwOZ9Uj0LHmAOiyNaviW3UzVP7CAIKteysbE+gh',
      'S2U4/cEouYtO0aEBI4ZX4eU3MASWXDmuS4qQ16CjT3IiUJh4c74zfuOrSsrsMjOc5xb4Yu',
      'H+k6V94ldF61taozvoKOva01FaB9ewMUSvXW9B4zFdFo/MpT2AM4rhqYdkNpB7NJhnU2SD',
      'vX7BvLxJZZCcfr/ZRJcNLUIC8eyEZMuGTnsfHbmj46ZQIQxBxW6/7I6o4d/INDE9Y27Q1i',
      'pgb9Ee+uZD8GtHnELgOCWGwX0Hb8wVetaNc2lsoUC7Wgil1Ks6dtNJml9egU5ZLhLkkIrL',
      'hUc6qI+dsApom6G9lZyK/MwD5HGN9DKb8csuFsMp3SwNoFPRrJB/QC/JmTQ2BL/X3dUrrQ',
      'CsRM9Gqe/9BC6SK9lamHj9SudTlBYaS8gFNSiVGQ8xebtKZiePBB4NLugmnAHyqalvgi8E',
      'uxD3zfi8O0gJsxrd8S1hR827nuuIyS+sC98UpA==',
      '-----END SSH SIGNATURE-----',
    ].join('\n'),
  },
  'ECDSA P-384': {
    key: `ecdsa-sha2-nistp384 ${[
      'AAAAE2VjZHNhLXNoYTItbmlzdHAzODQAAAAIbmlzdHAzODQAAABhBLD/TTQamzQeOE6jQXho51AXzHeJIytslq54',
      'd+8bheYle2rssXQcvDPifCeIEOQ+vM/rHFeDv9bEPuFacRRX1Tbb99qYUOp5Qy7MRQvV2PyNbeY8YRMhnDuuCLNh',
      'gnpAFA==',
    ].join('')}`,
    signature: [
      '-----BEGIN SSH SIGNATURE-----',
      'U1NIU0lHAAAAAQAAAIgAAAATZWNkc2Etc2hhMi1uaXN0cDM4NAAAAAhuaXN0cDM4NAAAAG',
      'EEsP9NNBqbNB44TqNBeGjnUBfMd4kjK2yWrnh37xuF5iV7auyxdBy8M+J8J4gQ5D68z+sc',
      'V4O/1sQ+4VpxFFfVNtv32phQ6nlDLsxFC9XY/I1t5jxhEyGcO64Is2GCekAUAAAAFXBob2',
      'VuaXgtZm9yZ2UtYWNjb3VudAAAAAAAAAAGc2hhNTEyAAAAhQAAABNlY2RzYS1zaGEyLW5p',
      'c3RwMzg0AAAAagAAADEA2WGTyjqm22ZPQ8XMWSWqOc8mTxtQR8DunXBXLRPJ8LiDUs/Xkd',
      'IAzPlyy1bJ8rT+AAAAMQCOacRlRnWV2J7dLU+AoVnJ4wD29r7abWc0X5I30gdZP4rmu10t',
      'NRS4JYXw8GAMzzo=',
      '-----END SSH SIGNATURE-----',
    ].join('\n'),
  },
}
