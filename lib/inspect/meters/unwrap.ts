/** Makes a counter of 32 or 16 bits that wraps around into one that does not; steps may go back. */
export const unwrapper = (bits: 16 | 32): ((value: number) => number) => {
	const range = 2 ** bits;
	let last: number | undefined;
	return value => {
		if (last === undefined) return (last = value);
		const step = (((value - last) % range) + range) % range;
		last += step < range / 2 ? step : step - range;
		return last;
	};
};
