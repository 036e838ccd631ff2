const unitMs: Record<string, number> = {
	ns: 1e-6,
	us: 1e-3,
	µs: 1e-3,
	μs: 1e-3,
	ms: 1,
	s: 1000,
	m: 60_000,
	h: 3_600_000,
	d: 86_400_000,
};

/** Milliseconds of a duration such as `10s`, `1m30s`, `1.5h` or `2d`; a unit may be left out of 0 only. */
export function parseDuration(text: string): number | undefined {
	if (text === '0') return 0;
	if (!/^(\d+(\.\d*)?(ns|us|µs|μs|ms|s|m|h|d))+$/.test(text)) return undefined;
	let sum = 0;
	for (const [, count, unit] of text.matchAll(/(\d+(?:\.\d*)?)([a-zµμ]+)/g)) {
		sum += Number(count) * (unitMs[unit ?? ''] ?? 0);
	}
	// 0.3s would be 300.00000000000006 ms: finer than a nanosecond is rounding.
	const ms = Number(sum.toFixed(6));
	return Number.isFinite(ms) && ms <= Number.MAX_SAFE_INTEGER ? ms : undefined;
}

/** The shortest form of a duration in milliseconds: `1m30s`, `200ms`, `0s`. */
export function formatDuration(ms: number): string {
	let rest = ms;
	let text = '';
	for (const unit of ['d', 'h', 'm', 's']) {
		const size = unitMs[unit] ?? 1;
		const count = Math.floor(rest / size);
		if (count > 0) text += `${count}${unit}`;
		rest -= count * size;
	}
	if (rest > 0) text += `${Number(rest.toFixed(6))}ms`;
	return text === '' ? '0s' : text;
}
