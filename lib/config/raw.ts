// What was written, before it is checked: maps, lists and texts (or JSON's values from the API).

/** A map of keys as it was written; it has no prototype. */
export type RawMap = {[key: string]: unknown};

/** An empty map in which a key such as `__proto__` is nothing special. */
export const rawMap = (...parts: (RawMap | undefined)[]): RawMap =>
	Object.assign(Object.create(null) as RawMap, ...parts) as RawMap;

/** Whether this is a map of keys. */
export const isRawMap = (value: unknown): value is RawMap =>
	typeof value === 'object' && value !== null && !Array.isArray(value);
