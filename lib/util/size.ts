const unitBytes: Record<string, number> = {
	'': 1,
	B: 1,
	K: 2 ** 10,
	M: 2 ** 20,
	G: 2 ** 30,
	T: 2 ** 40,
};

/** Bytes of a size such as `50M`, `1.5GB` or `65536`; K, M, G and T are powers of 1024 (so are KB and KiB). */
export function parseSize(text: string): number | undefined {
	const match = /^(\d+(?:\.\d+)?)(?:(B?)|([KMGT])(?:i?B)?)$/i.exec(text);
	if (!match) return undefined;
	const bytes = Number(match[1]) * (unitBytes[(match[3] ?? '').toUpperCase()] ?? 1);
	const whole = Math.round(bytes);
	return Number.isSafeInteger(whole) ? whole : undefined;
}

/** The shortest exact form of a size in bytes: `50M`, `65537`. */
export function formatSize(bytes: number): string {
	for (const unit of ['T', 'G', 'M', 'K']) {
		const size = unitBytes[unit] ?? 1;
		if (bytes >= size && bytes % size === 0) return `${bytes / size}${unit}`;
	}
	return String(bytes);
}
