/** Freezes an object and everything in it. */
export function freezeDeep<Value>(value: Value): Value {
	if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
	for (const inner of Object.values(value)) freezeDeep(inner);
	return Object.freeze(value);
}
