// Lists in which nothing may be named twice.

export const isUnique = (items: readonly string[]): boolean => new Set(items).size === items.length
