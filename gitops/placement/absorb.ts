// Whether what runs on a lost host can start again on others that reach the same disks. Pure.

export interface Room {
  cores: number
  memoryMiB: number
}

/**
 * Machine by machine, largest first, each onto the first host with room: MiB of those that find none, so 0 when all start
 * again. `rooms` is used up on the way.
 */
export const absorbs = (rooms: Room[], moving: readonly Room[]): number => {
  const sorted = moving.toSorted((a, b) => b.memoryMiB - a.memoryMiB || b.cores - a.cores)
  let stranded = 0
  for (const { cores, memoryMiB } of sorted) {
    const room = rooms.find((left) => cores <= left.cores && memoryMiB <= left.memoryMiB)
    if (!room) stranded += memoryMiB
    else {
      room.cores -= cores
      room.memoryMiB -= memoryMiB
    }
  }
  return stranded
}
